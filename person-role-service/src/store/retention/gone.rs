//! How much of what was deleted goes.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use service_kit::audit::changes::change;

/// How many rows there are, or went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// Records that were deleted, by the singular names of their resources.
    pub records: BTreeMap<&'static str, u64>,
    /// What they were before.
    pub versions: u64,
    /// Lines of history.
    pub history: u64,
}

impl Gone {
    /// Numbers and what they count, records first.
    pub fn numbers(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let beside = [("Versions", self.versions), ("HistoryRecords", self.history)];
        self.records.iter().map(|(name, rows)| (*name, *rows)).chain(beside)
    }

    /// How many records.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.records.values().sum()
    }

    /// What the security log says of it: of each kind how many there were.
    #[must_use]
    pub fn changes(&self) -> Vec<Json> {
        let some = self.numbers().filter(|(_, rows)| *rows > 0);
        some.map(|(name, rows)| change(name, Some(&rows.into()), None)).collect()
    }

    /// Adds what another step took away.
    pub fn add(&mut self, other: &Self) {
        other.records.iter().for_each(|(name, rows)| *self.records.entry(name).or_default() += rows);
        self.versions += other.versions;
        self.history += other.history;
    }
}
