//! The broker inside the process.

use futures::poll;
use messaging::{Broker, PublishError, Queue};

use crate::{
    contract::contract,
    rig::{Consumer, changes, message, nothing_is_left},
};

const CHANGES: Queue = Queue::ProvisioningChanges;

contract!(Broker::in_process());

#[tokio::test]
async fn a_publish_waits_for_a_consumer() {
    let broker = Broker::in_process();
    let mut publishing = Box::pin(broker.publish(changes(2)));
    assert!(poll!(publishing.as_mut()).is_pending());
    let mut consumer = Consumer::start(&broker, CHANGES);
    assert_eq!(publishing.await, [Ok(()), Ok(())]);
    assert_eq!(consumer.ids(2).await, ["0", "1"]);
}

#[tokio::test]
async fn a_publisher_that_gives_up_takes_its_messages_with_it() {
    let broker = Broker::in_process();
    let mut given_up = Box::pin(broker.publish(changes(5000))); // more than there is room for
    assert!(poll!(given_up.as_mut()).is_pending());
    drop(given_up);
    nothing_is_left(&broker, CHANGES, "co_person.updated.2").await;
}

#[tokio::test]
async fn what_was_taken_and_given_up_does_not_come_back() {
    let broker = Broker::in_process();
    let mut busy = Consumer::answering(&broker, CHANGES, |_| Err(messaging::Busy));
    tokio::select! {
        results = broker.publish(changes(3)) => panic!("a busy consumer took them: {results:?}"),
        _taken = busy.batch() => {}
    }
    busy.stop().await;
    nothing_is_left(&broker, CHANGES, "co_person.updated.2").await;
}

#[tokio::test]
async fn closing_answers_those_who_publish() {
    let broker = Broker::in_process();
    let mut publishing = Box::pin(broker.publish(vec![message("1", "co_person.added.2")]));
    assert!(poll!(publishing.as_mut()).is_pending());
    broker.close().await;
    assert_eq!(publishing.await, [Err(PublishError::Unconfirmed)]);
}
