//! The chores of the project: `cargo xtask test`, `ci`, `chaos`, `fuzz`, `generate`, `setup`, `screenshots`, `shape`, `release`,
//! `upgrade`, `bench`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{house, shape};

mod bench;
mod chaos;
mod ci;
mod command;
mod dependencies;
mod description;
mod fuzz;
mod node;
mod python;
mod release;
mod screenshots;
mod setup;
mod test;
mod tools;
mod upgrade;

/// The chores of the project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Runs all tests; installs PostgreSQL, RabbitMQ and Chromium first where they are missing
    Test {
        /// Leaves out the tests that need PostgreSQL, RabbitMQ or Chromium, and says how many those are
        #[arg(long)]
        embedded: bool,
        /// What `cargo test` passes on to the tests: parts of names, `--nocapture`
        #[arg(last = true)]
        filters: Vec<String>,
    },
    /// Runs everything a change must pass
    Ci,
    /// Kills, stops and cuts off three processes of each service under load, and judges what became of what was accepted
    Chaos {
        /// How many operations the clients do
        #[arg(long, default_value_t = 100_000)]
        operations: u64,
        /// How many times a process is killed or stopped
        #[arg(long, default_value_t = 200)]
        kills: u64,
        /// Uses debug builds, whose processes say at which point they are killed; slower
        #[arg(long)]
        debug: bool,
        /// What the run takes besides: `--seed`, `--clients`, `--keep <folder>`
        #[arg(last = true)]
        further: Vec<String>,
    },
    /// Writes the generated code, the OpenAPI documents, what clients are made of, and docs/conformance.md anew
    Generate,
    /// Installs what tests, benchmarks and checks need where it is missing: PostgreSQL, RabbitMQ, Chromium, wrk, SQLite's shell; and
    /// cargo-deny, cargo-machete, and what checks the OpenAPI documents and the clients into the target folder
    Setup,
    /// Feeds what reads requests with made-up bodies, times, queries and paths, until something breaks or the time is over
    Fuzz {
        /// How long each target runs
        #[arg(long, default_value_t = 600)]
        seconds: u64,
        /// The targets, such as `xml_body`; all if none is named
        targets: Vec<String>,
    },
    /// Makes pictures of every page of the console, and puts those that the documents show into docs/console
    Screenshots,
    /// Builds the programs of release 0.1 from its commit, and replaces them by today's under load, on both databases
    Upgrade,
    /// Prints how long files and functions are, and where they name each other in circles
    Shape,
    /// Builds the programs for others, with what they are made of: readable in them, and as bills of materials (CycloneDX)
    Release,
    /// Measures the speed against pgbench on throw-away servers; without options, writes docs/benchmarks.md
    Bench(bench::Wish),
}

/// Why a chore failed, and the exit code that says so.
#[derive(Debug)]
struct Failure {
    sentence: String,
    code: u8,
}

impl Failure {
    /// Something the project is to blame for.
    fn failed(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), code: 1 }
    }

    /// Something the machine lacks (`EX_UNAVAILABLE`).
    fn unavailable(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), code: 69 }
    }
}

fn main() -> ExitCode {
    let result = match Arguments::parse().chore {
        Chore::Test { embedded: false, filters } => test::all(&filters),
        Chore::Test { embedded: true, filters } => test::embedded(&filters),
        Chore::Ci => ci::run_checks(),
        Chore::Chaos { operations, kills, debug, further } => chaos::run_chaos(operations, kills, debug, &further),
        Chore::Generate => ci::generate(),
        Chore::Fuzz { seconds, targets } => fuzz::run_targets(seconds, &targets),
        Chore::Screenshots => screenshots::take(),
        Chore::Upgrade => upgrade::prove(),
        Chore::Shape => print_shape(),
        Chore::Setup => setup::everything(),
        Chore::Release => release::build(),
        Chore::Bench(wish) => bench::measure(&wish),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {}", failure.sentence);
            ExitCode::from(failure.code)
        }
    }
}

fn print_shape() -> Result<(), Failure> {
    let sources = house::read(command::root()).map_err(|error| Failure::failed(format!("{error}.")))?;
    print!("{}", shape::Shape(shape::measure(&sources)));
    Ok(())
}
