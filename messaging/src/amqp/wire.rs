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
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            id: "7f3c".into(),
            routing_key: "co_person.added".into(),
            headers: vec![("traceparent".into(), "00-ab-cd-01".into())],
            body: Bytes::from_static(b"\x08\x07"),
        }
    }

    #[test]
    fn a_message_is_persistent_and_says_what_it_is() {
        let (routing_key, properties) = encode(&message()).unwrap();
        assert_eq!(routing_key.as_str(), "co_person.added");
        assert_eq!(properties.delivery_mode(), &Some(2));
        assert_eq!(properties.content_type().as_ref().map(ShortString::as_str), Some("application/x-protobuf"));
        assert_eq!(properties.message_id().as_ref().map(ShortString::as_str), Some("7f3c"));
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        let (routing_key, properties) = encode(&message()).unwrap();
        let mut delivery = lapin::message::Delivery::mock(1, "".into(), routing_key, false, message().body.to_vec());
        delivery.properties = properties;
        assert_eq!(decode(delivery), Delivery::from(message()));
    }

    #[test]
    fn what_is_too_long_for_the_protocol_is_refused() {
        let long = "x".repeat(256);
        assert_eq!(encode(&Message { id: long.clone(), ..message() }), Err(PublishError::Malformed));
        assert_eq!(encode(&Message { routing_key: long.clone(), ..message() }), Err(PublishError::Malformed));
        assert_eq!(
            encode(&Message { headers: vec![(long, String::new())], ..message() }),
            Err(PublishError::Malformed)
        );
    }
}
