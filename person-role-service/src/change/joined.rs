//! What several transactions changed, in one message.

use messaging::Message;
use prost::Message as _;
use proto::events::v1::RegistryEvent;
use service_kit::telemetry;

/// Makes one event of several: the first brings the others, each with its own id and trace. `None` if one cannot be read.
#[must_use]
pub fn join(messages: &[Message]) -> Option<Message> {
    let (first, others) = messages.split_first()?;
    let mut event = RegistryEvent::decode(first.body.as_ref()).ok()?;
    for message in others {
        let other = RegistryEvent::decode(message.body.as_ref()).ok()?;
        let traceparent = message.headers.iter().find(|(name, _)| name == telemetry::TRACEPARENT);
        let traceparent = traceparent.map(|(_, trace)| trace.clone()).unwrap_or_default();
        event.together.push(RegistryEvent { traceparent, ..other });
    }
    Some(Message { body: event.encode_to_vec().into(), ..first.clone() })
}
