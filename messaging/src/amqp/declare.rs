//! Opens channels, with the topology declared.

use lapin::{
    Channel, Connection, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};

use crate::topology::{DEAD_LETTER_EXCHANGE, DEAD_LETTER_QUEUE, EXCHANGE, Queue};

/// Opens a channel after making sure that all exchanges, queues and bindings are there.
///
/// What is there already with other arguments, or may not be declared by this user, is taken as it is: an operator has
/// made it so, and a changed delivery limit must not keep the house from starting.
pub(super) async fn open(connection: &Connection, delivery_limit: u32) -> lapin::Result<Channel> {
    let mut channel = connection.create_channel().await?;
    for (exchange, kind) in [(EXCHANGE, ExchangeKind::Topic), (DEAD_LETTER_EXCHANGE, ExchangeKind::Fanout)] {
        channel = declare_exchange(connection, channel, exchange, kind).await?;
    }
    channel = declare_queue(connection, channel, DEAD_LETTER_QUEUE, quorum()).await?;
    bind(&channel, DEAD_LETTER_QUEUE, DEAD_LETTER_EXCHANGE, "").await?;
    for queue in Queue::ALL {
        channel = declare_queue(connection, channel, queue.name(), working(queue, delivery_limit)).await?;
        for routing_key in queue.bindings() {
            bind(&channel, queue.name(), EXCHANGE, routing_key).await?;
        }
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
        Queue::ProvisioningChanges | Queue::RegistryOutcomes => NO_LIMIT,
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
