//! What goes the same way goes in one message: a broker, and whoever consumes, spends as much on a message as on what is in it.

use crate::{Message, PublishError};

/// Makes one message of several with the same routing key, in their order; `None` if that cannot be. Its id is that of the
/// first. A consumer sees each again that is sent again, among whatever others.
pub type Join = fn(&[Message]) -> Option<Message>;

/// How many become one.
const MOST: usize = 50;
/// How many bytes they may have together.
const LARGEST: usize = 64 * 1024;

/// Messages that were made of some, and of how many each.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) messages: Vec<Message>,
    counts: Vec<usize>,
}

impl Joined {
    /// Joins neighbours with the same routing key, but for those that are to go alone.
    pub(super) fn of(messages: Vec<(Message, bool)>, join: Option<Join>) -> Self {
        let mut joined = Self { messages: Vec::new(), counts: Vec::new() };
        let mut neighbours: Vec<Message> = Vec::new();
        let mut bytes = 0;
        for (message, alone) in messages {
            let fits = neighbours.first().is_some_and(|first| first.routing_key == message.routing_key)
                && neighbours.len() < MOST
                && bytes + message.body.len() <= LARGEST;
            if alone || !fits {
                joined.take(&mut neighbours, join);
                bytes = 0;
            }
            bytes += message.body.len();
            neighbours.push(message);
            if alone {
                joined.take(&mut neighbours, join);
            }
        }
        joined.take(&mut neighbours, join);
        joined
    }

    fn take(&mut self, neighbours: &mut Vec<Message>, join: Option<Join>) {
        let one = join.filter(|_| neighbours.len() > 1).and_then(|join| join(neighbours));
        match one {
            Some(one) => {
                self.counts.push(neighbours.len());
                self.messages.push(one);
                neighbours.clear();
            }
            None => {
                self.counts.extend(std::iter::repeat_n(1, neighbours.len()));
                self.messages.append(neighbours);
            }
        }
    }

    /// What became of each that was there before, by what became of the messages.
    pub(super) fn results(&self, results: Vec<Result<(), PublishError>>) -> Vec<Result<(), PublishError>> {
        results.into_iter().zip(&self.counts).flat_map(|(result, count)| std::iter::repeat_n(result, *count)).collect()
    }
}

#[cfg(test)]
mod tests {
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
        let mut messages = [("a", "1"), ("a", "!"), ("b", "3"), ("b", "4"), ("b", "5"), ("b", "6")]
            .map(|(key, body)| message(key, body));
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
}
