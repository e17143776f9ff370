use proto::{
    registry::v1::{CoPersonRole, Status},
    table::Table,
};
use serde_json::json;

use super::*;

fn record(title: Option<&str>, attributes: Tree) -> Record {
    let mut record = Record::new(Table::of::<CoPersonRole>());
    if let Some(title) = title {
        record.set("title", Slot::Is(Value::Text(title.to_owned())));
    }
    let Tree::Object(attributes) = attributes else { panic!("an object") };
    record.set("extended_attributes", Slot::Is(Value::Object(attributes)));
    record
}

fn written(format: Format, integers: Integers) -> String {
    let of = RecordVersion {
        revision: 1,
        from: Some(prost_types::Timestamp { seconds: 10, nanos: 0 }),
        actor_identifier: Some("a&b".to_owned()),
        ..RecordVersion::default()
    };
    let mut after = record(Some("<x>"), json!({"floor": 4, "since": "y"}));
    after.set("status", Slot::Is(Value::Enum(Status::GracePeriod.into())));
    after.set("cou_id", Slot::Is(Value::Int(7)));
    let version = Version { of: &of, before: record(None, json!({"badge": "red", "floor": 3})), after };
    let mut list = Versions::begin(format, integers);
    list.push(&version);
    String::from_utf8(list.end()).unwrap()
}

#[test]
fn a_change_says_its_field_and_what_was_and_is() {
    let json = written(Format::Json, Integers::Number);
    assert_eq!(
        serde_json::from_str::<Tree>(&json).unwrap(),
        json!({"ResponseType": "RecordVersions", "Version": "1.0", "RecordVersions": [{
        "Version": "1.0", "Revision": 1, "From": "1970-01-01 00:00:10", "ActorIdentifier": "a&b",
        "Deleted": false, "Changes": [
            {"Field": "CouId", "New": 7},
            {"Field": "Title", "New": "<x>"},
            {"Field": "Status", "New": "GracePeriod"},
            {"Field": "ExtendedAttributes.badge", "Old": "red"},
            {"Field": "ExtendedAttributes.floor", "Old": 3, "New": 4},
            {"Field": "ExtendedAttributes.since", "New": "y"},
        ]}]})
    );
    let texts = written(Format::Json, Integers::String);
    assert!(texts.contains(r#""Revision":"1""#), "{texts}");
    assert!(texts.contains(r#"{"Field":"ExtendedAttributes.floor","Old":"3","New":"4"}"#), "{texts}");
}

#[test]
fn xml_says_the_same() {
    let xml = written(Format::Xml, Integers::Number);
    let document = roxmltree::Document::parse(&xml).unwrap();
    let version = document.root_element().first_element_child().unwrap();
    let text = |name: &str| version.children().find(|node| node.has_tag_name(name)).and_then(|node| node.text());
    assert_eq!((text("Revision"), text("From")), (Some("1"), Some("1970-01-01 00:00:10")));
    assert_eq!((text("Through"), text("ActorIdentifier"), text("Deleted")), (None, Some("a&b"), Some("0")));
    let changes = version.children().find(|node| node.has_tag_name("Changes")).unwrap();
    let texts =
        |node: roxmltree::Node<'_, '_>| node.children().map(|part| part.text().unwrap().to_owned()).collect::<Vec<_>>();
    let changes: Vec<_> = changes.children().map(texts).collect();
    assert_eq!(changes.len(), 6);
    assert_eq!(changes[1], ["Title", "<x>"]);
    assert_eq!(changes[4], ["ExtendedAttributes.floor", "3", "4"]);
}
