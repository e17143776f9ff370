//! Consumers that tell the test what they get.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use messaging::{Broker, Busy, ConsumerSettings, Delivery, Handler, Message, Queue};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Is far more than anything takes; a test that waits longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

type Answer = Box<dyn FnMut(&[Delivery]) -> Result<Vec<usize>, Busy> + Send>;

struct Recorder {
    seen: UnboundedSender<Vec<Delivery>>,
    answer: Mutex<Answer>,
}

#[async_trait]
impl Handler for Recorder {
    async fn handle(&self, batch: &[Delivery]) -> Result<Vec<usize>, Busy> {
        let answer = (self.answer.lock().unwrap())(batch);
        let _ = self.seen.send(batch.to_vec());
        answer
    }
}

/// Is a consumer at work.
pub(crate) struct Consumer {
    stop: CancellationToken,
    task: JoinHandle<()>,
    batches: UnboundedReceiver<Vec<Delivery>>,
    pending: Vec<Delivery>,
}

impl Consumer {
    /// Acknowledges everything.
    pub(crate) fn start(broker: &Broker, queue: Queue) -> Self {
        Self::answering(broker, queue, |_| Ok(Vec::new()))
    }

    pub(crate) fn answering(
        broker: &Broker,
        queue: Queue,
        answer: impl FnMut(&[Delivery]) -> Result<Vec<usize>, Busy> + Send + 'static,
    ) -> Self {
        let (seen, batches) = mpsc::unbounded_channel();
        let recorder = Recorder { seen, answer: Mutex::new(Box::new(answer)) };
        Self::spawn(broker, queue, ConsumerSettings::default(), Arc::new(recorder), batches)
    }

    pub(crate) fn handling(broker: &Broker, queue: Queue, handler: Arc<dyn Handler>) -> Self {
        Self::spawn(broker, queue, ConsumerSettings::default(), handler, mpsc::unbounded_channel().1)
    }

    pub(crate) fn with_settings(broker: &Broker, queue: Queue, settings: ConsumerSettings) -> Self {
        let (seen, batches) = mpsc::unbounded_channel();
        let recorder = Recorder { seen, answer: Mutex::new(Box::new(|_| Ok(Vec::new()))) };
        Self::spawn(broker, queue, settings, Arc::new(recorder), batches)
    }

    fn spawn(
        broker: &Broker,
        queue: Queue,
        settings: ConsumerSettings,
        handler: Arc<dyn Handler>,
        batches: UnboundedReceiver<Vec<Delivery>>,
    ) -> Self {
        let stop = CancellationToken::new();
        let (broker, stopped) = (broker.clone(), stop.clone());
        let task = tokio::spawn(async move { broker.consume(queue, settings, handler, stopped).await });
        Self { stop, task, batches, pending: Vec::new() }
    }

    pub(crate) async fn batch(&mut self) -> Vec<Delivery> {
        timeout(PATIENCE, self.batches.recv()).await.expect("a batch arrives in time").expect("the consumer lives")
    }

    pub(crate) async fn delivery(&mut self) -> Delivery {
        if self.pending.is_empty() {
            self.pending = self.batch().await;
        }
        self.pending.remove(0)
    }

    pub(crate) async fn deliveries(&mut self, count: usize) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        while deliveries.len() < count {
            deliveries.push(self.delivery().await);
        }
        deliveries
    }

    pub(crate) async fn ids(&mut self, count: usize) -> Vec<String> {
        self.deliveries(count).await.into_iter().map(|delivery| delivery.id).collect()
    }

    pub(crate) fn ask_to_stop(&self) {
        self.stop.cancel();
    }

    pub(crate) fn has_stopped(&self) -> bool {
        self.task.is_finished()
    }

    /// Stops the consumer as a service that shuts down does.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.stopped().await;
    }

    pub(crate) async fn stopped(self) {
        timeout(PATIENCE, self.task).await.expect("the consumer stops in time").expect("the consumer does not panic");
    }

    /// Ends the consumer as a crash does.
    pub(crate) async fn crash(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

pub(crate) fn message(id: impl Into<String>, routing_key: &str) -> Message {
    Message { id: id.into(), routing_key: routing_key.into(), headers: Vec::new(), body: Bytes::from_static(b"body") }
}

/// Makes messages for the queue of changes, with the ids `0`, `1`, …
pub(crate) fn changes(count: usize) -> Vec<Message> {
    (0..count).map(|number| message(number.to_string(), "co_person.updated.2")).collect()
}

pub(crate) fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|number| number.to_string()).collect()
}

/// Publishes in the background: in-process it takes a consumer for publishing to end.
pub(crate) fn publish(broker: &Broker, messages: Vec<Message>) -> JoinHandle<Vec<Result<(), messaging::PublishError>>> {
    let broker = broker.clone();
    tokio::spawn(async move { broker.publish(messages).await })
}

/// Waits until there are so many dead letters; nobody tells when one arrives.
pub(crate) async fn dead_letters_become(broker: &Broker, count: u64) {
    let reached = async {
        while broker.dead_letters().await != Ok(count) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, reached).await.expect("the dead letters arrive in time");
}

/// Proves that nothing is left of what was published before: the next message is the one published now.
pub(crate) async fn nothing_is_left(broker: &Broker, queue: Queue, routing_key: &str) {
    let published = publish(broker, vec![message("marker", routing_key)]);
    let mut consumer = Consumer::start(broker, queue);
    assert_eq!(consumer.ids(1).await, ["marker"]);
    assert_eq!(published.await.unwrap(), [Ok(())]);
    consumer.stop().await;
}
