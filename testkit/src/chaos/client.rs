//! A client: it has its own subjects and groups, and does one thing after the other to them.

use std::sync::Arc;

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{group::Group, load::Load, subject::Subject};

mod fields;
mod groups;
mod people;
mod requests;
mod roles;

/// A client.
pub(super) struct Client {
    load: Arc<Load>,
    random: StdRng,
    subjects: Vec<Subject>,
    /// How many subjects it has at a time.
    wanted: usize,
    groups: Vec<Group>,
    /// Requests that were accepted lately.
    requests: Vec<i64>,
}

impl Client {
    /// A client with so many subjects at a time.
    pub(super) fn new(load: Arc<Load>, seed: u64, wanted: usize) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self { load, random, subjects: Vec::new(), wanted, groups: Vec::new(), requests: Vec::new() }
    }

    /// Adds a subject when one is wanted; else does something to one, or with groups or requests.
    pub(super) async fn act(&mut self) {
        if self.subjects.len() < self.wanted {
            return self.add_person().await;
        }
        let at = self.below(self.subjects.len());
        if self.subjects.get(at).is_some_and(Subject::is_worn) {
            return self.delete_person(at).await;
        }
        match self.below(1000) {
            0..8 => self.delete_person(at).await,
            8..16 => self.edit_person(at).await,
            16..40 => self.rename_key_twice(at).await,
            40..90 => self.provision(at).await,
            90..93 => self.provision_many().await,
            93..103 => self.cancel_or_retry().await,
            103..113 => self.plan(at).await,
            113..119 => self.reconcile().await,
            119..190 => self.change_groups().await,
            _ => self.change(at).await,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random.random_range(0..bound)
    }

    /// A time that comes in seconds.
    fn soon(&mut self) -> String {
        super::in_some_seconds(self.random.random_range(1..4))
    }

    fn cou(&mut self) -> i64 {
        self.load.place.cous.choose(&mut self.random).copied().unwrap_or_default()
    }
}
