//! What both brokers promise.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use messaging::{Broker, Busy, ConsumerSettings, Delivery, Handler, Message, PublishError, Queue};
use tokio::{
    sync::{Semaphore, mpsc},
    time::timeout,
};

use crate::rig::{Consumer, PATIENCE, changes, dead_letters_become, message, nothing_is_left, numbers, publish};

/// Runs each promise against the broker that an expression makes. Its delivery limit has to be 2.
macro_rules! contract {
    ($broker:expr) => {
        $crate::contract::contract!(
            $broker,
            a_message_is_consumed_acknowledged_and_gone,
            everything_about_a_message_survives,
            each_queue_gets_its_own,
            a_message_that_no_queue_takes_is_told_from_the_others,
            a_refused_message_becomes_a_dead_letter,
            a_batch_that_meets_a_busy_handler_is_kept,
            what_a_stopped_consumer_had_not_handled_goes_to_the_next,
            what_a_crashed_consumer_had_not_handled_goes_to_the_next,
            a_stopping_consumer_finishes_its_batch,
            the_order_of_a_publish_is_kept,
            a_batch_has_its_limit,
            consumers_of_a_queue_share_its_messages,
            nothing_to_publish_is_no_work,
            a_closed_broker_ends_its_consumers_and_takes_no_messages,
        );
    };
    ($broker:expr, $($name:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $crate::contract::$name($broker).await;
            }
        )+
    };
}
pub(crate) use contract;

const CHANGES: Queue = Queue::ProvisioningChanges;

pub(crate) async fn a_message_is_consumed_acknowledged_and_gone(broker: Broker) {
    let mut consumer = Consumer::start(&broker, CHANGES);
    let published = publish(&broker, changes(3));
    let deliveries = consumer.deliveries(3).await;
    assert!(deliveries.iter().all(|delivery| !delivery.redelivered));
    assert_eq!(published.await.unwrap(), [Ok(()), Ok(()), Ok(())]);
    consumer.stop().await;
    nothing_is_left(&broker, CHANGES, "co_person.updated.2").await;
}

