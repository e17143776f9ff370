//! Holding what takes long: all that this process works on is renewed together, well before it runs out.
//!
//! Guarantee: a request whose lease has run out is not worked on here any more: nothing is called for it, and nothing is
//! recorded. Mechanism: each lease ends at a moment of this process's own monotonic clock, taken before the statement that
//! claimed or renewed it was sent, so that it ends here before it does in the database; it is looked at each time before
//! the work goes on, and once more when a call over HTTP is about to be written. What a renewal does not give back is lost at once.
//! Failure: a process that is stopped between the look and the write; what that does, a target can refuse by the revision.

use std::{
    collections::HashMap,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{
    connector::timely::Until,
    domain::ids::{RequestId, TargetId},
    store::leases,
    worker::{Shared, pace::Pace, shares::Share},
};

/// What is held of one request.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    asked: Instant,
    until: watch::Receiver<Instant>,
}

/// Why work ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// It took too long.
    Limit,
    /// The lease ran out.
    Lease,
}

impl Lease {
    /// When it was asked for.
    pub(super) fn asked(&self) -> Instant {
        self.asked
    }

    pub(super) fn is_over(&self) -> bool {
        *self.until.borrow() <= Instant::now()
    }

    /// Works as long as the lease holds, and no longer than a limit; work that is cut off is dropped.
    pub(super) async fn within<F: Future>(&self, limit: Duration, work: F) -> Result<F::Output, Cut> {
        let lease = self.clone();
        let mut work = pin!(Until::over(move || lease.is_over()).scope(work));
        // A process that was stopped wakes up with everything ready: the lease is looked at before each step.
        let guarded = std::future::poll_fn(|context| match self.is_over() {
            true => std::task::Poll::Ready(Err(Cut::Lease)),
            false => work.as_mut().poll(context).map(Ok),
        });
        tokio::select! {
            biased;
            () = self.over() => Err(Cut::Lease),
            result = guarded => result,
            () = tokio::time::sleep(limit) => Err(Cut::Limit),
        }
    }

    async fn over(&self) {
        let mut until = self.until.clone();
        loop {
            let end = *until.borrow_and_update();
            tokio::select! {
                () = sleep_until(end) => return,
                renewed = until.changed() => if renewed.is_err() {
                    // Nobody renews it any more.
                    sleep_until(end).await;
                    return;
                }
            }
        }
    }
}

/// That this process works on a request: its lease, its place at its target, and the room that it takes. They are given back
/// when this is dropped, however the work ended.
#[derive(Debug)]
pub(super) struct Hold {
    held: leases::Held,
    target: TargetId,
    leases: Arc<Leases>,
    pace: Arc<Pace>,
    _room: Share,
}

impl Hold {
    /// Begins to work on a request that was asked for at a moment.
    pub(super) fn begin(
        shared: &Shared,
        (held, target): (leases::Held, TargetId),
        room: Share,
        asked: Instant,
    ) -> (Self, Lease) {
        let (leases, pace) = (Arc::clone(&shared.leases), Arc::clone(&shared.pace));
        let lease = leases.hold(held, asked);
        pace.enter(target);
        (Self { held, target, leases, pace, _room: room }, lease)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.leases.let_go(self.held);
        self.pace.leave(self.target);
    }
}

/// What this process holds: number and end by request.
#[derive(Debug)]
pub(super) struct Leases {
    length: Duration,
    held: Mutex<HashMap<RequestId, (i64, watch::Sender<Instant>)>>,
}

impl Leases {
    /// Leases of a length. They end a little earlier here than in the database.
    pub(super) fn new(length: Duration) -> Self {
        Self { length: length - length / 10, held: Mutex::default() }
    }

    /// Holds a request that was asked for at a moment. Who holds it under an older number has lost it.
    fn hold(&self, held: leases::Held, asked: Instant) -> Lease {
        let (end, until) = watch::channel(asked + self.length);
        if let Some((_, older)) = self.lock().insert(held.id, (held.fence, end)) {
            older.send_replace(Instant::now());
        }
        Lease { asked, until }
    }

    fn let_go(&self, held: leases::Held) {
        let mut all = self.lock();
        // The same request may be held again already, under another number.
        if all.get(&held.id).is_some_and(|(fence, _)| *fence == held.fence) {
            all.remove(&held.id);
        }
    }

    fn all(&self) -> Vec<leases::Held> {
        self.lock().iter().map(|(id, (fence, _))| leases::Held { id: *id, fence: *fence }).collect()
    }

    /// Notes which of those that were to be renewed are held still.
    fn renewed(&self, wanted: &[leases::Held], held: &[leases::Held], asked: Instant) {
        let held: std::collections::HashSet<_> = held.iter().copied().collect();
        let all = self.lock();
        for wanted in wanted {
            let Some((fence, end)) = all.get(&wanted.id) else { continue };
            if *fence == wanted.fence {
                // A lease that ended before it was renewed stays over.
                end.send_if_modified(|end| {
                    let now = Instant::now();
                    let holds = held.contains(wanted) && *end > now;
                    *end = if holds { asked + self.length } else { (*end).min(now) };
                    true
                });
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RequestId, (i64, watch::Sender<Instant>)>> {
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
        let asked = Instant::now();
        match leases::renew(app.database.writer(), &held, &app.clock, app.lease).await {
            Ok(still) => {
                if still.len() < held.len() {
                    // Some have ended meanwhile; the others were given up.
                    tracing::debug!(requests = held.len() - still.len(), "leases are not held any more");
                }
                shared.leases.renewed(&held, &still, asked);
            }
            Err(error) => tracing::warn!(%error, requests = held.len(), "leases cannot be renewed"),
        }
    }
}

#[cfg(test)]
mod tests;
