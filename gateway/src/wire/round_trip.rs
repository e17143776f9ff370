//! Any record, written and read again, is the same record: in both formats, for every resource.

use proptest::{prelude::*, sample::Index};
use proto::{
    record::{Record, Slot, Value},
    table::{Field, Kind, Table},
};
use serde_json::{Map, Value as Tree};

use super::{
    Format, Integers,
    answer::List,
    document::{Purpose, decode},
};

/// Texts of all sorts; blanks at the ends and empty ones are the service's business.
fn text(format: Format) -> BoxedStrategy<String> {
    match format {
        Format::Json => any::<String>().prop_filter("empty is cleared", |text| !text.is_empty()).boxed(),
        Format::Xml => "[\\t\\n\\r -\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]{1,20}"
            .prop_filter("blank is the same as empty between elements", |text| !text.trim().is_empty())
            .boxed(),
    }
}

fn object(format: Format) -> BoxedStrategy<Map<String, Tree>> {
    let leaf = match format {
        Format::Json => prop_oneof![
            text(format).prop_map(Tree::String),
            any::<i32>().prop_map(Tree::from),
            any::<bool>().prop_map(Tree::from),
            Just(Tree::Null),
        ]
        .boxed(),
        Format::Xml => text(format).prop_map(Tree::String).boxed(),
    };
    let odd = text(format)
        .prop_map(|text| text.chars().take(16).collect::<String>())
        .prop_filter("blank", |text| !text.trim().is_empty());
    let key = prop_oneof!["[A-Za-z_][A-Za-z0-9_.-]{0,8}", odd, Just("Value".to_owned()), Just("Key".to_owned())];
    let tree = leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::Array),
            prop::collection::btree_map("[a-z]{1,5}", inner, 1..4)
                .prop_map(|map| Tree::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(key, tree, 1..4).prop_map(|map| map.into_iter().collect()).boxed()
}

fn value(field: &'static Field, format: Format) -> BoxedStrategy<Value> {
    match &field.kind {
        Kind::Int => any::<i64>().prop_map(Value::Int).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Text => text(format).prop_map(Value::Text).boxed(),
        Kind::Time => (-62_135_596_800_i64..=253_402_300_799).prop_map(Value::Time).boxed(),
        Kind::Enum(names) => {
            any::<Index>().prop_map(move |index| Value::Enum(names[index.index(names.len())].number)).boxed()
        }
        Kind::Texts => prop::collection::vec(text(format), 1..4).prop_map(Value::Texts).boxed(),
        Kind::Object => object(format).prop_map(Value::Object).boxed(),
        // Only the server writes such.
        Kind::Objects => Just(Value::Objects(Vec::new())).boxed(),
    }
}

fn record(format: Format) -> impl Strategy<Value = Record> {
    (0..Table::all().len()).prop_flat_map(move |at| {
        let table = &Table::all()[at];
        let slots: Vec<_> = table.fields.iter().map(|field| prop::option::of(value(field, format))).collect();
        slots.prop_map(move |values| {
            let mut record = Record::new(table);
            for (field, value) in table.fields.iter().zip(values) {
                // What only the server writes is not read; an id is the path's.
                if let Some(value) = value.filter(|_| !field.options.read_only) {
                    record.set(&field.column, Slot::Is(value));
                }
            }
            record
        })
    })
}

/// Nothing says of what is in an object that it was a number.
fn as_written(value: Value, integers: Integers) -> Value {
    fn texts(tree: Tree) -> Tree {
        match tree {
            Tree::Number(number) => Tree::String(number.to_string()),
            Tree::Array(items) => items.into_iter().map(texts).collect(),
            Tree::Object(members) => members.into_iter().map(|(key, tree)| (key, texts(tree))).collect(),
            other => other,
        }
    }
    match (value, integers) {
        (Value::Object(members), Integers::String) => {
            Value::Object(members.into_iter().map(|(key, tree)| (key, texts(tree))).collect())
        }
        (value, _) => value,
    }
}

fn check(record: &Record, format: Format, integers: Integers) -> Result<(), TestCaseError> {
    let mut list = List::begin(format, integers, record.table(), 0);
    list.push(record);
    let document = list.end();
    let decoded = decode(format, record.table(), &document, Purpose::Add)
        .map_err(|error| TestCaseError::fail(format!("{error:?}: {}", String::from_utf8_lossy(&document))))?;
    prop_assert_eq!(&decoded.unread, &vec![]);
    // `Person` clears the owners that it does not name.
    for (field, slot) in record.slots() {
        let value = |slot: &Slot| if let Slot::Is(value) = slot { Some(value.clone()) } else { None };
        prop_assert_eq!(
            value(slot).map(|value| as_written(value, integers)),
            value(decoded.record.slot(&field.column)),
            "{}",
            String::from_utf8_lossy(&document)
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_says_what_the_record_says(record in record(Format::Json), strings in any::<bool>()) {
        check(&record, Format::Json, if strings { Integers::String } else { Integers::Number })?;
    }

    #[test]
    fn xml_says_what_the_record_says_and_json_says_the_same(record in record(Format::Xml)) {
        check(&record, Format::Xml, Integers::Number)?;
        check(&record, Format::Json, Integers::Number)?;
    }

    #[test]
    fn xml_is_well_formed_whatever_the_texts_are(text in any::<String>(), key in any::<String>()) {
        let table = Table::of::<proto::provisioning::v1::CoProvisioningTarget>();
        let mut record = Record::new(table);
        record.set("description", Slot::Is(Value::Text(text.clone())));
        record.set("configuration", Slot::Is(Value::Object(Map::from_iter([(key, Tree::String(text))]))));
        let mut list = List::begin(Format::Xml, Integers::Number, table, 0);
        list.push(&record);
        let document = String::from_utf8(list.end()).unwrap();
        prop_assert!(roxmltree::Document::parse(&document).is_ok(), "{document}");
    }

    #[test]
    fn no_body_is_too_odd(body in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in [Format::Json, Format::Xml] {
            let _ = decode(format, &Table::all()[0], &body, Purpose::Add);
        }
    }

    #[test]
    fn no_markup_is_too_odd(body in "[<>/a&;#x!\\[\\]\"'= ?CDAT-]{0,60}") {
        let _ = decode(Format::Xml, &Table::all()[0], body.as_bytes(), Purpose::Add);
    }
}
