//! Events as a stream writes them (D59): number, kind, and one line of JSON.

use std::io::Write as _;

use proto::provisioning::v1::CoProvisioningEvent;

use super::{Integers, json_writer as json, time};

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
    out.extend_from_slice(br#"{"CoId":"#);
    json::integer(event.co_id, integers, out);
    for (name, number) in [
        ("CoProvisioningTargetId", event.co_provisioning_target_id),
        ("CoPersonId", event.co_person_id),
        ("CoGroupId", event.co_group_id),
        ("CoEmailListId", event.co_email_list_id),
        ("CoServiceId", event.co_service_id),
        ("CouId", event.cou_id),
        ("RequestId", event.request_id),
    ] {
        let Some(number) = number else { continue };
        let _ = write!(out, ",\"{name}\":");
        json::integer(number, integers, out);
    }
    let what = if event.kind == "change" { "Action" } else { "Outcome" };
    for (name, words) in [(what, Some(&event.what)), ("Message", event.message.as_ref())] {
        let Some(words) = words else { continue };
        let _ = write!(out, ",\"{name}\":");
        json::text(words, out);
    }
    if let Some(at) = event.at {
        out.extend_from_slice(br#","At":""#);
        time::write(at.seconds, out);
        out.push(b'"');
    }
    out.push(b'}');
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
            "id: 7\nevent: outcome\ndata: {\"CoId\":2,\"CoProvisioningTargetId\":4,\"CoPersonId\":10,\"RequestId\":77,\
             \"Outcome\":\"Failed\",\"Message\":\"No.\\nTwo lines.\",\"At\":\"1970-01-01 00:00:10\"}\n\n"
        );
    }
}
