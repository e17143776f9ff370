//! The broker inside one process.
//!
//! Guarantee: a publish is confirmed only when a consumer has acknowledged the message, so an outbox row outlives
//! everything that this broker holds in memory.
//!
//! Mechanism: a bounded line for each queue; each message in it carries the way back to its publisher.
//!
//! Failure: without a consumer, publishers wait. A publisher that gives up takes its messages with it. A consumer that
//! stops, or is dropped, puts back what it has not acknowledged, in its old place.

mod line;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use self::line::{Line, Receipt};
use crate::{
    ConsumerSettings, Handler, Message, PublishError, Queue,
    handler::{Handled, attend},
    telemetry, topology,
};

/// Is how many messages may wait in one queue before publishers have to wait.
const ROOM: usize = 1024;

#[derive(Debug)]
pub(crate) struct InProcess {
    changes: Arc<Line>,
    requests: Arc<Line>,
    outcomes: Arc<Line>,
    former_changes: Arc<Line>,
    former_outcomes: Arc<Line>,
    closed: CancellationToken,
}

impl InProcess {
    pub(crate) fn new() -> Self {
        let line = || Arc::new(Line::new(ROOM));
        telemetry::connected(true);
        Self {
            changes: line(),
            requests: line(),
            outcomes: line(),
            former_changes: line(),
            former_outcomes: line(),
            closed: CancellationToken::new(),
        }
    }

    pub(crate) async fn publish(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        let mut sent = Vec::with_capacity(messages.len());
        for message in messages {
            sent.push(self.enqueue(message).await);
        }
        let mut results = Vec::with_capacity(sent.len());
        for receipts in sent {
            results.push(acknowledged(receipts).await);
        }
        results
    }

    pub(crate) async fn consume(
        &self,
        queue: Queue,
        settings: ConsumerSettings,
        handler: &dyn Handler,
        stop: &CancellationToken,
    ) {
        let line = self.line(queue);
        let max_batch = settings.max_batch.get().min(usize::from(settings.prefetch.get()));
        tracing::info!(queue = queue.name(), "consuming");
        loop {
            let batch = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = self.closed.cancelled() => break,
                batch = line.take(max_batch) => batch,
            };
            match attend(queue, handler, batch.deliveries(), stop, || !self.closed.is_cancelled()).await {
                Handled::Done(refused) => {
                    telemetry::settled(queue, batch.deliveries(), &refused);
                    batch.settle(refused.iter().filter(|refused| **refused).count());
                }
                Handled::Released => drop(batch),
            }
        }
        tracing::info!(queue = queue.name(), "stopped consuming");
    }

    pub(crate) fn dead_letters(&self) -> u64 {
        Queue::ALL.into_iter().map(|queue| self.line(queue).refused()).sum()
    }

    pub(crate) const fn closed(&self) -> &CancellationToken {
        &self.closed
    }

    pub(crate) fn close(&self) {
        self.closed.cancel();
        for queue in Queue::ALL {
            self.line(queue).close();
        }
        telemetry::connected(false);
    }

    async fn enqueue(&self, message: Message) -> Result<Vec<Receipt>, PublishError> {
        let mut receipts = Vec::with_capacity(1);
        for queue in topology::route(&message.routing_key) {
            receipts.push(self.line(queue).enqueue(message.clone().into()).await?);
        }
        if receipts.is_empty() { Err(PublishError::Unroutable) } else { Ok(receipts) }
    }

    const fn line(&self, queue: Queue) -> &Arc<Line> {
        match queue {
            Queue::ProvisioningChanges => &self.changes,
            Queue::ProvisioningRequests => &self.requests,
            Queue::RegistryOutcomes => &self.outcomes,
            Queue::FormerChanges => &self.former_changes,
            Queue::FormerOutcomes => &self.former_outcomes,
        }
    }
}

async fn acknowledged(receipts: Result<Vec<Receipt>, PublishError>) -> Result<(), PublishError> {
    for receipt in receipts? {
        receipt.acknowledged().await?;
    }
    Ok(())
}
