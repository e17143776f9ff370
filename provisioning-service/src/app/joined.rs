//! Several wake-ups in one message.

use messaging::Message;
use prost::Message as _;
use proto::events::v1::ProvisioningWakeUp;

use super::WAKE_UP;

/// Makes one wake-up of several; `None` of anything else.
#[must_use]
pub fn join(messages: &[Message]) -> Option<Message> {
    let first = messages.first().filter(|message| message.routing_key == WAKE_UP)?;
    let mut request_ids = Vec::new();
    for message in messages {
        request_ids.extend(ProvisioningWakeUp::decode(message.body.as_ref()).ok()?.request_ids);
    }
    Some(Message { body: ProvisioningWakeUp { request_ids }.encode_to_vec().into(), ..first.clone() })
}
