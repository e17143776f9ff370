//! Events as a stream writes them (D59): number, kind, and one line of JSON.

use std::io::Write as _;

use proto::{provisioning::v1::CoProvisioningEvent, tree::Node};

use super::{
    Integers,
    told::{self, member},
};

/// Writes events one after the other.
pub fn write(events: &[CoProvisioningEvent], integers: Integers, out: &mut Vec<u8>) {
    for event in events {
        // Writing into a vector cannot fail.
        let _ = write!(out, "id: {}\nevent: {}\ndata: ", event.number, event.kind);
        data(event, integers, out);
        out.extend_from_slice(b"\n\n");
    }
}

fn data(event: &CoProvisioningEvent, integers: Integers, out: &mut Vec<u8>) {
    let others = [
        ("CoGroupId", event.co_group_id),
        ("CoEmailListId", event.co_email_list_id),
        ("CoServiceId", event.co_service_id),
    ];
    let number = |name: &str, number: Option<i64>| number.map(|number| member(name, Node::Int(number)));
    let what = if event.kind == "change" { "Action" } else { "Outcome" };
    let members: Vec<_> = [
        number("CoId", Some(event.co_id)),
        number("CoProvisioningTargetId", event.co_provisioning_target_id),
        told::subject(event.co_person_id, others),
        number("CouId", event.cou_id),
        number("RequestId", event.request_id),
        Some(member(what, Node::Text(event.what.clone()))),
        event.message.clone().map(|message| member("Message", Node::Text(message))),
        event.at.map(|at| member("At", Node::Time(at.seconds))),
    ]
    .into_iter()
    .flatten()
    .collect();
    told::json_object(&members, integers, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_its_number_its_kind_and_a_line() {
        let event = CoProvisioningEvent {
            number: 7,
            kind: "outcome".to_owned(),
            co_id: 2,
            co_provisioning_target_id: Some(4),
            co_person_id: Some(10),
            what: "Failed".to_owned(),
            request_id: Some(77),
            message: Some("No.\nTwo lines.".to_owned()),
            at: Some(prost_types::Timestamp { seconds: 10, nanos: 0 }),
            ..CoProvisioningEvent::default()
        };
        let mut out = Vec::new();
        write(&[event], Integers::Number, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "id: 7\nevent: outcome\ndata: {\"CoId\":2,\"CoProvisioningTargetId\":4,\"Person\":{\"Type\":\"CO\",\"Id\":10},\"RequestId\":77,\
             \"Outcome\":\"Failed\",\"Message\":\"No.\\nTwo lines.\",\"At\":\"1970-01-01 00:00:10\"}\n\n"
        );
    }
}
