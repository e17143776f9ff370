//! Records and their bytes.

use proptest::prelude::*;

use super::*;
use crate::registry::v1::CoPersonRole;

fn value_of(kind: &Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Int => any::<i64>().prop_map(Value::Int).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Text => ".*".prop_map(Value::Text).boxed(),
        Kind::Time => (-62_135_596_800..253_402_300_800_i64).prop_map(Value::Time).boxed(),
        Kind::Enum(names) => (1..=i32::try_from(names.len()).unwrap()).prop_map(Value::Enum).boxed(),
        Kind::Texts => prop::collection::vec(".*", 1..4).prop_map(Value::Texts).boxed(),
        Kind::Objects => prop::collection::vec(".*", 0..4)
            .prop_map(|texts| Value::Objects(texts.iter().map(|text| serde_json::json!({ "Field": text })).collect()))
            .boxed(),
        Kind::Object => prop::collection::btree_map("[A-Za-z]{1,8}", (any::<i32>(), ".*", any::<bool>()), 0..4)
            .prop_map(|entries| {
                let pair = |(key, (number, text, truth))| (key, serde_json::json!([number, text, truth, null]));
                Value::Object(entries.into_iter().map(pair).collect())
            })
            .boxed(),
    }
}

fn any_record() -> impl Strategy<Value = Record> {
    (0..Table::all().len()).prop_flat_map(|number| {
        let table = &Table::all()[number];
        let slots: Vec<_> = table.fields.iter().map(|field| prop::option::of(value_of(&field.kind))).collect();
        slots.prop_map(move |slots| {
            let slot = |value: Option<Value>| value.map_or(Slot::Absent, Slot::Is);
            Record { table, slots: slots.into_iter().map(slot).collect() }
        })
    })
}

proptest! {
    #[test]
    fn a_record_survives_its_bytes(record in any_record()) {
        let read = Record::decode(record.table(), &mut record.encode().as_slice()).unwrap();
        prop_assert_eq!(read, record);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _any_answer = Record::decode(Table::of::<CoPersonRole>(), &mut bytes.as_slice());
    }
}

#[test]
fn the_typed_message_says_the_same() {
    let message =
        CoPersonRole { id: Some(7), title: Some("Prof".to_owned()), ordr: Some(-3), ..CoPersonRole::default() };
    let record = Record::of(&message);
    assert_eq!((record.int("id"), record.text("title"), record.int("ordr")), (Some(7), Some("Prof"), Some(-3)));
    assert_eq!(record.to_message::<CoPersonRole>().unwrap(), message);
}

#[test]
fn what_was_sent_is_told_from_what_was_cleared() {
    let message = CoPersonRole { title: Some("Prof".to_owned()), ou: Some("x".to_owned()), ..CoPersonRole::default() };
    let record = Record::of(&message).with_sent(&["title".to_owned(), "cou_id".to_owned()]);
    assert_eq!(record.slot("cou_id"), &Slot::Cleared);
    assert_eq!((record.slot("ou"), record.slot("o")), (&Slot::Absent, &Slot::Absent));
    assert_eq!(record.sent(), ["cou_id", "title"]);
}
