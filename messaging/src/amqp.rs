//! The broker RabbitMQ.
//!
//! Guarantee: a message is confirmed when the broker has written it to a quorum queue; a delivery is acknowledged after
//! its handler is done. Nothing here waits for ever: neither for a connection nor for a confirmation.
//!
//! Mechanism: two connections, kept up by [`link`]: RabbitMQ stops reading from connections that publish when it is
//! short of memory or disk, and consumers have to be able to acknowledge just then. Every channel that is opened declares
//! the topology, so queues that vanished come back.
//!
//! Failure: when a connection is lost, unconfirmed messages are answered as such, the broker hands unacknowledged ones
//! out again, and both connections are set up anew.

mod channels;
mod consumer;
mod declare;
mod link;
mod outside;
mod publisher;
mod settings;
mod wire;

use std::time::Duration;

use lapin::options::QueueDeclareOptions;
use tokio::time::timeout;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use self::{declare::Declared, link::LinkWatch, publisher::Publisher};
pub use self::{
    outside::{Outside, OutsideError, OutsideSettings, Post},
    settings::AmqpSettings,
};
use crate::{BrokerError, ConsumerSettings, Handler, Message, PublishError, Queue, topology::DEAD_LETTER_QUEUE};

/// Is how long a call waits for a connection before it says that there is none.
const CONNECTION_WAIT: Duration = Duration::from_secs(2);
/// Bounds what the broker is asked besides confirmations: opening, closing, counting.
const RPC_LIMIT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Amqp {
    link: LinkWatch,
    publisher: Publisher,
    declared: Declared,
    supervisor: TaskTracker,
    closed: CancellationToken,
    _stop_on_drop: DropGuard,
}

impl Amqp {
    pub(crate) fn start(settings: AmqpSettings) -> Result<Self, BrokerError> {
        let address = settings.address()?;
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| BrokerError::NoRuntime)?;
        let closed = CancellationToken::new();
        let declared = settings.declared();
        let publisher = Publisher::new(settings.confirm_timeout, declared);
        let (link, supervise) = link::supervisor(settings, address, closed.clone());
        let supervisor = TaskTracker::new();
        supervisor.spawn_on(supervise, &runtime);
        supervisor.close();
        Ok(Self { link, publisher, declared, supervisor, _stop_on_drop: closed.clone().drop_guard(), closed })
    }

    pub(crate) async fn publish(&self, messages: &[Message]) -> Vec<Result<(), PublishError>> {
        match timeout(CONNECTION_WAIT, self.link.publishable()).await {
            Ok(Some(link)) => self.publisher.publish(&link, messages).await,
            Ok(None) | Err(_) => vec![Err(PublishError::Unavailable); messages.len()],
        }
    }

    pub(crate) async fn consume(
        &self,
        queue: Queue,
        settings: ConsumerSettings,
        handler: &dyn Handler,
        stop: &CancellationToken,
    ) {
        let consumer = consumer::Consumer { queue, settings, handler, declared: self.declared };
        tokio::select! {
            () = consumer.run(&self.link, stop) => {}
            () = self.closed.cancelled() => {}
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.link.is_publishable()
    }

    pub(crate) async fn wait_connected(&self, connected: bool) {
        self.link.wait(connected).await;
    }

    pub(crate) async fn dead_letters(&self) -> Result<u64, BrokerError> {
        let count = async {
            let link = self.link.consumable().await?;
            let channel = link.consuming.create_channel().await.ok()?;
            let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::durable() };
            let queue = channel.queue_declare(DEAD_LETTER_QUEUE.into(), options, Default::default()).await.ok()?;
            Some(u64::from(queue.message_count()))
        };
        timeout(CONNECTION_WAIT, count).await.ok().flatten().ok_or(BrokerError::Unavailable)
    }

    pub(crate) async fn close(&self) {
        self.closed.cancel();
        self.supervisor.wait().await;
    }
}
