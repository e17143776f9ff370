//! Consumes a queue in batches.
//!
//! Guarantee: a delivery is acknowledged only after its handler is done with it, and refused ones go to the dead letters.
//!
//! Mechanism: a session has a channel of its own. It takes the first delivery, then what has arrived besides, hands the
//! batch in, and settles it with as few frames as possible.
//!
//! Failure: when the channel is lost, or the consumer stops, the broker hands out again whatever was not acknowledged;
//! a new session begins as soon as the broker is back. A consumer that the broker has forgotten would wait for ever, so
//! an idle session asks from time to time whether its queue still has one.

use std::time::Duration;

use futures::{FutureExt, StreamExt};
use lapin::{
    Channel,
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions, QueueDeclareOptions},
    types::{DeliveryTag, FieldTable},
};
use thiserror::Error;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{
    RPC_LIMIT,
    declare::{self, Declared},
    link::{Link, LinkWatch},
    wire,
};
use crate::{
    ConsumerSettings, Delivery, Handler, Queue,
    backoff::Backoff,
    handler::{Handled, attend},
    telemetry,
};

/// Is how long a session is idle before it asks whether it still consumes.
const IDLE_CHECK: Duration = Duration::from_secs(10);

pub(super) struct Consumer<'a> {
    pub(super) queue: Queue,
    pub(super) settings: ConsumerSettings,
    pub(super) handler: &'a dyn Handler,
    pub(super) declared: Declared,
}

#[derive(Debug, Error)]
enum Lost {
    #[error("{0}")] // lapin's errors print their source themselves
    Channel(#[from] lapin::Error),
    #[error("the broker has ended the consumer")]
    Canceled,
    #[error("no answer in time")]
    TimedOut,
}

impl Consumer<'_> {
    /// Consumes until `stop` is cancelled or the link is closed.
    pub(super) async fn run(&self, link: &LinkWatch, stop: &CancellationToken) {
        let queue = self.queue.name();
        let mut backoff = Backoff::new();
        loop {
            let link = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                link = link.consumable() => link,
            };
            let Some(link) = link else { break };
            match self.session(&link, stop, &mut backoff).await {
                Ok(()) => break,
                Err(error) => {
                    let pause = backoff.pause();
                    tracing::warn!(queue, %error, retry_in_ms = pause.as_millis() as u64, "consumer lost its channel");
                    tokio::select! {
                        biased;
                        () = stop.cancelled() => break,
                        () = tokio::time::sleep(pause) => {}
                    }
                }
            }
        }
        tracing::info!(queue, "stopped consuming");
    }

    /// Consumes over one channel; `Ok` when it was stopped.
    async fn session(&self, link: &Link, stop: &CancellationToken, backoff: &mut Backoff) -> Result<(), Lost> {
        let (channel, mut deliveries) = timeout(RPC_LIMIT, self.begin(link)).await.map_err(|_| Lost::TimedOut)??;
        tracing::info!(queue = self.queue.name(), "consuming");
        loop {
            let first = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                delivery = deliveries.next() => delivery.ok_or(Lost::Canceled)??,
                () = tokio::time::sleep(IDLE_CHECK) => {
                    timeout(RPC_LIMIT, self.check(&channel)).await.map_err(|_| Lost::TimedOut)??;
                    continue;
                }
            };
            let mut batch = Batch::default();
            batch.push(first);
            while batch.tags.len() < self.settings.max_batch.get() {
                match deliveries.next().now_or_never() {
                    Some(delivery) => batch.push(delivery.ok_or(Lost::Canceled)??),
                    None => break,
                }
            }
            let held = || channel.status().connected();
            match attend(self.queue, self.handler, &batch.deliveries, stop, held).await {
                Handled::Done(refused) => {
                    batch.settle(&channel, &refused).await?;
                    telemetry::settled(self.queue, &batch.deliveries, &refused);
                    backoff.reset();
                }
                // Given back by closing the channel.
                Handled::Released if stop.is_cancelled() => break,
                Handled::Released => return Err(Lost::Canceled),
            }
        }
        // Waited for, so that acknowledgements are with the broker and it gives back the rest. An error says that the
        // channel is closed already.
        let _ = timeout(RPC_LIMIT, channel.close(200, "stopped".into())).await;
        Ok(())
    }

    /// Fails when the queue is gone, or is there but knows no consumer.
    async fn check(&self, channel: &Channel) -> Result<(), Lost> {
        let options = QueueDeclareOptions::durable().passive();
        let queue = channel.queue_declare(self.queue.name().into(), options, FieldTable::default()).await?;
        if queue.consumer_count() == 0 { Err(Lost::Canceled) } else { Ok(()) }
    }

    async fn begin(&self, link: &Link) -> lapin::Result<(Channel, lapin::Consumer)> {
        let channel = declare::open(&link.consuming, self.declared).await?;
        channel.basic_qos(self.settings.prefetch.get(), BasicQosOptions::default()).await?;
        let deliveries = channel
            .basic_consume(self.queue.name().into(), "".into(), BasicConsumeOptions::default(), FieldTable::default())
            .await?;
        Ok((channel, deliveries))
    }
}

#[derive(Default)]
struct Batch {
    tags: Vec<DeliveryTag>,
    deliveries: Vec<Delivery>,
}

impl Batch {
    fn push(&mut self, delivery: lapin::message::Delivery) {
        self.tags.push(delivery.delivery_tag);
        self.deliveries.push(wire::decode(delivery));
    }

    /// Rejects the refused deliveries one by one, then acknowledges all others at once.
    async fn settle(&self, channel: &Channel, refused: &[bool]) -> lapin::Result<()> {
        let mut last_good = None;
        for (tag, refused) in self.tags.iter().zip(refused) {
            if *refused {
                channel.basic_reject(*tag, BasicRejectOptions { requeue: false }).await?;
            } else {
                last_good = Some(*tag);
            }
        }
        if let Some(tag) = last_good {
            channel.basic_ack(tag, BasicAckOptions { multiple: true }).await?;
        }
        Ok(())
    }
}
