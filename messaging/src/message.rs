//! What is sent, and what arrives.

use bytes::Bytes;

/// Is one message to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Is unique, and stays the same when the message is sent again.
    pub id: String,
    /// Chooses the queues, by the bindings in [`crate::topology`].
    pub routing_key: String,
    /// Carries the W3C trace context and the like; a name occurs once.
    pub headers: Vec<(String, String)>,
    /// Holds the encoded contract of the message.
    pub body: Bytes,
}

/// Is one message as a consumer gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Is the id the publisher gave; empty if a foreign publisher gave none.
    pub id: String,
    /// Is the key the message was published under.
    pub routing_key: String,
    /// Holds the textual headers, in no particular order.
    pub headers: Vec<(String, String)>,
    /// Holds the encoded contract of the message.
    pub body: Bytes,
    /// Says that a consumer may have seen the message before.
    pub redelivered: bool,
}

impl Delivery {
    /// Finds a header by its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

impl From<Message> for Delivery {
    fn from(message: Message) -> Self {
        let Message { id, routing_key, headers, body } = message;
        Self { id, routing_key, headers, body, redelivered: false }
    }
}
