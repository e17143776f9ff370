//! What several transactions changed, in one message.

use messaging::Message;
use prost::Message as _;
use proto::events::v1::RegistryEvent;
use service_kit::telemetry;

use crate::domain::event_key::VERSION;

/// Makes one event of several: the first brings the others, each with its own id and trace. `None` if one cannot be read.
#[must_use]
pub fn join(messages: &[Message]) -> Option<Message> {
    let (first, others) = messages.split_first().filter(|(first, _)| first.routing_key.ends_with(VERSION))?;
    let mut event = RegistryEvent::decode(first.body.as_ref()).ok()?;
    for message in others {
        let other = RegistryEvent::decode(message.body.as_ref()).ok()?;
        let traceparent = message.headers.iter().find(|(name, _)| name == telemetry::TRACEPARENT);
        let traceparent = traceparent.map(|(_, trace)| trace.clone()).unwrap_or_default();
        event.together.push(RegistryEvent { traceparent, ..other });
    }
    Some(Message { body: event.encode_to_vec().into(), ..first.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, routing_key: &str) -> Message {
        let event = RegistryEvent { event_id: id.to_owned(), ..RegistryEvent::default() };
        let headers = vec![(telemetry::TRACEPARENT.to_owned(), format!("trace of {id}"))];
        let body = event.encode_to_vec().into();
        Message { id: id.to_owned(), routing_key: routing_key.to_owned(), headers, body }
    }

    #[test]
    fn each_keeps_its_id_and_its_trace() {
        let joined = join(&["a", "b"].map(|id| message(id, "co_person.updated.2"))).unwrap();
        assert_eq!((joined.id.as_str(), joined.headers[0].1.as_str()), ("a", "trace of a"));
        let event = RegistryEvent::decode(joined.body.as_ref()).unwrap();
        assert_eq!((event.event_id.as_str(), event.together.len()), ("a", 1));
        assert_eq!((event.together[0].event_id.as_str(), event.together[0].traceparent.as_str()), ("b", "trace of b"));
    }

    /// They are read by release 0.1, perhaps, which knows one event of a message.
    #[test]
    fn what_the_first_release_wrote_stays_apart() {
        assert_eq!(join(&["a", "b"].map(|id| message(id, "co_person.updated"))), None);
    }
}
