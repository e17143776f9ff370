//! What works beside serving goes on, whatever breaks.
//!
//! Guarantee: a part that panics, or ends before its time, begins anew after a pause that grows to a minute; the other parts do
//! not notice. Mechanism: each part is a task of its own. Failure: a part that breaks each time is told each time, in the log
//! and by `cohort_parts_broken_total`.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::Instrument as _;

/// The first pause, which doubles each time.
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause. Who worked as long as this begins with the first again.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs a part until the process stops; it has to end then. What it holds when this is dropped ends with it.
pub async fn keep<F>(part: &'static str, stop: CancellationToken, begin: impl Fn(CancellationToken) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    pausing(FIRST, part, stop, begin).await;
}

async fn pausing<F>(
    first: Duration,
    part: &'static str,
    stop: CancellationToken,
    begin: impl Fn(CancellationToken) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut pause = first;
    metrics::counter!("cohort_parts_broken_total", "part" => part).increment(0);
    loop {
        let begun = Instant::now();
        let ended = AbortOnDropHandle::new(tokio::spawn(begin(stop.clone()).in_current_span())).await;
        let why = match ended {
            _ if stop.is_cancelled() => return,
            Ok(()) => "it ended".to_owned(),
            Err(error) if error.is_panic() => error.to_string(),
            // The runtime ends.
            Err(_) => return,
        };
        metrics::counter!("cohort_parts_broken_total", "part" => part).increment(1);
        tracing::error!(part, why, "a part of the process broke; it begins anew");
        if begun.elapsed() >= LONGEST {
            pause = first;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST);
    }
}

#[cfg(test)]
mod tests;
