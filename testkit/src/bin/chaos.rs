//! The long run in which everything fails: `cargo xtask chaos`. Ends with 1 when anything was lost, wrong, backwards,
//! unequal or twice at once.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use testkit::chaos::{Settings, run};

/// Kills, stops and cuts off the processes of a deployment under load, and judges what became of what was accepted.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many operations the clients do
    #[arg(long, default_value_t = 100_000)]
    operations: u64,
    /// How many times a process is killed or stopped
    #[arg(long, default_value_t = 200)]
    kills: u64,
    /// How many clients work at once
    #[arg(long, default_value_t = 24)]
    clients: usize,
    /// Decides what the clients and the faults do
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder of the programs, if it is not this program's
    #[arg(long)]
    programs: Option<PathBuf>,
    /// Keeps the journals and the logs in this folder
    #[arg(long)]
    keep: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { operations, kills, clients, seed, programs, keep } = Arguments::parse();
    let (pause, rest_within) = (Duration::from_secs(8), Duration::from_secs(300));
    let verdict =
        run(Settings { operations, kills, clients, subjects: 8, seed, pause, rest_within, programs, keep }).await;
    println!("{verdict}");
    if verdict.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
