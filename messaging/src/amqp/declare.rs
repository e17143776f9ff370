//! Opens channels, with the topology declared.

use lapin::{
    Channel, Connection, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};

use crate::topology::{DEAD_LETTER_EXCHANGE, DEAD_LETTER_QUEUE, EXCHANGE, Queue};

/// Says how exchanges, queues and bindings come to be there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    /// Is whether they are made here; else they are somebody else's, and only looked for.
    pub(super) ours: bool,
    /// Is how often a wake-up is handed out.
    pub(super) delivery_limit: u32,
}

/// Opens a channel after making sure that all exchanges, queues and bindings are there.
///
/// What is there already with other arguments, or may not be declared by this user, is taken as it is: an operator has
/// made it so, and a changed delivery limit must not keep the house from starting.
pub(super) async fn open(connection: &Connection, declared: Declared) -> lapin::Result<Channel> {
    if !declared.ours {
        return look(connection).await;
    }
    let mut channel = connection.create_channel().await?;
    for (exchange, kind) in exchanges_of_ours() {
        channel = declare_exchange(connection, channel, exchange, kind).await?;
    }
    channel = declare_queue(connection, channel, DEAD_LETTER_QUEUE, quorum()).await?;
    bind(&channel, DEAD_LETTER_QUEUE, DEAD_LETTER_EXCHANGE, "").await?;
    for queue in Queue::ALL {
        channel = declare_queue(connection, channel, queue.name(), working(queue, declared.delivery_limit)).await?;
        for routing_key in queue.bindings() {
            bind(&channel, queue.name(), EXCHANGE, routing_key).await?;
        }
    }
    Ok(channel)
}

fn exchanges_of_ours() -> [(&'static str, ExchangeKind); 2] {
    [(EXCHANGE, ExchangeKind::Topic), (DEAD_LETTER_EXCHANGE, ExchangeKind::Fanout)]
}

/// Opens a channel if all exchanges and queues are there. That needs no right; what is bound to what cannot be seen.
async fn look(connection: &Connection) -> lapin::Result<Channel> {
    let channel = connection.create_channel().await?;
    for (name, kind) in exchanges_of_ours() {
        let options = ExchangeDeclareOptions { passive: true, durable: true, ..ExchangeDeclareOptions::default() };
        channel.exchange_declare(name.into(), kind, options, FieldTable::default()).await?;
    }
    for name in [DEAD_LETTER_QUEUE].into_iter().chain(Queue::ALL.map(Queue::name)) {
        channel.queue_declare(name.into(), QueueDeclareOptions::durable().passive(), FieldTable::default()).await?;
    }
    Ok(channel)
}

async fn declare_exchange(
    connection: &Connection,
    channel: Channel,
    name: &str,
    kind: ExchangeKind,
) -> lapin::Result<Channel> {
    let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    match channel.exchange_declare(name.into(), kind.clone(), options, FieldTable::default()).await {
        Ok(()) => Ok(channel),
        Err(error) if error.is_amqp_soft_error() => {
            tracing::warn!(exchange = name, %error, "exchange is taken as it is");
            let channel = connection.create_channel().await?;
            let options = ExchangeDeclareOptions { passive: true, ..options };
            channel.exchange_declare(name.into(), kind, options, FieldTable::default()).await?;
            Ok(channel)
        }
        Err(error) => Err(error),
    }
}

async fn declare_queue(
    connection: &Connection,
    channel: Channel,
    name: &str,
    arguments: FieldTable,
) -> lapin::Result<Channel> {
    match channel.queue_declare(name.into(), QueueDeclareOptions::durable(), arguments).await {
        Ok(_) => Ok(channel),
        Err(error) if error.is_amqp_soft_error() => {
            tracing::warn!(
                queue = name,
                %error,
                "queue has other arguments than it should and is taken as it is; to have it made anew, delete it while \
                 it is empty"
            );
            // The broker has closed the channel with the error.
            let channel = connection.create_channel().await?;
            channel.queue_declare(name.into(), QueueDeclareOptions::durable().passive(), FieldTable::default()).await?;
            Ok(channel)
        }
        Err(error) => Err(error),
    }
}

async fn bind(channel: &Channel, queue: &str, exchange: &str, routing_key: &str) -> lapin::Result<()> {
    channel
        .queue_bind(
            queue.into(),
            exchange.into(),
            routing_key.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
}

fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments
}

/// RabbitMQ before 4.0 knows no word for "without limit", and from 4.0 on saying nothing means 20. Nobody reaches this one.
const NO_LIMIT: u32 = i32::MAX.unsigned_abs();

fn working(queue: Queue, delivery_limit: u32) -> FieldTable {
    let limit = match queue {
        // What they carry is the only word of it, and each lost channel counts: an outage must not park it.
        Queue::ProvisioningChanges | Queue::RegistryOutcomes | Queue::FormerChanges | Queue::FormerOutcomes => NO_LIMIT,
        Queue::ProvisioningRequests => delivery_limit,
    };
    let mut arguments = quorum();
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(i64::from(limit)));
    arguments.insert("x-dead-letter-exchange".into(), text(DEAD_LETTER_EXCHANGE));
    // A dead letter leaves its queue only when the dead-letter queue has confirmed it. RabbitMQ does that only for
    // queues that would refuse messages when full; these have no limit.
    arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
    arguments.insert("x-overflow".into(), text("reject-publish"));
    arguments
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use crate::AmqpSettings;

    use super::*;

    fn arguments(table: &FieldTable) -> Value {
        let values = table.inner().iter().map(|(name, value)| match value {
            AMQPValue::LongLongInt(number) => (name.to_string(), json!(number)),
            AMQPValue::LongString(text) => (name.to_string(), json!(text.to_string())),
            other => panic!("{other:?}"),
        });
        Value::Object(values.collect::<Map<_, _>>())
    }

    /// Where services may make nothing, what is there is what they would have made.
    #[test]
    fn the_definitions_of_a_deployment_are_what_is_declared() {
        let file = include_str!("../../../deploy/broker-definitions.json");
        let definitions: Value = serde_json::from_str(file).expect("JSON");
        let list = |name: &str| definitions[name].as_array().cloned().unwrap_or_default();
        let exchanges: Vec<_> = list("exchanges").iter().map(|of| (of["name"].clone(), of["type"].clone())).collect();
        let expected = exchanges_of_ours().map(|(name, kind)| (json!(name), json!(format!("{kind:?}").to_lowercase())));
        assert_eq!(exchanges, expected);
        let mut queues = vec![(json!(DEAD_LETTER_QUEUE), arguments(&quorum()))];
        queues.extend(
            Queue::ALL.map(|queue| {
                (json!(queue.name()), arguments(&working(queue, AmqpSettings::new("", "").delivery_limit)))
            }),
        );
        let found: Vec<_> = list("queues").iter().map(|of| (of["name"].clone(), of["arguments"].clone())).collect();
        assert_eq!(found, queues);
        let mut bindings = vec![(json!(DEAD_LETTER_EXCHANGE), json!(DEAD_LETTER_QUEUE), json!(""))];
        for queue in Queue::ALL {
            let keys = queue.bindings().iter();
            bindings.extend(keys.map(|key| (json!(EXCHANGE), json!(queue.name()), json!(key))));
        }
        let bound = |of: &Value| (of["source"].clone(), of["destination"].clone(), of["routing_key"].clone());
        assert_eq!(list("bindings").iter().map(bound).collect::<Vec<_>>(), bindings);
    }
}
