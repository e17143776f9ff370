//! When what was deleted long ago is looked for.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{app::forget_deleted::forget_deleted, context::App};

const ROUND: Duration = Duration::from_secs(3600);

/// Takes it away at the start and each hour, until the process stops, which it waits for where `days` is 0.
pub async fn run(app: App, days: u32, stop: CancellationToken) {
    if days == 0 {
        return stop.cancelled().await;
    }
    while !stop.is_cancelled() {
        let round = async {
            if let Err(fault) = forget_deleted(&app, days).await {
                tracing::warn!(error = %fault.into_refusal(), "what was deleted long ago cannot be forgotten now");
            }
            tokio::time::sleep(ROUND).await;
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = round => {}
        }
    }
}
