use bytes::Bytes;

use super::*;

fn message(key: &str, body: &str) -> (Message, bool) {
    let body = Bytes::from(body.to_owned());
    (Message { id: String::new(), routing_key: key.to_owned(), headers: Vec::new(), body }, false)
}

/// Bodies one after the other; what says so is not joined.
fn concat(messages: &[Message]) -> Option<Message> {
    let body: Vec<u8> = messages.iter().flat_map(|message| message.body.to_vec()).collect();
    (!body.contains(&b'!')).then(|| Message { body: body.into(), ..messages[0].clone() })
}

fn bodies(joined: &Joined) -> Vec<String> {
    joined.messages.iter().map(|message| String::from_utf8_lossy(&message.body).into_owned()).collect()
}

#[test]
fn neighbours_that_go_the_same_way_become_one() {
    let messages = [("a", "1"), ("a", "2"), ("b", "3"), ("a", "4")].map(|(key, body)| message(key, body));
    let joined = Joined::of(messages.to_vec(), Some(concat));
    assert_eq!(bodies(&joined), ["12", "3", "4"]);
    let refused = Err(PublishError::Refused);
    assert_eq!(joined.results(vec![refused, Ok(()), refused]), [refused, refused, Ok(()), refused]);
    assert_eq!(bodies(&Joined::of(messages.to_vec(), None)), ["1", "2", "3", "4"]);
}

#[test]
fn what_cannot_be_joined_or_is_to_go_alone_goes_alone() {
    let mut messages =
        [("a", "1"), ("a", "!"), ("b", "3"), ("b", "4"), ("b", "5"), ("b", "6")].map(|(key, body)| message(key, body));
    messages[3].1 = true;
    assert_eq!(bodies(&Joined::of(messages.to_vec(), Some(concat))), ["1", "!", "3", "4", "56"]);
}

#[test]
fn neither_their_number_nor_their_bytes_have_no_end() {
    let lengths = |messages: Vec<(Message, bool)>| -> Vec<usize> {
        Joined::of(messages, Some(concat)).messages.iter().map(|message| message.body.len()).collect()
    };
    assert_eq!(lengths(vec![message("a", "1"); 120]), [50, 50, 20]);
    assert_eq!(lengths(vec![message("a", &"x".repeat(30_000)); 3]), [60_000, 30_000]);
    assert_eq!(lengths(vec![message("a", &"x".repeat(90_000)); 2]), [90_000, 90_000]);
}
