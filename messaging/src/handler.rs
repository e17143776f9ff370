//! Handling a batch, and keeping it for as long as the handler is busy.

use std::num::{NonZeroU16, NonZeroUsize};

use async_trait::async_trait;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::{Delivery, Queue, backoff::Backoff, telemetry};

/// Handles the messages of a queue.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Handles a batch, in order.
    ///
    /// `Ok` carries the indexes of the messages that can never be handled: they become dead letters, all others are
    /// acknowledged. [`Busy`] keeps the whole batch, which is handed in again after a pause.
    async fn handle(&self, batch: &[Delivery]) -> Result<Vec<usize>, Busy>;
}

/// Says that nothing of a batch counts as handled, because something the handler needs is away for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("what the handler needs is away for now")]
pub struct Busy;

/// Says how much a consumer takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsumerSettings {
    /// Limits the messages that are on their way to the consumer or with it, unacknowledged.
    pub prefetch: NonZeroU16,
    /// Limits the messages of one batch; the prefetch limits them as well.
    pub max_batch: NonZeroUsize,
}

impl ConsumerSettings {
    /// Makes settings; a zero counts as one.
    pub const fn new(prefetch: u16, max_batch: usize) -> Self {
        let prefetch = match NonZeroU16::new(prefetch) {
            Some(prefetch) => prefetch,
            None => NonZeroU16::MIN,
        };
        let max_batch = match NonZeroUsize::new(max_batch) {
            Some(max_batch) => max_batch,
            None => NonZeroUsize::MIN,
        };
        Self { prefetch, max_batch }
    }
}

impl Default for ConsumerSettings {
    /// Takes batches of up to 100, and the next ones while one is handled.
    fn default() -> Self {
        Self::new(300, 100)
    }
}

/// Is what became of a batch.
pub(crate) enum Handled {
    /// The handler is done; `true` marks a message that becomes a dead letter.
    Done(Vec<bool>),
    /// The batch goes back to its queue.
    Released,
}

/// Hands a batch in until it is handled, the consumer stops, or the batch is no longer its to hold.
pub(crate) async fn attend(
    queue: Queue,
    handler: &dyn Handler,
    batch: &[Delivery],
    stop: &CancellationToken,
    held: impl Fn() -> bool,
) -> Handled {
    let mut backoff = Backoff::new();
    loop {
        match handler.handle(batch).await {
            Ok(indexes) => {
                let mut refused = vec![false; batch.len()];
                for index in indexes {
                    if let Some(mark) = refused.get_mut(index) {
                        *mark = true;
                    }
                }
                return Handled::Done(refused);
            }
            Err(Busy) => telemetry::kept(queue, batch),
        }
        let pause = backoff.pause();
        tracing::warn!(
            queue = queue.name(),
            batch.len = batch.len(),
            retry_in_ms = pause.as_millis() as u64,
            "handler is busy, its batch is kept"
        );
        tokio::select! {
            biased;
            () = stop.cancelled() => return Handled::Released,
            () = tokio::time::sleep(pause) => {}
        }
        if !held() {
            return Handled::Released;
        }
    }
}
