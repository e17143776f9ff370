//! What the clients share: where they work, how much is left to do, and how far they may be ahead of the kills.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{api::Api, client::Client};

/// Where the clients work.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) co: i64,
    pub(super) cous: Vec<i64>,
    pub(super) targets: Vec<i64>,
    /// The automatic groups.
    pub(super) groups: Vec<i64>,
}

/// What all clients share.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) api: Arc<Api>,
    pub(super) place: Place,
    /// How many operations are to come.
    pub(super) left: AtomicI64,
    operations: i64,
    kills: i64,
    /// How many kills have been.
    pub(super) killed: AtomicI64,
    names: AtomicU64,
}

impl Load {
    pub(super) fn new(api: Arc<Api>, place: Place, operations: u64, kills: u64) -> Self {
        let (operations, kills) = (operations.cast_signed(), kills.cast_signed());
        let (left, killed, names) = (AtomicI64::new(operations), AtomicI64::new(0), AtomicU64::new(0));
        Self { api, place, left, operations, kills, killed, names }
    }

    /// How many operations are left when a kill is due; the kills are spread evenly.
    pub(super) fn due(&self, kill: i64) -> i64 {
        self.operations - self.operations * kill / (self.kills + 1)
    }

    /// Whether the clients are so far ahead of the kills that they would be done without them.
    fn is_ahead(&self) -> bool {
        self.left.load(Ordering::Relaxed) < self.due(self.killed.load(Ordering::Relaxed) + 2)
    }

    pub(super) fn is_over(&self) -> bool {
        self.left.load(Ordering::Relaxed) <= 0
    }

    /// Begins an operation: one less is to come.
    pub(super) fn begin(&self) {
        self.left.fetch_sub(1, Ordering::Relaxed);
    }

    /// Gives a name that nothing has yet.
    pub(super) fn name(&self, kind: &str) -> String {
        format!("{kind}{}", self.names.fetch_add(1, Ordering::Relaxed))
    }
}

/// Works until all operations are done, on so many subjects at a time.
pub(super) async fn run(load: Arc<Load>, seed: u64, subjects: usize) {
    let mut client = Client::new(Arc::clone(&load), seed, subjects);
    let mut before = load.api.operations();
    while !load.is_over() {
        while load.is_ahead() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        client.act().await;
        // Counted together: other clients' operations are in the difference, theirs count for themselves.
        let now = load.api.operations();
        if now == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        before = now;
    }
}
