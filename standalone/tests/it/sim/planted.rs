//! Bugs that are planted are noticed: some seed alarms with the bug, and not without it.

use service_kit::planted::{Bug, plant};

use crate::sim::{simulate, switches::Switches, world::Run};

/// No bug stays unnoticed for so many seeds.
const BOUND: u64 = 40;

/// Looks for a seed that only the bug makes dirty, and in which one of the counts is among those named.
fn is_noticed(bug: Bug, faults: &str, counts: &[&str]) {
    let switches = Switches::of(faults);
    let alarms = |run: &Run| -> Vec<&'static str> {
        run.verdict.counts().iter().filter(|(_, found)| !found.is_empty()).map(|(name, _)| *name).collect()
    };
    for seed in 1..=BOUND {
        let with = {
            let _planted = plant(bug);
            simulate(seed, switches, None)
        };
        let noticed = alarms(&with).into_iter().any(|name| counts.contains(&name));
        if noticed && simulate(seed, switches, None).verdict.is_clean() {
            println!("{bug:?} is noticed by seed {seed} with {faults}:\n{}", with.verdict);
            return;
        }
    }
    panic!("{bug:?} stayed unnoticed for {BOUND} seeds");
}

#[test]
fn an_outbox_whose_rows_go_unconfirmed_is_noticed() {
    is_noticed(Bug::OutboxRemovedUnconfirmed, "broker", &["lost", "wrong at the end"]);
}

#[test]
fn messages_that_are_written_after_the_commit_are_noticed() {
    is_noticed(Bug::MessagesAfterCommit, "kills,single", &["lost", "wrong at the end"]);
}

#[test]
fn a_late_result_that_is_recorded_is_noticed() {
    is_noticed(Bug::LateResultRecorded, "kills,pauses", &["lost", "wrong at the end", "backwards", "overlap"]);
}

#[test]
fn results_without_a_fence_are_noticed() {
    is_noticed(Bug::NoFence, "kills,pauses", &["lost", "wrong at the end", "backwards", "overlap"]);
}

#[test]
fn a_missing_inbox_is_noticed() {
    is_noticed(Bug::NoInbox, "broker", &["lost", "wrong at the end"]);
}

#[test]
fn two_workers_on_one_subject_are_noticed() {
    is_noticed(Bug::NoUniqueRunning, "", &["overlap"]);
}

#[test]
fn a_key_that_is_kept_only_after_success_is_noticed() {
    is_noticed(Bug::KeyAfterSuccess, "kills,targets", &["wrong at the end"]);
}

#[test]
fn a_release_that_cancels_is_noticed() {
    is_noticed(Bug::ReleaseCancels, "engine", &["wrong at the end"]);
}

#[test]
fn a_comparison_that_mends_backwards_is_noticed() {
    is_noticed(Bug::ComparesBackwards, "engine,drift,single", &["wrong at the end"]);
}
