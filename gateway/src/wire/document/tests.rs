//! Tables of good and bad documents, in both formats.

use std::collections::BTreeMap;

use proto::registry::v1::{ApiUser, CoGroup, CoPersonRole, Identifier};
use serde_json::json;

use super::*;

fn role() -> &'static Table {
    Table::of::<CoPersonRole>()
}

fn json_of(members: &str) -> Decoded {
    let body = format!(r#"{{"RequestType":"CoPersonRoles","CoPersonRoles":[{members}]}}"#);
    decode(Format::Json, role(), body.as_bytes(), Purpose::Add).unwrap()
}

fn xml_of(elements: &str) -> Decoded {
    let body = format!(
        "<CoPersonRoles Version=\"1.0\"><CoPersonRole Version=\"1.0\">{elements}</CoPersonRole></CoPersonRoles>"
    );
    decode(Format::Xml, role(), body.as_bytes(), Purpose::Add).unwrap()
}

fn refused(format: Format, body: &str) -> String {
    match decode(format, role(), body.as_bytes(), Purpose::Add) {
        Err(Malformed(sentence)) => sentence,
        Ok(decoded) => panic!("{body} was taken: {decoded:?}"),
    }
}

fn unread(decoded: &Decoded) -> BTreeMap<&str, &str> {
    decoded.unread.iter().map(|violation| (violation.field.as_str(), violation.description.as_str())).collect()
}

#[test]
fn all_spellings_of_a_role_are_the_same_record() {
    let expected = json_of(
        r#"{"Version":"1.0","Person":{"Type":"CO","Id":42},"Affiliation":"staff","Status":"Active","Title":null}"#,
    );
    assert_eq!(expected.unread, []);
    assert_eq!(expected.record.int("co_person_id"), Some(42));
    assert_eq!(expected.record.slot("title"), &Slot::Cleared);
    for body in [
        r#"{"Version":1,"CoPersonId":"42","Affiliation":"staff","Status":"Active","Title":""}"#,
        r#"{"version":1.0,"co_person_id":42,"affiliation":"staff","status":"Active","title":null,"Bogus":{"a":1}}"#,
        r#"{"Version":"1.0","person":{"type":"CO","id":"42"},"Affiliation":"staff","Status":"Active","Title":"","Created":"x","Id":null}"#,
        r#"{"Version":"1.0","Person":{"Type":"CO","Id":"42"},"CoPersonId":42,"Affiliation":"staff","Status":"Active","Title":""}"#,
    ] {
        assert_eq!(json_of(body), expected, "{body}");
        let bare = decode(Format::Json, role(), body.as_bytes(), Purpose::Add).unwrap();
        assert_eq!(bare, expected, "{body}");
    }
    for elements in [
        "<Person><Type>CO</Type><Id>42</Id></Person><Affiliation>staff</Affiliation><Status>Active</Status><Title/>",
        "<Version>1.0</Version><CoPersonId>42</CoPersonId><Affiliation>staff</Affiliation><Status>Active</Status><Title></Title>",
        "\n <!-- x --> <co_person_id> 42\n</co_person_id>\n<affiliation><![CDATA[staff]]></affiliation><status>&#65;ctive</status><title/>\n",
    ] {
        assert_eq!(xml_of(elements), expected, "{elements}");
    }
}

#[test]
fn the_envelope_may_be_left_out_in_xml_too() {
    let bare = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<CoPersonRole><Version>1.0</Version><Title>x</Title></CoPersonRole>";
    let decoded = decode(Format::Xml, role(), bare.as_bytes(), Purpose::Add).unwrap();
    assert_eq!((decoded.record.text("title"), decoded.unread.len()), (Some("x"), 0));
}

#[test]
fn documents_without_one_record_are_refused() {
    for body in [
        "",
        "  \n",
        "null",
        "\"x\"",
        "7",
        "true",
        "[]",
        "{}",
        "{",
        "[[",
        r#"{"RequestType":"CoPersonRoles",""#,
        r#"{"RequestType":"CoPersonRoles"}"#,
        r#"{"RequestType":"CoPersonRoles","Version":"1.0"}"#,
        r#"{"CoPersonRoles":[]}"#,
        r#"{"CoPersonRoles":null}"#,
        r#"{"CoPersonRoles":7}"#,
        r#"{"CoPersonRoles":[7]}"#,
        r#"{"CoPersonRoles":[null]}"#,
        r#"{"CoPersonRoles":[{"Version":"1.0"}]} x"#,
        r#"{"Cous":[{"Version":"1.0"}]}"#,
        "<CoPersonRoles/>",
        "Affiliation=staff",
    ] {
        refused(Format::Json, body);
    }
    assert!(refused(Format::Json, "Affiliation=staff").contains("The body is form-encoded, name=value. Send JSON: {"));
    assert!(refused(Format::Xml, "Affiliation=staff&Status=Active").contains("Send XML: <CoPersonRoles"));
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"Affiliation\"\r\n\r\nstaff\r\n--b--\r\n";
    assert!(refused(Format::Json, multipart).contains("The body is a multipart form. Send JSON"));
    assert!(refused(Format::Json, r#"{"CoPersonRoles":[{"Version":"1.0"},{"bad":1}]}"#).contains("more than one"));
    refused(Format::Json, &"[".repeat(100_000));
    refused(Format::Json, &r#"{"a":"#.repeat(100_000));
    assert!(decode(Format::Json, role(), b"{\"CoPersonRoles\":[{\"Title\":\"\xff\xfe\"}]}", Purpose::Add).is_err());
    for body in [
        "",
        "hello",
        "<CoPersonRoles/>",
        "<CoPersonRoles Version=\"1.0\"/>",
        "<CoPersonRoles><CoPersonRole>",
        "{\"a\":1}",
        "<CoPersonRoles><Cou/></CoPersonRoles>",
        "<Cous><Cou/></Cous>",
        "<CoPersonRole/>",
        "<a>b</a>",
        "<CoPersonRoles>text</CoPersonRoles>",
        "<CoPersonRoles><CoPersonRole>text</CoPersonRole></CoPersonRoles>",
    ] {
        refused(Format::Xml, body);
    }
    let two =
        "<CoPersonRoles><CoPersonRole><O>a</O></CoPersonRole><CoPersonRole><O>b</O></CoPersonRole></CoPersonRoles>";
    assert!(refused(Format::Xml, two).contains("more than one"));
}

#[test]
fn the_version_must_be_known() {
    for (version, known) in [
        (r#""Version":"1.0""#, true),
        (r#""Version":1.0"#, true),
        (r#""Version":1"#, true),
        (r#""Version":"9.9""#, false),
        (r#""Version":2"#, false),
        (r#""Version":null"#, false),
        (r#""Version":"one""#, false),
        (r#""O":"x""#, false),
        (r#""Version":true"#, false),
        (r#""Version":[1]"#, false),
    ] {
        let decoded = json_of(&format!("{{{version}}}"));
        let expected = (!known).then_some("Unknown version");
        assert_eq!(unread(&decoded).get("Version").copied(), expected, "{version}");
    }
}

#[test]
fn an_id_in_the_record_must_be_that_of_the_path() {
    let of = |id: &str, purpose| {
        let body = format!(r#"{{"Version":"1.0","Title":"x"{id}}}"#);
        let decoded = decode(Format::Json, role(), body.as_bytes(), purpose).unwrap();
        decoded.unread.iter().any(|violation| violation.field == "id")
    };
    for (id, on_add, on_edit) in [
        ("", false, false),
        (r#","Id":7"#, true, false),
        (r#","Id":"7""#, true, false),
        (r#","id":8"#, true, true),
        (r#","Id":"x""#, true, true),
        (r#","Id":null"#, false, false),
        (r#","Id":"""#, false, false),
        (r#","Id":[7]"#, true, true),
    ] {
        assert_eq!((of(id, Purpose::Add), of(id, Purpose::Edit(7))), (on_add, on_edit), "{id}");
    }
    let two = "<CoPersonRoles><CoPersonRole Version=\"1.0\" Id=\"7\"><Id>8</Id></CoPersonRole></CoPersonRoles>";
    let decoded = decode(Format::Xml, role(), two.as_bytes(), Purpose::Edit(7)).unwrap();
    assert!(unread(&decoded).contains_key("id"), "an attribute and an element that differ");
    let same = two.replace('8', "7");
    assert_eq!(decode(Format::Xml, role(), same.as_bytes(), Purpose::Edit(7)).unwrap().unread, []);
}

#[test]
fn all_that_cannot_be_read_is_named_at_once() {
    let decoded = json_of(
        r#"{"Version":"1.0","CouId":"abc","Ordr":1.5,"ValidFrom":"2020-02-30","Status":"x","Title":["a"],"O":"fine"}"#,
    );
    let found = unread(&decoded);
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), ["cou_id", "ordr", "status", "title", "valid_from"]);
    assert_eq!(found["status"], "A valid status must be selected");
    assert_eq!(decoded.record.text("o"), Some("fine"));
    assert_eq!(decoded.record.sent(), ["o"], "what could not be read is not in the record");
}

#[test]
fn two_spellings_must_agree() {
    assert_eq!(unread(&json_of(r#"{"Version":"1.0","CouId":5,"cou_id":"5"}"#)).len(), 0);
    assert!(unread(&json_of(r#"{"Version":"1.0","CouId":5,"cou_id":6}"#)).contains_key("cou_id"));
    assert!(
        unread(&json_of(r#"{"Version":"1.0","CoPersonId":5,"Person":{"Type":"CO","Id":6}}"#))
            .contains_key("co_person_id")
    );
}

#[test]
fn a_person_names_the_one_owner() {
    let of =
        |table, person| record(table, json!({"Version": "1.0", "Person": person}).as_object().unwrap(), Purpose::Add);
    for person in [json!({}), json!({"Type": "CO"})] {
        let decoded = of(role(), person);
        assert_eq!(
            (decoded.unread.len(), decoded.record.sent().len()),
            (0, 0),
            "it is missing, which the service says"
        );
    }
    assert_eq!(of(role(), json!(null)).record.slot("co_person_id"), &Slot::Cleared);
    assert_eq!(of(role(), json!({"Type": "CO", "Id": null})).record.slot("co_person_id"), &Slot::Cleared);
    for person in [
        json!({"Type": "Org", "Id": 5}),
        json!({"Id": 5}),
        json!({"Type": "CO", "Id": "abc"}),
        json!("x"),
        json!([1]),
        json!(7),
    ] {
        let decoded = of(role(), person.clone());
        assert_eq!(unread(&decoded).keys().copied().collect::<Vec<_>>(), ["co_person_id"], "{person}");
    }
    let identifier = Table::of::<Identifier>();
    let decoded = of(identifier, json!({"Type": "Group", "Id": 5}));
    assert_eq!((decoded.record.int("co_group_id"), decoded.record.slot("co_person_id")), (Some(5), &Slot::Cleared));
    let decoded = of(identifier, json!({"Type": "Alien", "Id": 5}));
    assert_eq!(unread(&decoded)["co_person_id"], "\"Person\" must have a Type of CO, Group, Org");
    let group = of(Table::of::<CoGroup>(), json!({"Type": "CO", "Id": 5}));
    assert_eq!((group.unread.len(), group.record.sent().len()), (0, 0), "groups have no owner");
}

#[test]
fn an_object_is_passed_on_as_it_is() {
    let decoded = json_of(r#"{"Version":"1.0","ExtendedAttributes":{"floor":3,"badge":"red"}}"#);
    assert!(matches!(decoded.record.get("extended_attributes"), Some(Value::Object(object)) if object.len() == 2));
    assert_eq!(unread(&json_of(r#"{"Version":"1.0","ExtendedAttributes":"x"}"#)).len(), 1);
    let many: Vec<String> = (0..5000).map(|number| format!("\"a{number}\":1")).collect();
    for keys in [many.join(","), format!("\"{}\":1", "x".repeat(65))] {
        let decoded = json_of(&format!(r#"{{"Version":"1.0","ExtendedAttributes":{{{keys}}}}}"#));
        assert!(unread(&decoded)["extended_attributes"].contains("at most 64 keys"));
    }
}

#[test]
fn a_list_is_bounded() {
    let table = Table::of::<ApiUser>();
    let of = |format, body: String| decode(format, table, body.as_bytes(), Purpose::Add).unwrap();
    for (count, expected) in [
        (64, None),
        (65, Some("\"RemoteIp\" may have at most 64 items")),
        (120_000, Some("\"RemoteIp\" may have at most 64 items")),
    ] {
        let json =
            of(Format::Json, format!(r#"{{"Version":"1.0","RemoteIp":[{}"::1"]}}"#, r#""::1","#.repeat(count - 1)));
        let values = "<Value>::1</Value>".repeat(count);
        let xml = of(Format::Xml, format!("<ApiUser Version=\"1.0\"><RemoteIp>{values}</RemoteIp></ApiUser>"));
        for decoded in [json, xml] {
            assert_eq!(unread(&decoded).get("remote_ip").copied(), expected, "{count}");
        }
    }
}
