//! The tally: what a run had in it, so that nobody takes an empty one for a proof.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{
    Evidence,
    journal::{Client, Content, Course, End},
};

/// What a run had in it. Tallies of several runs add up ([`Tally::add`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Operations by name: acknowledged, refused, unknown.
    pub operations: BTreeMap<String, [u64; 3]>,
    /// Faults by what was done and at which point.
    pub faults: BTreeMap<String, u64>,
    /// Faults that targets injected.
    pub target_faults: BTreeMap<String, u64>,
    /// Calls that arrived.
    pub calls: u64,
    /// Calls that took effect.
    pub applied: u64,
    /// Of these, removals.
    pub removals: u64,
    /// Requests that were called for again under a greater number after a call whose end could not be known.
    pub takeovers: u64,
    /// Calls that brought what an earlier one with their revision had brought.
    pub equal_duplicates: u64,
    /// Calls that took effect when their end could not be known any more.
    pub late: u64,
    /// Of these, those that would have put the target back, and were followed by the newest state.
    pub late_healed: u64,
}

impl Tally {
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        for (name, ends) in &other.operations {
            let mine = self.operations.entry(name.clone()).or_default();
            for (mine, theirs) in mine.iter_mut().zip(ends) {
                *mine += theirs;
            }
        }
        for (mine, theirs) in [(&mut self.faults, &other.faults), (&mut self.target_faults, &other.target_faults)] {
            for (name, count) in theirs {
                *mine.entry(name.clone()).or_default() += count;
            }
        }
        self.calls += other.calls;
        self.applied += other.applied;
        self.removals += other.removals;
        self.takeovers += other.takeovers;
        self.equal_duplicates += other.equal_duplicates;
        self.late += other.late;
        self.late_healed += other.late_healed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "operations (acknowledged, refused, unknown):")?;
        for (name, [ok, fail, unknown]) in &self.operations {
            writeln!(f, "    {name}: {ok}, {fail}, {unknown}")?;
        }
        for (title, faults) in [("faults", &self.faults), ("faults of targets", &self.target_faults)] {
            writeln!(f, "{title}:")?;
            for (name, count) in faults {
                writeln!(f, "    {name}: {count}")?;
            }
        }
        writeln!(
            f,
            "calls: {}, applied: {}, removals: {}, takeovers: {}, equal duplicates: {}, late: {}, late and healed: {}",
            self.calls, self.applied, self.removals, self.takeovers, self.equal_duplicates, self.late, self.late_healed
        )
    }
}

/// Counts a run.
#[must_use]
pub fn count(evidence: &Evidence<'_>, calls: &[Course<'_>], healed: usize) -> Tally {
    let mut tally = Tally { late_healed: healed as u64, ..Tally::default() };
    let mut ends: BTreeMap<u64, End> = BTreeMap::new();
    for line in evidence.client {
        match line {
            Client::Answered { operation, end, .. } => _ = ends.insert(*operation, *end),
            Client::Fault { what, point } => *tally.faults.entry(format!("{what} {point}")).or_default() += 1,
            Client::Asked { .. } => {}
        }
    }
    for line in evidence.client {
        let Client::Asked { operation, name, .. } = line else { continue };
        let [ok, fail, unknown] = tally.operations.entry(name.clone()).or_default();
        match ends.get(operation).copied().unwrap_or(End::Unknown) {
            End::Ok => *ok += 1,
            End::Fail => *fail += 1,
            End::Unknown => *unknown += 1,
        }
    }
    count_calls(&mut tally, calls);
    tally
}

fn count_calls(tally: &mut Tally, calls: &[Course<'_>]) {
    let mut brought: BTreeSet<(i64, &str, i64, &str)> = BTreeSet::new();
    let mut unknown: BTreeMap<i64, i64> = BTreeMap::new();
    for course in calls {
        let call = course.call;
        tally.calls += 1;
        tally.applied += u64::from(course.applied.is_some());
        tally.removals += u64::from(course.applied.is_some() && call.content == Content::Removal);
        tally.late += u64::from(course.is_late());
        if let Some(fault) = &call.fault {
            *tally.target_faults.entry(fault.clone()).or_default() += 1;
        }
        if !brought.insert((call.target, &call.subject, call.revision, &call.digest)) {
            tally.equal_duplicates += 1;
        }
        if unknown.get(&call.request).is_some_and(|fence| *fence < call.fence) {
            unknown.remove(&call.request);
            tally.takeovers += 1;
        }
        if course.unknown.is_some() {
            unknown.insert(call.request, call.fence);
        }
    }
}
