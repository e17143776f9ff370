//! The proof, deterministic: both services, several processes of each, are stepped through by a seed that chooses which
//! process does what next, what breaks, and how time passes. The checker of `testkit` judges each run.
//!
//! `COHORT_SIM_SEED=7` repeats a seed and prints its verdict; `COHORT_SIM_SEEDS=500` runs so many new ones.

mod broker;
mod client;
mod dice;
mod operator;
mod reading;
mod rest;
mod services;
mod target;
mod worker;
mod world;

use world::{Run, Switches};

/// Everything at once.
const ALL: Switches = Switches {
    steps: 500,
    kills: true,
    pauses: true,
    foul_broker: true,
    target_faults: 150,
    late_effects: true,
    offsets_ms: [0, 50, -50],
    changing_targets: true,
};

/// A folder for the databases of a run, in memory where there is one for it.
fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Runs a seed on a thread's own runtime.
fn simulate(seed: u64, switches: Switches) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(world::run(seed, switches))
}

#[expect(clippy::disallowed_methods, reason = "which seed is repeated is said to the test, not to the programs")]
fn said(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn what_was_accepted_arrives_in_order_and_ends_right() {
    let begun = std::time::Instant::now();
    let seeds = match said("COHORT_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (1..=said("COHORT_SIM_SEEDS").unwrap_or(3)).collect(),
    };
    let mut dirty = 0;
    for seed in &seeds {
        let run = simulate(*seed, ALL);
        let name = if run.verdict.is_clean() { "clean" } else { "dirty" };
        dirty += usize::from(!run.verdict.is_clean());
        println!("seed {seed} {name} after {:?}\n{}", begun.elapsed(), run.verdict);
    }
    assert_eq!(dirty, 0);
}
