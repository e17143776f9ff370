//! The broker of the house: AMQP (RabbitMQ) and in-process, behind one API.
//!
//! Guarantee: a message whose publishing was confirmed is delivered to a consumer of its queue at least once, and stays
//! with the broker until a consumer has acknowledged it or it has been set aside as a dead letter. Messages that one call
//! of [`Broker::publish`] carried reach a queue in that order.
//!
//! Mechanism: publisher confirms, durable quorum queues and acknowledgement after handling with AMQP; in-process a
//! publisher is answered only when the consumer has acknowledged. Both route by the one table in [`topology`].
//!
//! Failure: a publisher that gets anything but `Ok` for a message sends it again, under the same id. Consumers therefore
//! see messages twice at times, and tell them by their id. A broker that is away is reconnected to for as long as it takes.

mod amqp;
mod backoff;
mod broker;
mod error;
mod handler;
mod in_process;
mod message;
pub mod outbox;
mod telemetry;
pub mod topology;

pub use crate::{
    amqp::{AmqpSettings, Outside, OutsideError, OutsideSettings, Post},
    broker::{Broker, Carrier},
    error::{BrokerError, PublishError},
    handler::{Busy, ConsumerSettings, Handler},
    message::{Delivery, Message},
    topology::Queue,
};
