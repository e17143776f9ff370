//! The worker: takes due requests, calls connectors, records outcomes.
//!
//! Guarantee: a due request is worked on, whoever was woken or not; one subject is never worked on twice at once at one
//! target. Mechanism: `pump` claims batches by lease and number, `execute` calls connectors side by side, `recorder`
//! writes outcomes down many at a time, `leases` holds what takes long; the database is asked again each moment even if
//! nobody woke the worker. Failure: what was claimed and not recorded is claimed again when its lease runs out.
//!
//! A target that answers slowly takes only its own share of the worker (`pace`), and so does a CO (`shares`).

pub mod execute;
pub mod landed;
mod leases;
mod load;
mod numberer;
mod pace;
mod pump;
mod recorder;
mod shares;
mod sweeper;

use std::{sync::Arc, time::Duration};

use service_kit::keep::keep;
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::{App, record_outcomes::Finished},
    settings::{RetentionSettings, WorkerSettings},
};

/// How many times a batch can be under way: a CO alone has half of it, which is one batch beside another.
const ROOM: usize = 4;

/// What the parts of the worker share.
#[derive(Clone)]
struct Shared {
    app: App,
    settings: WorkerSettings,
    /// How many requests are claimed and not recorded.
    room: Arc<shares::Shares>,
    leases: Arc<leases::Leases>,
    pace: Arc<pace::Pace>,
    finished: mpsc::UnboundedSender<recorder::Entry>,
}

impl Shared {
    /// How long a connector's call may take.
    fn call_limit(&self) -> Duration {
        Duration::from_secs(u64::from(self.settings.call_seconds.max(1)))
    }

    /// How many calls a target takes at once whose connector gathers them: so many that, if it is slow, it leaves half of
    /// the room to others.
    fn gathered(&self) -> usize {
        (self.settings.batch / 2).max(1)
    }

    fn poll(&self) -> Duration {
        Duration::from_millis(self.settings.poll_ms.max(1))
    }
}

/// Works until the process stops; what runs is finished and recorded.
pub(crate) async fn run(app: App, settings: WorkerSettings, retention: RetentionSettings, stop: CancellationToken) {
    let (finished, results) = mpsc::unbounded_channel();
    let shared = Shared {
        room: shares::Shares::new(settings.batch.max(1) * ROOM),
        leases: Arc::new(leases::Leases::new(app.lease.to_std().unwrap_or(Duration::from_secs(20)))),
        pace: pace::Pace::new(settings.per_target.max(1), settings.concurrency, pace::PATIENCE),
        app: app.clone(),
        settings,
        finished,
    };
    let (drained, poll) = (CancellationToken::new(), shared.poll());
    let tasks = TaskTracker::new();
    let mut parts = JoinSet::new();
    parts.spawn(recorder::run(shared.clone(), results, stop.clone(), drained.clone()));
    parts.spawn(leases::run(shared.clone(), drained.clone()));
    parts.spawn(keep("numberer", drained.clone(), move |drained| numberer::run(app.clone(), drained, poll)));
    let (of_sweeper, to_forget) = (shared.clone(), shared.app.clone());
    parts.spawn(keep("sweeper", stop.clone(), move |stop| sweeper::run(of_sweeper.clone(), stop)));
    let forget = move |stop| sweeper::forget(to_forget.clone(), retention.clone(), stop);
    parts.spawn(keep("retention", stop.clone(), forget));
    let broke = tokio::select! {
        broke = broken(&mut parts) => broke,
        () = pump::run(&shared, &tasks, &stop) => None,
    };
    tasks.close();
    if broke.is_none() {
        tasks.wait().await;
        drained.cancel();
        while let Some(ended) = parts.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a part of the worker broke");
            }
        }
    }
    // The parts end with the set. What is under way has no lease any more, and its results are not recorded.
    if let Some(error) = broke {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// Waits until a part breaks.
async fn broken(parts: &mut JoinSet<()>) -> Option<JoinError> {
    loop {
        match parts.join_next().await {
            Some(Err(error)) if error.is_panic() => return Some(error),
            Some(_) => {}
            None => std::future::pending().await,
        }
    }
}

/// Hands a result to the recorder.
fn hand_in(shared: &Shared, finished: Finished, hold: leases::Hold) {
    // The recorder ends last; if it broke, the lease runs out and the request is worked on again.
    let _recorder_broke = shared.finished.send(recorder::Entry { finished, hold });
}
