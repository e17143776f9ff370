//! Giving events their numbers (D59): soon after they were written, some together.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::{App, events};

/// Events that come so soon after others get their numbers together with the next.
const PAUSE: Duration = Duration::from_millis(50);

/// Gives numbers until the process stops. What another process wrote, and left, is found by looking again.
pub(super) async fn run(app: App, stop: CancellationToken, poll: Duration) {
    loop {
        if let Err(error) = events::number(&app).await {
            tracing::warn!(%error, "events cannot be numbered");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.signals.noted.notified() => {}
            () = tokio::time::sleep(poll) => {}
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE.min(poll)) => {}
        }
    }
}
