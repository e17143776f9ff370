//! The document of a record's versions, in either format (D46): nested records carry no `Version`.

use std::io::Write as _;

use proto::{
    record::{Record, Slot, Value},
    registry::v1::RecordVersion,
    table::Field,
};
use serde_json::Value as Tree;

use super::{Format, Integers, json_writer as json, time, xml_writer as xml};

/// A version, and what it changed.
#[derive(Debug)]
pub struct Version<'a> {
    /// The version as the service tells it.
    pub of: &'a RecordVersion,
    /// The fields that changed, as they were.
    pub before: Record,
    /// The same, as they were from then on.
    pub after: Record,
}

/// Versions while they are written.
#[derive(Debug)]
pub struct Versions {
    format: Format,
    integers: Integers,
    out: Vec<u8>,
    empty: bool,
}

/// One value that changed: of a field, or an entry of an object by its name.
struct Change<'a> {
    field: &'static Field,
    entry: Option<&'a str>,
    old: Option<Of<'a>>,
    new: Option<Of<'a>>,
}

/// A value of a field, or of an entry.
enum Of<'a> {
    Field(&'a Value),
    Entry(&'a Tree),
}

impl Versions {
    /// Begins a document.
    #[must_use]
    pub fn begin(format: Format, integers: Integers) -> Self {
        let mut out = Vec::with_capacity(1024);
        match format {
            Format::Json => {
                out.extend_from_slice(br#"{"ResponseType":"RecordVersions","Version":"1.0","RecordVersions":["#);
            }
            Format::Xml => {
                out.extend_from_slice(xml::DECLARATION);
                out.extend_from_slice(b"<RecordVersions Version=\"1.0\">");
            }
        }
        Self { format, integers, out, empty: true }
    }

    /// Adds a version.
    pub fn push(&mut self, version: &Version<'_>) {
        match self.format {
            Format::Json => {
                if !self.empty {
                    self.out.push(b',');
                }
                self.push_json(version);
            }
            Format::Xml => self.push_xml(version),
        }
        self.empty = false;
    }

    /// Ends the document.
    #[must_use]
    pub fn end(mut self) -> Vec<u8> {
        match self.format {
            Format::Json => self.out.extend_from_slice(b"]}\n"),
            Format::Xml => self.out.extend_from_slice(b"</RecordVersions>\n"),
        }
        self.out
    }

    fn push_json(&mut self, version: &Version<'_>) {
        let (of, integers, out) = (version.of, self.integers, &mut self.out);
        out.extend_from_slice(br#"{"Version":"1.0","Revision":"#);
        json::integer(of.revision, integers, out);
        for (name, at) in times(of) {
            // Writing into a vector cannot fail.
            let _ = write!(out, ",\"{name}\":\"");
            time::write(at, out);
            out.push(b'"');
        }
        if let Some(actor) = &of.actor_identifier {
            out.extend_from_slice(br#","ActorIdentifier":"#);
            json::text(actor, out);
        }
        let _ = write!(out, ",\"Deleted\":{},\"Changes\":[", of.deleted);
        for (number, change) in changes(version).enumerate() {
            out.extend_from_slice(if number == 0 { br#"{"Field":"# } else { br#",{"Field":"# });
            json::text(&change.name(), out);
            for (name, value) in [("Old", &change.old), ("New", &change.new)] {
                let Some(value) = value else { continue };
                let _ = write!(out, ",\"{name}\":");
                match value {
                    Of::Field(value) => json::write_value(change.field, value, integers, out),
                    Of::Entry(tree) => json::tree(tree, integers, out),
                }
            }
            out.push(b'}');
        }
        out.extend_from_slice(b"]}");
    }

    fn push_xml(&mut self, version: &Version<'_>) {
        let (of, out) = (version.of, &mut self.out);
        let _ = write!(out, "<RecordVersion Version=\"1.0\"><Revision>{}</Revision>", of.revision);
        for (name, at) in times(of) {
            let _ = write!(out, "<{name}>");
            time::write(at, out);
            let _ = write!(out, "</{name}>");
        }
        if let Some(actor) = &of.actor_identifier {
            xml::element("ActorIdentifier", actor, out);
        }
        let _ = write!(out, "<Deleted>{}</Deleted><Changes>", u8::from(of.deleted));
        for change in changes(version) {
            out.extend_from_slice(b"<Change>");
            xml::element("Field", &change.name(), out);
            for (name, value) in [("Old", &change.old), ("New", &change.new)] {
                let Some(value) = value else { continue };
                let _ = write!(out, "<{name}>");
                match value {
                    Of::Field(value) => xml::write_value(change.field, value, out),
                    Of::Entry(tree) => xml::content(tree, out),
                }
                let _ = write!(out, "</{name}>");
            }
            out.extend_from_slice(b"</Change>");
        }
        out.extend_from_slice(b"</Changes></RecordVersion>");
    }
}

impl Change<'_> {
    fn name(&self) -> String {
        match self.entry {
            Some(entry) => format!("{}.{entry}", self.field.wire),
            None => self.field.wire.clone(),
        }
    }
}

fn times(of: &RecordVersion) -> impl Iterator<Item = (&'static str, i64)> {
    let time = |name, time: Option<prost_types::Timestamp>| time.map(|time| (name, time.seconds));
    [time("From", of.from), time("Through", of.through)].into_iter().flatten()
}

/// What a version changed, field by field, entries of objects by their names.
fn changes<'a>(version: &'a Version<'_>) -> impl Iterator<Item = Change<'a>> {
    let pairs = version.before.slots().zip(version.after.slots());
    pairs.flat_map(|((field, old), (_, new))| match (value(old), value(new)) {
        (None, None) => Vec::new(),
        (old @ (None | Some(Value::Object(_))), new @ (None | Some(Value::Object(_)))) => entries(field, old, new),
        (old, new) => vec![Change { field, entry: None, old: old.map(Of::Field), new: new.map(Of::Field) }],
    })
}

fn entries<'a>(field: &'static Field, old: Option<&'a Value>, new: Option<&'a Value>) -> Vec<Change<'a>> {
    let object = |value: Option<&'a Value>| match value {
        Some(Value::Object(object)) => Some(object),
        _ => None,
    };
    let (old, new) = (object(old), object(new));
    let added =
        new.into_iter().flat_map(serde_json::Map::keys).filter(|key| old.is_none_or(|old| !old.contains_key(*key)));
    let names = old.into_iter().flat_map(serde_json::Map::keys).chain(added);
    let of = |object: Option<&'a serde_json::Map<String, Tree>>, key: &str| object?.get(key).map(Of::Entry);
    names.map(|key| Change { field, entry: Some(key), old: of(old, key), new: of(new, key) }).collect()
}

fn value(slot: &Slot) -> Option<&Value> {
    match slot {
        Slot::Is(value) => Some(value),
        Slot::Absent | Slot::Cleared => None,
    }
}

#[cfg(test)]
mod tests;
