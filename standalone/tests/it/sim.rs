//! The proof, deterministic: both services, several processes of each, are stepped through by a seed that chooses which
//! process does what next, what breaks, and how time passes. The checker of `testkit` judges each run.
//!
//! `COHORT_SIM_SEED=7` repeats a seed; `COHORT_SIM_SEEDS=500` runs so many new ones; `COHORT_SIM_FAULTS=kills,broker` says
//! which classes of faults a run has in it ([`Switches::of`]).

mod beside;
mod broker;
mod client;
mod connector;
mod dice;
mod ending;
mod engine;
mod entries;
mod groups;
mod operator;
mod people;
mod planted;
mod reading;
mod rest;
mod roles;
mod services;
mod switches;
mod tables;
mod target;
mod worker;
mod world;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use switches::Switches;
use testkit::{proof::tally::Tally, slapd::Slapd};
use world::Run;

/// The classes of faults of runs that are not told otherwise, in turn: all, with clocks that differ a little or by much.
const FAULTS: [&str; 2] = [
    "broker,skew,adding,disabling,kills,pauses,targets,late,canceling,dates,engine,drift",
    "broker,far,adding,disabling,kills,pauses,targets,late,canceling,dates,engine,drift,sql,ldap",
];
/// Seeds that always run: from 1 up to this one.
const FIXED: u64 = 16;
/// How many new ones run after them.
const NEW: u64 = 8;

/// A folder for the databases of a run, in memory where there is one for it.
fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Runs a seed on this thread.
fn simulate(seed: u64, switches: Switches, slapd: Option<&Slapd>) -> Run {
    runtime().block_on(world::run(seed, switches, slapd))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "which seed is repeated is said to the test, not to the programs")]
fn said(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn seeds() -> Vec<u64> {
    let number = |name: &str| said(name).map(|text| text.parse::<u64>().expect("a number"));
    let new = |many: u64| (0..many).map(|_| u64::from(rand::random::<u32>()));
    match (number("COHORT_SIM_SEED"), number("COHORT_SIM_SEEDS")) {
        (Some(seed), _) => vec![seed],
        (None, Some(many)) => new(many).collect(),
        (None, None) => (1..=FIXED).chain(new(NEW)).collect(),
    }
}

#[test]
fn what_was_accepted_arrives_in_order_and_ends_right() {
    let named = said("COHORT_SIM_FAULTS");
    let faults = |seed: u64| match &named {
        Some(faults) => faults.as_str(),
        None if seed.is_multiple_of(2) => FAULTS[0],
        None => FAULTS[1],
    };
    let (seeds, next) = (seeds(), AtomicUsize::new(0));
    let slapd = runtime().block_on(Slapd::start(&[]));
    let dirty: Mutex<BTreeMap<u64, String>> = Mutex::default();
    let tally: Mutex<Tally> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from).min(seeds.len()) {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = simulate(*seed, Switches::of(faults(*seed)), Some(&slapd)).verdict;
                    tally.lock().unwrap().add(&verdict.tally);
                    if !verdict.is_clean() || seeds.len() == 1 {
                        dirty.lock().unwrap().insert(*seed, verdict.to_string());
                    }
                }
            });
        }
    });
    println!("{} seeds\n{}", seeds.len(), tally.into_inner().unwrap());
    let dirty = dirty.into_inner().unwrap();
    for (seed, verdict) in &dirty {
        println!(
            "seed {seed}; to repeat it: COHORT_SIM_SEED={seed} COHORT_SIM_FAULTS={} cargo test -p standalone \
             --test it what_was_accepted -- --nocapture\n{verdict}",
            faults(*seed)
        );
    }
    assert!(dirty.is_empty() || seeds.len() == 1, "these seeds broke a promise: {:?}", dirty.keys());
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let switches = Switches { steps: 150, ..Switches::of(FAULTS[0]) };
    let (one, other) = (simulate(7, switches, None), simulate(7, switches, None));
    assert_eq!(one.client, other.client);
    assert_eq!(one.target, other.target);
}
