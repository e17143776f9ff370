//! Messages as AMQP carries them.

use bytes::Bytes;
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable, ShortString},
};

use crate::{Delivery, Message, PublishError};

const PERSISTENT: u8 = 2;
const CONTENT_TYPE: &str = "application/x-protobuf";

/// Makes the routing key and the properties of a message.
pub(super) fn encode(message: &Message) -> Result<(ShortString, BasicProperties), PublishError> {
    Ok((short(&message.routing_key)?, properties(&message.id, CONTENT_TYPE, &message.headers)?))
}

/// Makes the properties of a message that outlives a restart of the broker.
pub(super) fn properties(
    id: &str,
    content_type: &str,
    headers: &[(String, String)],
) -> Result<BasicProperties, PublishError> {
    let mut table = FieldTable::default();
    for (name, value) in headers {
        table.insert(short(name)?, AMQPValue::LongString(value.as_str().into()));
    }
    Ok(BasicProperties::default()
        .with_message_id(short(id)?)
        .with_delivery_mode(PERSISTENT)
        .with_content_type(short(content_type)?)
        .with_headers(table))
}

/// Reads a delivery. Headers that are not text are left out: the broker adds some of its own.
pub(super) fn decode(delivery: lapin::message::Delivery) -> Delivery {
    let headers = delivery.properties.headers().iter().flatten().filter_map(|(name, value)| match value {
        AMQPValue::LongString(value) => Some((name.to_string(), value.to_string())),
        _ => None,
    });
    Delivery {
        headers: headers.collect(),
        id: delivery.properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default(),
        routing_key: delivery.routing_key.into(),
        body: Bytes::from(delivery.data),
        redelivered: delivery.redelivered,
    }
}

/// Only `try_new` is safe: the conversions of `ShortString` panic when the text is too long.
pub(super) fn short(text: &str) -> Result<ShortString, PublishError> {
    ShortString::try_new(text).map_err(|_| PublishError::Malformed)
}

#[cfg(test)]
mod tests;
