//! What a revision changed (D46).

use proto::record::{Record, Slot, Value};

/// What a version says of itself, which is no change of the record.
const OWN: [&str; 6] = ["id", "created", "modified", "revision", "deleted", "actor_identifier"];

/// The fields that differ: as they were before, and as they are after. Of an object only the entries that differ.
#[must_use]
pub fn differences(before: &Record, after: &Record) -> (Record, Record) {
    let (mut old, mut new) = (Record::new(before.table()), Record::new(after.table()));
    for ((field, was), (_, is)) in before.slots().zip(after.slots()) {
        if was == is || OWN.contains(&field.column.as_str()) {
            continue;
        }
        let (was, is) = match (was, is) {
            (Slot::Is(Value::Object(was)), Slot::Is(Value::Object(is))) => {
                let differing = |of: &serde_json::Map<_, _>, other: &serde_json::Map<_, _>| {
                    let entries = of.iter().filter(|(key, value)| other.get(*key) != Some(*value));
                    Slot::Is(Value::Object(entries.map(|(key, value)| (key.clone(), value.clone())).collect()))
                };
                (differing(was, is), differing(is, was))
            }
            other => (other.0.clone(), other.1.clone()),
        };
        old.set(&field.column, was);
        new.set(&field.column, is);
    }
    (old, new)
}

#[cfg(test)]
mod tests {
    use proto::{registry::v1::CoPersonRole, table::Table};
    use serde_json::{Value as Json, json};

    use super::*;

    fn record(title: Option<&str>, attributes: Json, revision: i64) -> Record {
        let mut record = Record::new(Table::of::<CoPersonRole>());
        if let Some(title) = title {
            record.set("title", Slot::Is(Value::Text(title.to_owned())));
        }
        let Json::Object(attributes) = attributes else { panic!("an object") };
        record.set("extended_attributes", Slot::Is(Value::Object(attributes)));
        record.set("revision", Slot::Is(Value::Int(revision)));
        record
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let before = record(None, json!({"badge": "red", "floor": 3}), 0);
        let after = record(Some("Prof"), json!({"badge": "red", "floor": 4, "since": "x"}), 1);
        let (old, new) = differences(&before, &after);
        assert_eq!((old.text("title"), new.text("title")), (None, Some("Prof")));
        let Json::Object(floor) = json!({"floor": 3}) else { panic!("an object") };
        assert_eq!(old.get("extended_attributes"), Some(&Value::Object(floor)));
        let Json::Object(both) = json!({"floor": 4, "since": "x"}) else { panic!("an object") };
        assert_eq!(new.get("extended_attributes"), Some(&Value::Object(both)));
        assert_eq!((old.int("revision"), new.int("revision")), (None, None));
        assert!(differences(&after, &after).1.slots().all(|(_, slot)| *slot == Slot::Absent));
    }
}
