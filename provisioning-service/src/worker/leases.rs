//! Holding what takes long: all that this process works on is renewed together, well before it runs out.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use crate::{store::claim, worker::Shared};

/// What this process holds: number by request.
#[derive(Debug, Default)]
pub(super) struct Leases {
    held: Mutex<HashMap<i64, i64>>,
}

impl Leases {
    pub(super) fn hold(&self, held: claim::Held) {
        self.lock().insert(held.id, held.fence);
    }

    pub(super) fn let_go(&self, held: claim::Held) {
        let mut all = self.lock();
        // The same request may be held again already, under another number.
        if all.get(&held.id) == Some(&held.fence) {
            all.remove(&held.id);
        }
    }

    fn all(&self) -> Vec<claim::Held> {
        self.lock().iter().map(|(id, fence)| claim::Held { id: *id, fence: *fence }).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<i64, i64>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Renews until everything has been recorded.
pub(super) async fn run(shared: Shared, drained: CancellationToken) {
    let app = &shared.app;
    let pause = app.lease.to_std().unwrap_or(Duration::from_secs(20)) / 3;
    loop {
        tokio::select! {
            () = drained.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        let held = shared.leases.all();
        if held.is_empty() {
            continue;
        }
        if let Err(error) = claim::renew(app.database.writer(), &held, &app.clock, app.lease).await {
            tracing::warn!(%error, requests = held.len(), "leases cannot be renewed");
        }
    }
}
