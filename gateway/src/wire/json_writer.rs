//! Records as JSON (D21), written straight into the answer.

use std::io::Write as _;

use proto::{
    record::{Record, Value},
    table::Field,
};
use serde::Serialize;
use serde_json::{Map, Value as Tree};

use super::{
    Integers,
    members::{self, Member},
    time,
};

/// Writes a record as an object.
pub fn record(record: &Record, integers: Integers, out: &mut Vec<u8>) {
    out.extend_from_slice(br#"{"Version":"1.0""#);
    if let Some(id) = record.int("id") {
        out.extend_from_slice(br#","Id":"#);
        integer(id, integers, out);
    }
    for member in members::of(record) {
        match member {
            Member::Person { kind, id } => {
                out.extend_from_slice(br#","Person":{"Type":"#);
                text(kind, out);
                out.extend_from_slice(br#","Id":"#);
                integer(id, integers, out);
                out.push(b'}');
            }
            Member::Field(field, value) => {
                // Wire names are made of letters and digits.
                out.extend_from_slice(b",\"");
                out.extend_from_slice(field.wire.as_bytes());
                out.extend_from_slice(b"\":");
                write_value(field, value, integers, out);
            }
        }
    }
    out.push(b'}');
}

/// Writes the value of a field.
pub fn write_value(field: &'static Field, value: &Value, integers: Integers, out: &mut Vec<u8>) {
    match value {
        Value::Int(number) => integer(*number, integers, out),
        Value::Bool(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
        Value::Text(words) => text(words, out),
        Value::Time(seconds) => {
            out.push(b'"');
            time::write(*seconds, out);
            out.push(b'"');
        }
        Value::Enum(number) => text(members::enum_name(field, *number), out),
        Value::Texts(texts) => json(texts, out),
        Value::Object(object) => match integers {
            Integers::Number => json(object, out),
            Integers::String => json(&members_with_texts(object), out),
        },
        Value::Objects(items) => match integers {
            Integers::Number => json(items, out),
            Integers::String => json(&items.iter().map(with_texts).collect::<Vec<_>>(), out),
        },
    }
}

/// Writes a value of whatever form, in the way that integers are written.
pub fn tree(tree: &Tree, integers: Integers, out: &mut Vec<u8>) {
    match integers {
        Integers::Number => json(tree, out),
        Integers::String => json(&with_texts(tree), out),
    }
}

/// A tree in which whole numbers are texts.
fn with_texts(tree: &Tree) -> Tree {
    match tree {
        Tree::Number(number) if !number.is_f64() => Tree::String(number.to_string()),
        Tree::Array(items) => items.iter().map(with_texts).collect(),
        Tree::Object(object) => Tree::Object(members_with_texts(object)),
        other => other.clone(),
    }
}

fn members_with_texts(object: &Map<String, Tree>) -> Map<String, Tree> {
    object.iter().map(|(key, tree)| (key.clone(), with_texts(tree))).collect()
}

/// Writes a whole number, in the way that integers are written.
pub fn integer(number: i64, integers: Integers, out: &mut Vec<u8>) {
    // Writing into a vector cannot fail.
    let _ = match integers {
        Integers::Number => write!(out, "{number}"),
        Integers::String => write!(out, "\"{number}\""),
    };
}

/// Writes a text in quotes.
pub fn text(words: &str, out: &mut Vec<u8>) {
    json(words, out);
}

/// Writes anything that serde knows. Texts, lists and maps with text keys cannot fail, nor can a vector.
pub fn json<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use proto::{provisioning::v1::CoProvisioningTarget, record::Slot, table::Table};
    use serde_json::json;

    use super::*;

    /// A client of older servers gets no number anywhere (D21).
    #[test]
    fn integers_are_texts_however_deep_they_are() {
        let Tree::Object(configuration) = json!({"Port": 636, "Deep": [{"n": 1, "share": 0.5, "on": true}]}) else {
            panic!("an object")
        };
        let mut target = Record::new(Table::of::<CoProvisioningTarget>());
        target.set("configuration", Slot::Is(Value::Object(configuration)));
        for (integers, expected) in [
            (Integers::Number, json!({"Port": 636, "Deep": [{"n": 1, "share": 0.5, "on": true}]})),
            (Integers::String, json!({"Port": "636", "Deep": [{"n": "1", "share": 0.5, "on": true}]})),
        ] {
            let mut out = Vec::new();
            record(&target, integers, &mut out);
            let written: Tree = serde_json::from_slice(&out).unwrap();
            assert_eq!(written["Configuration"], expected);
        }
    }
}
