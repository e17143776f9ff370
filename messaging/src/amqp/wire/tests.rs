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
    assert_eq!(encode(&Message { headers: vec![(long, String::new())], ..message() }), Err(PublishError::Malformed));
}
