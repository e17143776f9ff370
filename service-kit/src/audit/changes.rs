//! What a change was, as the security log tells it: a list of `Change {Field, Old, New}` (D46).

use proto::{
    record::{Record, Slot, Value},
    table::Field,
    time,
};
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};

/// What a record says of itself, which is no change of it.
const OWN: [&str; 6] = ["id", "created", "modified", "revision", "deleted", "actor_identifier"];

/// Values are told whole up to so many bytes, with so many letters that are none; of others so much is told.
const LONGEST: usize = 2048;
const CONTROLS: usize = 128;
const BEGIN: usize = 200;

/// A value, by the name that `Field` gives.
type Values = Vec<(String, Json)>;

/// What differs between two records; without `before` all that was added, without `after` all that is gone. What is shown
/// of it says `shown`, which masks secrets: so one that was replaced by another is a change, and neither is told.
#[must_use]
pub fn between(before: Option<&Record>, after: Option<&Record>, shown: impl Fn(&Record) -> Record) -> Vec<Json> {
    let values = |record: Option<&Record>| record.map(values).unwrap_or_default();
    let (old, new) = (values(before), values(after));
    let (old_shown, new_shown) = (values(before.map(&shown).as_ref()), values(after.map(&shown).as_ref()));
    let added = new.iter().filter(|(name, _)| find(&old, name).is_none());
    old.iter()
        .chain(added)
        .filter(|(name, _)| find(&old, name) != find(&new, name))
        .map(|(name, _)| change(name, find(&old_shown, name), find(&new_shown, name)))
        .collect()
}

/// One change; what is absent is left out.
#[must_use]
pub fn change(field: &str, old: Option<&Json>, new: Option<&Json>) -> Json {
    let members = [("Field", Some(Json::from(field))), ("Old", old.map(told)), ("New", new.map(told))];
    Json::Object(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

/// Of a value that is long how it begins, how long it is and what it comes to: the log is read a thousand records at a time.
fn told(value: &Json) -> Json {
    let text = match value {
        Json::String(text) => text.clone(),
        value => value.to_string(),
    };
    // Some letters are escaped by six where they are written down.
    if text.len() <= LONGEST && text.bytes().filter(u8::is_ascii_control).count() <= CONTROLS {
        return value.clone();
    }
    let begin: String = text.chars().filter(|letter| !letter.is_control()).take(BEGIN).collect();
    let digest: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    Json::from(format!("{begin}… ({} bytes, SHA-256 {digest})", text.len()))
}

fn find<'a>(values: &'a Values, name: &str) -> Option<&'a Json> {
    values.iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

/// The values of a record, entries of objects by their own names.
fn values(record: &Record) -> Values {
    let mut found = Values::new();
    for (field, slot) in record.slots().filter(|(field, _)| !OWN.contains(&field.column.as_str())) {
        match slot {
            Slot::Is(Value::Object(object)) => found.extend(entries(field, object)),
            Slot::Is(value) => found.push((field.wire.clone(), json_of(field, value))),
            Slot::Absent | Slot::Cleared => {}
        }
    }
    found
}

fn entries(field: &Field, object: &Map<String, Json>) -> Values {
    object.iter().map(|(key, value)| (format!("{}.{key}", field.wire), value.clone())).collect()
}

fn json_of(field: &Field, value: &Value) -> Json {
    match value {
        Value::Int(number) => Json::from(*number),
        Value::Bool(truth) => Json::from(*truth),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Time(seconds) => {
            let mut text = Vec::new();
            time::write(*seconds, &mut text);
            Json::from(String::from_utf8_lossy(&text))
        }
        Value::Enum(number) => field.name_of(*number).map_or(Json::Null, |name| Json::from(name.wire.as_str())),
        Value::Texts(texts) => Json::from(texts.clone()),
        Value::Object(object) => Json::from(object.clone()),
        Value::Objects(items) => Json::from(items.clone()),
    }
}

#[cfg(test)]
mod tests;