pub(crate) async fn everything_about_a_message_survives(broker: Broker) {
    let headers =
        [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", "käse=1")];
    let sent = Message {
        id: "0197-8f".into(),
        routing_key: "provisioning.request".into(),
        headers: headers.map(|(name, value)| (name.into(), value.into())).into(),
        body: Bytes::from((0..=255).collect::<Vec<u8>>().repeat(2000)),
    };
    let empty = Message { id: "0197-90".into(), headers: Vec::new(), body: Bytes::new(), ..sent.clone() };
    let mut consumer = Consumer::start(&broker, Queue::ProvisioningRequests);
    let published = publish(&broker, vec![sent.clone(), empty.clone()]);
    let mut arrived = consumer.delivery().await;
    assert_eq!(arrived.header("traceparent"), Some(headers[0].1));
    arrived.headers.sort();
    assert_eq!(arrived, Delivery::from(sent));
    assert_eq!(consumer.delivery().await, Delivery::from(empty));
    assert_eq!(published.await.unwrap(), [Ok(()), Ok(())]);
}

pub(crate) async fn each_queue_gets_its_own(broker: Broker) {
    let mut changes = Consumer::start(&broker, CHANGES);
    let mut requests = Consumer::start(&broker, Queue::ProvisioningRequests);
    let mut outcomes = Consumer::start(&broker, Queue::RegistryOutcomes);
    let keys = ["provisioning.outcome.2", "co_group.deleted.2", "provisioning.request", "co.deleted.2"];
    let results = broker.publish(keys.map(|key| message(key, key)).into()).await;
    assert_eq!(results, [Ok(()); 4]);
    assert_eq!(changes.ids(2).await, ["co_group.deleted.2", "co.deleted.2"]);
    assert_eq!(requests.ids(1).await, ["provisioning.request"]);
    assert_eq!(outcomes.ids(1).await, ["provisioning.outcome.2"]);
}

pub(crate) async fn a_message_that_no_queue_takes_is_told_from_the_others(broker: Broker) {
    let mut consumer = Consumer::start(&broker, CHANGES);
    let mut messages = changes(300);
    for message in messages.iter_mut().skip(1).step_by(3) {
        message.routing_key = "nobody.listens".into();
    }
    let results = broker.publish(messages).await;
    for (number, result) in results.iter().enumerate() {
        let expected = if number % 3 == 1 { Err(PublishError::Unroutable) } else { Ok(()) };
        assert_eq!(*result, expected, "message {number}");
    }
    let expected: Vec<_> =
        numbers(300).into_iter().enumerate().filter(|(number, _)| number % 3 != 1).map(|(_, id)| id).collect();
    assert_eq!(consumer.ids(200).await, expected);
}

pub(crate) async fn a_refused_message_becomes_a_dead_letter(broker: Broker) {
    let mut consumer = Consumer::answering(&broker, CHANGES, |batch| {
        let bad = |delivery: &Delivery| ["1", "4"].contains(&delivery.id.as_str());
        Ok(batch.iter().enumerate().filter(|(_, delivery)| bad(delivery)).map(|(index, _)| index).collect())
    });
    let results = broker.publish(changes(5)).await;
    assert_eq!(results, [Ok(()); 5]);
    assert_eq!(consumer.ids(5).await, numbers(5));
    dead_letters_become(&broker, 2).await;
    consumer.stop().await;
    nothing_is_left(&broker, CHANGES, "co_person.updated.2").await;
}

pub(crate) async fn a_batch_that_meets_a_busy_handler_is_kept(broker: Broker) {
    let mut refusals = 4; // above the delivery limit
    let mut consumer = Consumer::answering(&broker, CHANGES, move |_| {
        if refusals == 0 {
            return Ok(Vec::new());
        }
        refusals -= 1;
        Err(Busy)
    });
    let published = publish(&broker, changes(1));
    let first = consumer.batch().await;
    for _ in 0..4 {
        assert_eq!(consumer.batch().await, first);
    }
    assert!(!first[0].redelivered);
    assert_eq!(published.await.unwrap(), [Ok(())]);
    consumer.stop().await;
    nothing_is_left(&broker, CHANGES, "co_person.updated.2").await;
    assert_eq!(broker.dead_letters().await, Ok(0));
}

pub(crate) async fn what_a_stopped_consumer_had_not_handled_goes_to_the_next(broker: Broker) {
    let mut busy = Consumer::answering(&broker, CHANGES, |_| Err(Busy));
    let published = publish(&broker, changes(5));
    busy.batch().await;
    busy.stop().await;
    let mut next = Consumer::start(&broker, CHANGES);
    let deliveries = next.deliveries(5).await;
    assert_eq!(deliveries.iter().map(|delivery| delivery.id.as_str()).collect::<Vec<_>>(), numbers(5));
    assert!(deliveries[0].redelivered);
    assert_eq!(published.await.unwrap(), [Ok(()); 5]);
}

pub(crate) async fn what_a_crashed_consumer_had_not_handled_goes_to_the_next(broker: Broker) {
    let mut busy = Consumer::answering(&broker, CHANGES, |_| Err(Busy));
    let published = publish(&broker, changes(5));
    busy.batch().await;
    busy.crash().await;
    let mut next = Consumer::start(&broker, CHANGES);
    let ids: HashSet<String> = next.ids(5).await.into_iter().collect();
    assert_eq!(ids, numbers(5).into_iter().collect());
    assert_eq!(published.await.unwrap(), [Ok(()); 5]);
}

/// Says when it has begun, and goes on when it may.
struct Gate {
    begun: Semaphore,
    may_end: Semaphore,
}

#[async_trait]
impl Handler for Gate {
    async fn handle(&self, _: &[Delivery]) -> Result<Vec<usize>, Busy> {
        self.begun.add_permits(1);
        self.may_end.acquire().await.unwrap().forget();
        Ok(Vec::new())
    }
}

pub(crate) async fn a_stopping_consumer_finishes_its_batch(broker: Broker) {
    let gate = Arc::new(Gate { begun: Semaphore::new(0), may_end: Semaphore::new(0) });
    let consumer = Consumer::handling(&broker, CHANGES, gate.clone());
    let published = publish(&broker, changes(1));
    gate.begun.acquire().await.unwrap().forget();
    consumer.ask_to_stop();
    tokio::task::yield_now().await;
    assert!(!consumer.has_stopped());
    gate.may_end.add_permits(1);
    consumer.stopped().await;
    assert_eq!(published.await.unwrap(), [Ok(())]);
    nothing_is_left(&broker, CHANGES, "co_person.updated.2").await;
}

pub(crate) async fn the_order_of_a_publish_is_kept(broker: Broker) {
    const COUNT: usize = 3000; // more than the in-process broker has room for
    let mut consumer = Consumer::start(&broker, CHANGES);
    let published = publish(&broker, changes(COUNT));
    assert_eq!(consumer.ids(COUNT).await, numbers(COUNT));
    assert!(published.await.unwrap().iter().all(Result::is_ok));
}

pub(crate) async fn a_batch_has_its_limit(broker: Broker) {
    let published = publish(&broker, changes(100));
    let mut small_batches = Consumer::with_settings(&broker, CHANGES, ConsumerSettings::new(50, 7));
    let mut small_prefetch = Consumer::with_settings(&broker, CHANGES, ConsumerSettings::new(5, 50));
    let mut seen = 0;
    while seen < 100 {
        tokio::select! {
            batch = small_batches.batch() => { assert!(batch.len() <= 7); seen += batch.len(); }
            batch = small_prefetch.batch() => { assert!(batch.len() <= 5); seen += batch.len(); }
        }
    }
    assert_eq!(published.await.unwrap(), [Ok(()); 100]);
}

pub(crate) async fn consumers_of_a_queue_share_its_messages(broker: Broker) {
    let (seen, mut all_seen) = mpsc::unbounded_channel();
    let consumers: Vec<_> = (0..3)
        .map(|_| {
            let seen = seen.clone();
            Consumer::answering(&broker, CHANGES, move |batch| {
                batch.iter().for_each(|delivery| seen.send(delivery.id.clone()).unwrap());
                Ok(Vec::new())
            })
        })
        .collect();
    assert!(broker.publish(changes(1000)).await.iter().all(Result::is_ok));
    let mut ids = Vec::new();
    while ids.len() < 1000 {
        ids.push(timeout(PATIENCE, all_seen.recv()).await.expect("all messages arrive").unwrap());
    }
    ids.sort_by_key(|id| id.parse::<u32>().unwrap());
    assert_eq!(ids, numbers(1000));
    for consumer in consumers {
        consumer.stop().await;
    }
    nothing_is_left(&broker, CHANGES, "co_person.updated.2").await;
}

pub(crate) async fn nothing_to_publish_is_no_work(broker: Broker) {
    assert_eq!(broker.publish(Vec::new()).await, []);
}

pub(crate) async fn a_closed_broker_ends_its_consumers_and_takes_no_messages(broker: Broker) {
    broker.wait_connected().await;
    assert!(broker.is_connected());
    let consumer = Consumer::start(&broker, CHANGES);
    broker.close().await;
    consumer.stopped().await;
    broker.wait_disconnected().await;
    assert!(!broker.is_connected());
    assert_eq!(broker.publish(changes(2)).await, [Err(PublishError::Unavailable); 2]);
}
