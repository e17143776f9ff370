//! The broker RabbitMQ, and what happens when it goes away.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use messaging::{AmqpSettings, Broker, Busy, PublishError, Queue};
use testkit::RabbitMq;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    contract::contract,
    rig::{Consumer, PATIENCE, changes, dead_letters_become, message, numbers, publish},
};

mod rights;

const CHANGES: Queue = Queue::ProvisioningChanges;
/// Who publishes is answered within this, whatever the broker does; on a slow machine, too.
const BOUNDED: Duration = Duration::from_secs(30);

fn settings(url: String) -> AmqpSettings {
    AmqpSettings { delivery_limit: 2, confirm_timeout: PATIENCE, ..AmqpSettings::new(url, "messaging tests") }
}

/// Waits until a queue stands: one that was made just now refuses what comes until it has a leader, which is no part of
/// what is asked here. The consumer sees nothing of it afterwards.
async fn stands(broker: &Broker, key: &str, consumer: &mut Consumer) {
    let confirmed = async {
        for number in 0.. {
            let id = format!("first-{number}");
            if broker.publish(vec![message(id.clone(), key)]).await == [Ok(())] {
                return id;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        unreachable!("numbers do not end")
    };
    let first = timeout(PATIENCE, confirmed).await.expect("the queue stands in time");
    while consumer.delivery().await.id != first {}
}

/// The same for all queues.
async fn all_stand(broker: &Broker) {
    for (queue, key) in [
        (CHANGES, "co_person.updated.2"),
        (Queue::ProvisioningRequests, "provisioning.request"),
        (Queue::RegistryOutcomes, "provisioning.outcome.2"),
    ] {
        let mut consumer = Consumer::start(broker, queue);
        stands(broker, key, &mut consumer).await;
        consumer.stop().await;
    }
}

async fn broker_with(change: impl FnOnce(&mut AmqpSettings)) -> Broker {
    let mut settings = settings(RabbitMq::shared().await.create_vhost("messaging").await);
    change(&mut settings);
    let broker = Broker::amqp(settings).unwrap();
    broker.wait_connected().await;
    all_stand(&broker).await;
    broker
}

async fn broker() -> Broker {
    broker_with(|_| ()).await
}

contract!(broker().await);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_comes_back_and_nothing_confirmed_is_lost() {
    let rabbitmq = RabbitMq::start().await;
    let broker = Broker::amqp(settings(rabbitmq.amqp_url())).unwrap();
    let mut consumer = Consumer::start(&broker, CHANGES);
    broker.wait_connected().await;

    // Publishes as a relay does: again, until it is confirmed; and some more when the broker is there again.
    let (publishing, back) = (broker.clone(), CancellationToken::new());
    let is_back = back.clone();
    let publisher = tokio::spawn(async move {
        let (mut batches, mut more) = (0, 10);
        while more > 0 {
            more -= usize::from(is_back.is_cancelled());
            let number = |at: usize| (batches * 20 + at).to_string();
            let mut left: Vec<_> = (0..20).map(|at| message(number(at), "co_person.updated.2")).collect();
            batches += 1;
            while !left.is_empty() {
                let results = publishing.publish(left.clone()).await;
                left = left
                    .into_iter()
                    .zip(results)
                    .filter(|(_, result)| result.is_err())
                    .map(|(message, _)| message)
                    .collect();
            }
        }
        batches * 20
    });
    let mut seen: HashSet<String> = consumer.ids(200).await.into_iter().collect();
    rabbitmq.kill().await;
    broker.wait_disconnected().await;

    let asked = Instant::now();
    assert_eq!(broker.publish(vec![message("away", "co.deleted.2")]).await, [Err(PublishError::Unavailable)]);
    assert!(asked.elapsed() < BOUNDED);

    rabbitmq.restart().await;
    broker.wait_connected().await;
    back.cancel();
    let published = publisher.await.unwrap();
    while seen.len() < published {
        seen.insert(consumer.delivery().await.id);
    }
    assert_eq!(seen, numbers(published).into_iter().collect());
    consumer.stop().await;
    broker.close().await;
}

#[tokio::test]
async fn confirmed_messages_outlive_a_killed_broker() {
    let rabbitmq = RabbitMq::start().await;
    let broker = Broker::amqp(settings(rabbitmq.amqp_url())).unwrap();
    broker.wait_connected().await;
    all_stand(&broker).await;
    assert_eq!(broker.publish(changes(100)).await, [Ok(()); 100]);
    rabbitmq.kill().await;
    rabbitmq.restart().await;
    let mut consumer = Consumer::start(&broker, CHANGES);
    assert_eq!(consumer.ids(100).await, numbers(100));
}

#[tokio::test]
async fn a_broker_that_starts_late_is_found() {
    let rabbitmq = RabbitMq::start().await;
    rabbitmq.stop().await;
    let broker = Broker::amqp(settings(rabbitmq.amqp_url())).unwrap();
    let mut consumer = Consumer::start(&broker, CHANGES);
    assert!(!broker.is_connected());
    assert_eq!(broker.publish(changes(2)).await, [Err(PublishError::Unavailable); 2]);
    rabbitmq.restart().await;
    broker.wait_connected().await;
    stands(&broker, "co_person.updated.2", &mut consumer).await;
    assert_eq!(broker.publish(changes(2)).await, [Ok(()); 2]);
    assert_eq!(consumer.ids(2).await, numbers(2));
}

#[tokio::test]
async fn a_broker_that_accepts_and_says_nothing_does_not_hang_a_publish() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let broker = Broker::amqp(settings(format!("amqp://127.0.0.1:{port}/%2f"))).unwrap();
    let asked = Instant::now();
    assert_eq!(broker.publish(changes(1)).await, [Err(PublishError::Unavailable)]);
    assert!(asked.elapsed() < BOUNDED);
    broker.close().await;
}

/// An alarm concerns the whole node, hence a broker of its own.
#[tokio::test]
async fn an_alarm_blocks_publishers_in_bounded_time_and_consumers_not_at_all() {
    let rabbitmq = RabbitMq::start().await;
    let broker =
        Broker::amqp(AmqpSettings { confirm_timeout: Duration::from_secs(5), ..settings(rabbitmq.amqp_url()) })
            .unwrap();
    broker.wait_connected().await;
    all_stand(&broker).await;
    assert_eq!(broker.publish(changes(10)).await, [Ok(()); 10]);

    // The broker tells its connections of an alarm when it has noted it: what is published before that is still confirmed.
    rabbitmq.eval("rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []}), rabbit_alarm:get_alarms().").await;
    let raised = Instant::now();
    let blocked = loop {
        let asked = Instant::now();
        let answer = broker.publish(vec![message("blocked", "co.deleted.2")]).await;
        assert!(asked.elapsed() < BOUNDED);
        match answer[..] {
            [Ok(())] => assert!(raised.elapsed() < PATIENCE, "the alarm blocks nobody"),
            _ => break answer,
        }
    };
    assert!(matches!(blocked[..], [Err(PublishError::Unconfirmed | PublishError::Unavailable)]), "{blocked:?}");
    broker.wait_disconnected().await;
    assert_eq!(broker.publish(changes(1)).await, [Err(PublishError::Unavailable)]);

    let mut consumer = Consumer::start(&broker, CHANGES);
    assert_eq!(consumer.ids(10).await, numbers(10));
    consumer.stop().await;

    rabbitmq.eval("rabbit_alarm:clear_alarm({resource_limit, memory, node()}).").await;
    broker.wait_connected().await;
    assert_eq!(broker.publish(vec![message("freed", "co.deleted.2")]).await, [Ok(())]);
    // The blocked one was written already, and arrives once the broker reads again.
    let mut consumer = Consumer::start(&broker, CHANGES);
    while consumer.delivery().await.id != "freed" {}
}

#[tokio::test]
async fn a_wake_up_that_fells_its_consumer_each_time_becomes_a_dead_letter() {
    let broker = broker().await;
    assert_eq!(broker.publish(vec![message("0", "provisioning.request")]).await, [Ok(())]);
    for _ in 0..=2 {
        let mut consumer = Consumer::answering(&broker, Queue::ProvisioningRequests, |_| Err(Busy));
        assert_eq!(consumer.batch().await[0].id, "0");
        consumer.crash().await;
    }
    dead_letters_become(&broker, 1).await;
}

#[tokio::test]
async fn changes_and_outcomes_sit_through_any_number_of_lost_channels() {
    let broker = broker().await;
    for (queue, key) in [(CHANGES, "co_person.updated.2"), (Queue::RegistryOutcomes, "provisioning.outcome.2")] {
        assert_eq!(broker.publish(vec![message("0", key)]).await, [Ok(())]);
        for _ in 0..25 {
            let mut consumer = Consumer::answering(&broker, queue, |_| Err(Busy));
            assert_eq!(consumer.batch().await[0].id, "0");
            consumer.crash().await;
        }
        let mut consumer = Consumer::start(&broker, queue);
        assert_eq!(consumer.ids(1).await, ["0"]);
        consumer.stop().await;
    }
    assert_eq!(broker.dead_letters().await, Ok(0));
}

/// What other tests take for rest.
#[tokio::test]
async fn what_is_in_queues_is_counted() {
    let rabbitmq = RabbitMq::start().await;
    let broker = Broker::amqp(settings(rabbitmq.create_vhost("messaging").await)).unwrap();
    broker.wait_connected().await;
    all_stand(&broker).await;
    assert_eq!(broker.publish(changes(3)).await, [Ok(()); 3]);
    let counted = async {
        while rabbitmq.queued().await != 3 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, counted).await.expect("they are counted");
}

#[tokio::test]
async fn a_queue_that_vanished_is_declared_again() {
    let rabbitmq = RabbitMq::shared().await;
    let url = rabbitmq.create_vhost("messaging").await;
    let broker = Broker::amqp(settings(url.clone())).unwrap();
    let mut consumer = Consumer::start(&broker, CHANGES);
    broker.wait_connected().await;
    stands(&broker, "co_person.updated.2", &mut consumer).await;

    let vhost = url.rsplit('/').next().unwrap();
    let name = format!(r#"rabbit_misc:r(<<"{vhost}">>, queue, <<"{}">>)"#, CHANGES.name());
    let answer = rabbitmq
        .eval(&format!(
            "{{ok, Q}} = rabbit_amqqueue:lookup({name}), rabbit_amqqueue:delete(Q, false, false, <<\"tests\">>)."
        ))
        .await;
    assert!(answer.contains("ok"), "{answer}");

    // The consumer declares it; until then the message may come back.
    let mut published = publish(&broker, changes(1)).await.unwrap();
    while published != [Ok(())] {
        // When it is there again, it has no leader for a moment.
        assert!(matches!(published[..], [Err(PublishError::Unroutable | PublishError::Refused)]), "{published:?}");
        published = broker.publish(changes(1)).await;
    }
    assert_eq!(consumer.ids(1).await, ["0"]);
}

#[tokio::test]
async fn queues_that_an_operator_made_otherwise_are_taken_as_they_are() {
    let url = RabbitMq::shared().await.create_vhost("messaging").await;
    let first = Broker::amqp(settings(url.clone())).unwrap();
    first.wait_connected().await;
    all_stand(&first).await;
    assert_eq!(first.publish(changes(1)).await, [Ok(())]);
    // A wake-up's limit is another one; so is that of queues that an older version declared.
    let other = Broker::amqp(AmqpSettings { delivery_limit: 7, ..settings(url) }).unwrap();
    assert_eq!(other.publish(vec![message("1", "co_person.added.2")]).await, [Ok(())]);
    let mut consumer = Consumer::start(&other, CHANGES);
    assert_eq!(consumer.ids(2).await, numbers(2));
}

#[tokio::test]
async fn publishers_at_the_same_time_each_get_their_own_results() {
    let broker = broker().await;
    let publishers: Vec<_> = (0..12)
        .map(|number| {
            let key = if number % 2 == 0 { "co_person.added.2" } else { "nobody.listens" };
            let messages = (0..100).map(|index| message(format!("{number}-{index}"), key)).collect();
            publish(&broker, messages)
        })
        .collect();
    for (number, publisher) in publishers.into_iter().enumerate() {
        let expected = if number % 2 == 0 { Ok(()) } else { Err(PublishError::Unroutable) };
        assert_eq!(publisher.await.unwrap(), [expected; 100]);
    }
}

#[tokio::test]
async fn a_message_that_does_not_fit_the_protocol_harms_no_other() {
    let broker = broker().await;
    let mut messages = changes(3);
    messages[1].id = "x".repeat(300);
    assert_eq!(broker.publish(messages).await, [Ok(()), Err(PublishError::Malformed), Ok(())]);
}

#[test]
fn a_broker_outside_of_a_runtime_is_an_error() {
    let settings = settings("amqp://localhost/%2f".into());
    assert_eq!(Broker::amqp(settings).unwrap_err(), messaging::BrokerError::NoRuntime);
}
