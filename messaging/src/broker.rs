//! The one handle to either broker.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::{
    AmqpSettings, BrokerError, ConsumerSettings, Handler, Message, PublishError, Queue, amqp::Amqp,
    in_process::InProcess, telemetry,
};

/// Publishes and consumes messages. Cloning it is cheap, all clones are one broker.
#[derive(Clone, Debug)]
pub struct Broker(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Amqp(Arc<Amqp>),
    InProcess(Arc<InProcess>),
    Simulated(Arc<dyn Carrier>),
}

/// What a simulation gives in place of a broker: it takes messages, and hands them to the use cases itself.
#[async_trait]
pub trait Carrier: Send + Sync + fmt::Debug {
    /// Takes messages; says for each whether it is confirmed.
    async fn publish(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>>;
}

impl Broker {
    /// Makes a broker inside this process. It holds no state of its own that would have to survive: publishing resolves
    /// only when the message has been acknowledged, so whatever is unacknowledged is still with its publisher.
    pub fn in_process() -> Self {
        Self(Kind::InProcess(Arc::new(InProcess::new())))
    }

    /// Starts connecting to RabbitMQ in the background, and goes on doing so whenever the connection is lost. Never
    /// fails because the broker is away.
    pub fn amqp(settings: AmqpSettings) -> Result<Self, BrokerError> {
        Ok(Self(Kind::Amqp(Arc::new(Amqp::start(settings)?))))
    }

    /// A simulated broker. It has no consumers: what was published, the simulation hands on.
    pub fn simulated(carrier: Arc<dyn Carrier>) -> Self {
        Self(Kind::Simulated(carrier))
    }

    /// Publishes all messages, pipelined, and returns once each is confirmed or refused; the results are in the order
    /// of the messages. With AMQP it returns in bounded time. In-process it waits for the consumer.
    pub async fn publish(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        if messages.is_empty() {
            return Vec::new();
        }
        let results = match &self.0 {
            Kind::Amqp(amqp) => amqp.publish(&messages).await,
            Kind::InProcess(in_process) => in_process.publish(messages).await,
            Kind::Simulated(carrier) => carrier.publish(messages).await,
        };
        telemetry::published(&results);
        results
    }

    /// Consumes a queue until `stop` is cancelled or the broker is closed.
    ///
    /// A batch is whatever is there when the first message of it arrives. On `stop` nothing new is taken, the handler
    /// finishes the batch it has, and what it has not handled goes back to the queue.
    pub async fn consume(
        &self,
        queue: Queue,
        settings: ConsumerSettings,
        handler: Arc<dyn Handler>,
        stop: CancellationToken,
    ) {
        match &self.0 {
            Kind::Amqp(amqp) => amqp.consume(queue, settings, handler.as_ref(), &stop).await,
            Kind::InProcess(in_process) => in_process.consume(queue, settings, handler.as_ref(), &stop).await,
            Kind::Simulated(_) => stop.cancelled().await,
        }
    }

    /// Says whether messages can be published now: the broker is connected and has not blocked publishers.
    pub fn is_connected(&self) -> bool {
        match &self.0 {
            Kind::Amqp(amqp) => amqp.is_connected(),
            Kind::InProcess(in_process) => !in_process.closed().is_cancelled(),
            Kind::Simulated(_) => true,
        }
    }

    /// Waits until messages can be published. Returns at once, too, when the broker has been closed.
    pub async fn wait_connected(&self) {
        match &self.0 {
            Kind::Amqp(amqp) => amqp.wait_connected(true).await,
            Kind::InProcess(_) | Kind::Simulated(_) => {}
        }
    }

    /// Waits until messages cannot be published any more.
    pub async fn wait_disconnected(&self) {
        match &self.0 {
            Kind::Amqp(amqp) => amqp.wait_connected(false).await,
            Kind::InProcess(in_process) => in_process.closed().cancelled().await,
            Kind::Simulated(_) => std::future::pending().await,
        }
    }

    /// Counts the dead letters: with AMQP those that wait in the dead-letter queue, in-process those since the start.
    pub async fn dead_letters(&self) -> Result<u64, BrokerError> {
        match &self.0 {
            Kind::Amqp(amqp) => amqp.dead_letters().await,
            Kind::InProcess(in_process) => Ok(in_process.dead_letters()),
            Kind::Simulated(_) => Ok(0),
        }
    }

    /// Ends consumers and connections. What is still being published is answered as not confirmed.
    pub async fn close(&self) {
        match &self.0 {
            Kind::Amqp(amqp) => amqp.close().await,
            Kind::InProcess(in_process) => in_process.close(),
            Kind::Simulated(_) => {}
        }
    }
}
