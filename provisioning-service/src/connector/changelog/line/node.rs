//! How a line is written: names in the order of their letters, values by their fields.

use proto::{
    record::{Record, Slot, Value},
    table::Field,
};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

/// The data of a subject, by the names of resources.
#[derive(Debug)]
pub(in crate::connector) struct Line(pub(super) Vec<(&'static str, Node)>);

/// What a name stands for.
#[derive(Debug)]
pub(super) enum Node {
    /// Nothing is known.
    Null,
    /// A record, and what belongs to it.
    Record(Record, Vec<(&'static str, Node)>),
    /// Several.
    List(Vec<Node>),
    /// Which one it was.
    Skeleton(Json),
}

impl Line {
    /// The same as a map, to be a part of something greater.
    pub(in crate::connector) fn into_map(self) -> Map<String, Json> {
        match serde_json::to_value(self) {
            Ok(Json::Object(map)) => map,
            // All names are texts.
            _ => Map::new(),
        }
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        in_order(self.0.iter().map(|(name, node)| (*name, Entry::Node(node))).collect(), serializer)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::List(nodes) => serializer.collect_seq(nodes),
            Self::Skeleton(json) => json.serialize(serializer),
            Self::Record(record, below) => {
                let held = record.slots().filter_map(|(field, slot)| match slot {
                    Slot::Is(value) => Some((field.column.as_str(), Entry::Value(field, value))),
                    Slot::Absent | Slot::Cleared => None,
                });
                in_order(held.chain(below.iter().map(|(name, node)| (*name, Entry::Node(node)))).collect(), serializer)
            }
        }
    }
}

/// What stands at a name.
pub(super) enum Entry<'a> {
    Node(&'a Node),
    Value(&'a Field, &'a Value),
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (field, value) = match self {
            Self::Node(node) => return node.serialize(serializer),
            Self::Value(field, value) => (field, value),
        };
        match value {
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Time(seconds) => proto::time::text(*seconds).serialize(serializer),
            Value::Enum(number) => field.name_of(*number).map(|name| name.code.as_str()).serialize(serializer),
            Value::Texts(texts) => texts.serialize(serializer),
            Value::Object(object) => object.serialize(serializer),
            Value::Objects(items) => items.serialize(serializer),
        }
    }
}

fn in_order<S: Serializer>(mut entries: Vec<(&str, Entry<'_>)>, serializer: S) -> Result<S::Ok, S::Error> {
    entries.sort_unstable_by_key(|(name, _)| *name);
    serializer.collect_map(entries)
}
