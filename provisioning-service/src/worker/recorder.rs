//! Writing outcomes down: what finished within a moment goes into one transaction.

use std::time::Duration;

use service_kit::database::is_away;
use tokio::{
    sync::mpsc::UnboundedReceiver,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{
    app::record_outcomes::{self, Finished},
    worker::{Shared, leases::Hold},
};

/// How many outcomes go into one transaction.
const BATCH: usize = 256;
/// How long an outcome waits for company.
const LINGER: Duration = Duration::from_millis(3);
/// How long the recorder waits for a database that is away, before it asks again.
const PAUSE: Duration = Duration::from_millis(500);

/// An outcome, and its request, which is held until it is recorded.
pub(super) struct Entry {
    pub(super) finished: Finished,
    pub(super) hold: Hold,
}

/// Records until everything has been.
pub(super) async fn run(
    shared: Shared,
    mut results: UnboundedReceiver<Entry>,
    stop: CancellationToken,
    drained: CancellationToken,
) {
    loop {
        let first = tokio::select! {
            biased;
            entry = results.recv() => entry,
            () = drained.cancelled() => results.try_recv().ok(),
        };
        let Some(first) = first else { return };
        let mut entries = vec![first];
        let deadline = Instant::now() + LINGER;
        while entries.len() < BATCH {
            match timeout_at(deadline, results.recv()).await {
                Ok(Some(entry)) => entries.push(entry),
                Ok(None) | Err(_) => break,
            }
        }
        record(&shared, entries, &stop).await;
    }
}

async fn record(shared: &Shared, entries: Vec<Entry>, stop: &CancellationToken) {
    let (finished, holds): (Vec<_>, Vec<_>) = entries.into_iter().map(|entry| (entry.finished, entry.hold)).unzip();
    service_kit::points::reach("before the record").await;
    if !write(shared, &finished, stop).await && finished.len() > 1 {
        // One that cannot be written must not cost the others.
        for one in &finished {
            write(shared, std::slice::from_ref(one), stop).await;
        }
    }
    drop(holds);
}

/// Writes outcomes; gives whether they were written.
async fn write(shared: &Shared, finished: &[Finished], stop: &CancellationToken) -> bool {
    loop {
        match record_outcomes::run(&shared.app, finished).await {
            Ok(_recorded) => return true,
            // Results are recorded only under their number, so it does no harm if that is late.
            Err(error) if is_away(&error) && !stop.is_cancelled() => {
                tracing::warn!(%error, outcomes = finished.len(), "outcomes cannot be recorded yet");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                tracing::error!(%error, outcomes = finished.len(), "outcomes were not recorded");
                return false;
            }
        }
    }
}
