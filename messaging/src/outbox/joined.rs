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
mod tests;
