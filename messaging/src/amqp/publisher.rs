//! Publishes with confirms.
//!
//! Guarantee: `Ok` for a message means that the broker has it in every queue its key leads to, at least one.
//!
//! Mechanism: one call has a channel to itself, taken from a pool. All messages are written, then all confirmations
//! awaited.
//!
//! Failure: a channel on which anything went wrong is not used again. After the first confirmation that does not come in
//! time the others are not waited for. A message of ours that comes back shows that a queue is missing; the next channel
//! declares it again.

use std::{collections::HashSet, time::Duration};

use futures::future::maybe_done;
use lapin::{
    Channel, Confirmation,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};
use tokio::time::timeout;

use super::{
    RPC_LIMIT,
    channels::Channels,
    declare::{self, Declared},
    link::Link,
    wire,
};
use crate::{Message, PublishError, topology};

/// Is how long a publisher leaves a missing queue alone. RabbitMQ (seen with 3.10) tells consumers of a deleted quorum queue
/// a little later; if the queue is there again by then, it moves them over, but never hands anything out to them.
const MISSING_QUEUE_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Publisher {
    confirm_timeout: Duration,
    declared: Declared,
    idle: Channels,
}

impl Publisher {
    pub(super) const fn new(confirm_timeout: Duration, declared: Declared) -> Self {
        Self { confirm_timeout, declared, idle: Channels::new() }
    }

    pub(super) async fn publish(&self, link: &Link, messages: &[Message]) -> Vec<Result<(), PublishError>> {
        let channel = match self.channel(link).await {
            Ok(channel) => channel,
            Err(error) => return vec![Err(error); messages.len()],
        };
        let results = self.publish_on(&channel, messages).await;
        if messages.iter().zip(&results).any(|(message, result)| misses_queue(message, *result)) {
            tracing::warn!("a queue is missing, it will be declared again");
            tokio::time::sleep(MISSING_QUEUE_PAUSE).await;
        } else if results.iter().copied().all(leaves_channel_sound) {
            self.idle.keep(channel);
        }
        results
    }

    async fn channel(&self, link: &Link) -> Result<Channel, PublishError> {
        if let Some(channel) = self.idle.take() {
            return Ok(channel);
        }
        let open = async {
            let channel = declare::open(&link.publishing, self.declared).await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            Ok::<_, lapin::Error>(channel)
        };
        match timeout(RPC_LIMIT, open).await {
            Ok(Ok(channel)) => Ok(channel),
            Ok(Err(error)) => {
                tracing::warn!(%error, "channel for publishing could not be opened");
                Err(PublishError::Unavailable)
            }
            Err(_) => {
                tracing::warn!("channel for publishing was not opened in time");
                Err(PublishError::Unavailable)
            }
        }
    }

    async fn publish_on(&self, channel: &Channel, messages: &[Message]) -> Vec<Result<(), PublishError>> {
        let mut sent = Vec::with_capacity(messages.len());
        for message in messages {
            let in_flight = wire::encode(message).map(|(routing_key, properties)| {
                let options = BasicPublishOptions { mandatory: true, immediate: false };
                Box::pin(maybe_done(async move {
                    channel
                        .basic_publish(topology::EXCHANGE.into(), routing_key, options, &message.body, properties)
                        .await?
                        .await
                }))
            });
            sent.push(match in_flight {
                Ok(mut in_flight) => {
                    // The first poll puts the frames in line to be written, so the order of polling is that on the wire.
                    let _ = futures::poll!(in_flight.as_mut());
                    Ok(in_flight)
                }
                Err(error) => Err(error),
            });
        }

        let mut results = Vec::with_capacity(messages.len());
        let mut returned = HashSet::new();
        let mut patience = self.confirm_timeout;
        for in_flight in sent {
            let mut in_flight = match in_flight {
                Ok(in_flight) => in_flight,
                Err(error) => {
                    results.push(Err(error));
                    continue;
                }
            };
            if timeout(patience, in_flight.as_mut()).await.is_err() && !patience.is_zero() {
                tracing::warn!(
                    confirm_timeout_ms = self.confirm_timeout.as_millis() as u64,
                    "broker did not confirm in time"
                );
                patience = Duration::ZERO;
            }
            results.push(match in_flight.as_mut().take_output() {
                Some(Ok(confirmation)) => {
                    let confirmed = if confirmation.is_ack() { Ok(()) } else { Err(PublishError::Refused) };
                    returned.extend(returned_id(confirmation));
                    confirmed
                }
                Some(Err(error)) => {
                    tracing::debug!(%error, "message was not confirmed");
                    Err(PublishError::Unconfirmed)
                }
                None => Err(PublishError::Unconfirmed),
            });
        }

        // Only now: a returned message may have come with the confirmation of any other one.
        for (message, result) in messages.iter().zip(&mut results) {
            if result.is_ok() && returned.contains(&message.id) {
                *result = Err(PublishError::Unroutable);
            }
        }
        results
    }
}

fn returned_id(confirmation: Confirmation) -> Option<String> {
    let returned = confirmation.take_message()?;
    returned.delivery.properties.message_id().as_ref().map(ToString::to_string)
}

/// Says whether a message that the topology routes came back.
fn misses_queue(message: &Message, result: Result<(), PublishError>) -> bool {
    result == Err(PublishError::Unroutable) && topology::route(&message.routing_key).next().is_some()
}

/// Says whether the channel can be used again.
fn leaves_channel_sound(result: Result<(), PublishError>) -> bool {
    match result {
        Ok(()) | Err(PublishError::Malformed | PublishError::Unroutable) => true,
        Err(PublishError::Unavailable | PublishError::Unconfirmed | PublishError::Refused) => false,
    }
}
