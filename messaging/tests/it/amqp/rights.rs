//! Each service may do at the broker what it needs, and nothing else (M10).

use lapin::{
    Channel, Connection, ConnectionBuilder, ExchangeKind,
    options::{
        BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions,
        ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
    },
    types::FieldTable,
};
use messaging::{AmqpSettings, Broker, Queue};
use testkit::RabbitMq;

use crate::rig::{Consumer, message};

const DEFINITIONS: &str = include_str!("../../../../deploy/broker-definitions.json");
const REGISTRY: &str = "person-role-service";
const PROVISIONING: &str = "provisioning-service";
const EXCHANGE: &str = "cohort.registry";
const CHANGES: &str = "cohort.provisioning.changes.2";
const REQUESTS: &str = "cohort.provisioning.requests";
const OUTCOMES: &str = "cohort.registry.outcomes.2";
const FORMER_CHANGES: &str = "cohort.provisioning.changes";
const FORMER_OUTCOMES: &str = "cohort.registry.outcomes";
const DEAD: &str = "cohort.dead-letters";

/// What somebody may try.
#[derive(Clone, Copy, Debug)]
enum Act {
    Publish(&'static str, &'static str),
    Consume(&'static str),
    Get(&'static str),
    Make(&'static str),
    MakeExchange(&'static str),
    Delete(&'static str),
    DeleteExchange(&'static str),
    Bind(&'static str, &'static str),
}

impl Act {
    async fn on(self, channel: &Channel) -> lapin::Result<()> {
        let table = FieldTable::default;
        match self {
            Self::Publish(exchange, key) => {
                channel.confirm_select(ConfirmSelectOptions::default()).await?;
                let options = BasicPublishOptions::default();
                let sent =
                    channel.basic_publish(exchange.into(), key.into(), options, b"x", Default::default()).await?;
                sent.await.map(drop)
            }
            Self::Consume(queue) => {
                let options = BasicConsumeOptions::default();
                channel.basic_consume(queue.into(), "c".into(), options, table()).await.map(drop)
            }
            Self::Get(queue) => channel.basic_get(queue.into(), BasicGetOptions::default()).await.map(drop),
            Self::Make(queue) => {
                channel.queue_declare(queue.into(), QueueDeclareOptions::durable(), table()).await.map(drop)
            }
            Self::MakeExchange(name) => {
                let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
                channel.exchange_declare(name.into(), ExchangeKind::Topic, options, table()).await
            }
            Self::Delete(queue) => channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await.map(drop),
            Self::DeleteExchange(name) => channel.exchange_delete(name.into(), ExchangeDeleteOptions::default()).await,
            Self::Bind(queue, key) => {
                let options = QueueBindOptions::default();
                channel.queue_bind(queue.into(), EXCHANGE.into(), key.into(), options, table()).await
            }
        }
    }
}

/// What a service needs.
fn needed(user: &str) -> Vec<Act> {
    match user {
        REGISTRY => {
            let keys = [
                "co_person.updated.2",
                "co_group.added.2",
                "co_email_list.deleted.2",
                "co_service.updated.2",
                "co.deleted.2",
                // Rows of an outbox that release 0.1 wrote.
                "co_person.updated",
                "co.deleted",
            ];
            let queues = [OUTCOMES, FORMER_OUTCOMES].map(Act::Consume);
            keys.map(|key| Act::Publish(EXCHANGE, key)).into_iter().chain(queues).collect()
        }
        _ => {
            let keys = ["provisioning.request", "provisioning.outcome.2", "provisioning.outcome"];
            let queues = [CHANGES, REQUESTS, FORMER_CHANGES].map(Act::Consume);
            keys.map(|key| Act::Publish(EXCHANGE, key)).into_iter().chain(queues).collect()
        }
    }
}

/// What neither needs.
fn of_nobody() -> Vec<Act> {
    let all = [CHANGES, REQUESTS, OUTCOMES, FORMER_CHANGES, FORMER_OUTCOMES, DEAD];
    let own = [Act::Make("spy"), Act::MakeExchange("spy"), Act::MakeExchange(EXCHANGE), Act::DeleteExchange(EXCHANGE)];
    // By the exchange without a name, a message reaches a queue directly.
    let past = all.map(|queue| Act::Publish("", queue));
    let others =
        [Act::Publish("cohort.dead", ""), Act::Publish(EXCHANGE, "co_person"), Act::Publish(EXCHANGE, "spy.x")];
    let queues = all.into_iter().flat_map(|queue| [Act::Make(queue), Act::Delete(queue), Act::Bind(queue, "#")]);
    queues.chain(own).chain(past).chain(others).chain([Act::Get(DEAD), Act::Consume(DEAD)]).collect()
}

async fn connection(url: &str) -> Connection {
    ConnectionBuilder::new().unwrap().with_uri(url.parse().unwrap()).connect().await.unwrap()
}

async fn broker() -> RabbitMq {
    let rabbitmq = RabbitMq::start().await;
    let passwords = [("@OPERATOR@", "o"), ("@PERSON_ROLE@", REGISTRY), ("@PROVISIONING@", PROVISIONING)];
    let filled = passwords.iter().fold(DEFINITIONS.to_owned(), |text, (place, word)| text.replace(place, word));
    rabbitmq.import(&filled).await;
    rabbitmq
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_service_may_do_what_it_needs_and_nothing_else() {
    let rabbitmq = broker().await;
    for (user, other) in [(REGISTRY, PROVISIONING), (PROVISIONING, REGISTRY)] {
        let connection = connection(&rabbitmq.url_of(user, user)).await;
        for act in needed(user) {
            let channel = connection.create_channel().await.unwrap();
            act.on(&channel).await.unwrap_or_else(|error| panic!("{user} has to: {act:?}: {error}"));
        }
        for act in of_nobody().into_iter().chain(needed(other)) {
            let channel = connection.create_channel().await.unwrap();
            let refused = act.on(&channel).await.map_err(|error| error.to_string());
            assert!(
                refused.as_ref().is_err_and(|error| error.contains("ACCESS_REFUSED")),
                "{user} {act:?}: {refused:?}"
            );
        }
    }
    a_broker_that_makes_nothing_works_with_what_is_there(&rabbitmq).await;
}

/// As the services speak to it.
async fn a_broker_that_makes_nothing_works_with_what_is_there(rabbitmq: &RabbitMq) {
    let of = |user: &str| Broker::amqp(AmqpSettings::new(rabbitmq.url_of(user, user), user).declaring(false)).unwrap();
    let (registry, provisioning) = (of(REGISTRY), of(PROVISIONING));
    for (from, to, queue, key) in [
        (&registry, &provisioning, Queue::ProvisioningChanges, "co_group.updated.2"),
        (&provisioning, &provisioning, Queue::ProvisioningRequests, "provisioning.request"),
        (&provisioning, &registry, Queue::RegistryOutcomes, "provisioning.outcome.2"),
        (&registry, &provisioning, Queue::FormerChanges, "co_group.updated"),
        (&provisioning, &registry, Queue::FormerOutcomes, "provisioning.outcome"),
    ] {
        from.wait_connected().await;
        let mut consumer = Consumer::start(to, queue);
        assert_eq!(from.publish(vec![message(key.to_owned(), key)]).await, [Ok(())], "{key}");
        while consumer.delivery().await.id != key {}
        consumer.stop().await;
    }
    assert_eq!(registry.dead_letters().await, Ok(0));
}
