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
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn a_part_that_breaks_begins_anew_and_takes_no_other_along() {
        let (begun, stop) = (Arc::new(AtomicU32::new(0)), CancellationToken::new());
        let (counted, stopping) = (Arc::clone(&begun), stop.clone());
        let breaks = pausing(Duration::from_millis(50), "breaks", stop.clone(), move |stop| {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            async move {
                match number {
                    0 => panic!("planted"),
                    1 => {}
                    _ => stop.cancelled().await,
                }
            }
        });
        let other = keep("goes on", stop, move |_| {
            let (begun, stopping) = (Arc::clone(&begun), stopping.clone());
            async move {
                while begun.load(Ordering::Relaxed) < 3 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                stopping.cancel();
            }
        });
        let start = Instant::now();
        tokio::join!(breaks, other);
        assert!(start.elapsed() >= Duration::from_millis(150), "it does not begin anew without a pause");
    }
}
