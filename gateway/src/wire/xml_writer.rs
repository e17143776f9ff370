//! Records as XML (D22), written straight into the answer.
//!
//! Guarantee: the answer is well-formed whatever the values are. A key that is no XML name is written as
//! `<Key Name="…">`, an item of a list as `<Value>`; characters that XML 1.0 cannot hold become U+FFFD.

use std::io::Write as _;

use proto::{
    record::{Record, Value},
    table::Field,
};
use serde_json::Value as Tree;

use super::{
    members::{self, Member},
    time,
};

/// The first line of each document.
pub const DECLARATION: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Writes a record as an element, with its id as an attribute and as an element too (D22).
pub fn record(record: &Record, out: &mut Vec<u8>) {
    let name = record.table().singular.as_str();
    // Writing into a vector cannot fail.
    let _ = match record.int("id") {
        Some(id) => write!(out, "<{name} Version=\"1.0\" Id=\"{id}\"><Id>{id}</Id>"),
        None => write!(out, "<{name} Version=\"1.0\">"),
    };
    for member in members::of(record) {
        match member {
            Member::Person { kind, id } => {
                out.extend_from_slice(b"<Person><Type>");
                text(kind, out);
                let _ = write!(out, "</Type><Id>{id}</Id></Person>");
            }
            Member::Field(field, value) => {
                let _ = write!(out, "<{}>", field.wire);
                write_value(field, value, out);
                let _ = write!(out, "</{}>", field.wire);
            }
        }
    }
    let _ = write!(out, "</{name}>");
}

/// Writes a truth (D22).
pub fn boolean(truth: bool, out: &mut Vec<u8>) {
    out.push(if truth { b'1' } else { b'0' });
}

/// Writes the value of a field.
pub fn write_value(field: &'static Field, value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Bool(truth) => boolean(*truth, out),
        Value::Text(words) => text(words, out),
        Value::Time(seconds) => time::write(*seconds, out),
        Value::Enum(number) => text(members::enum_name(field, *number), out),
        Value::Texts(texts) => texts.iter().for_each(|item| element(field.item(), item, out)),
        Value::Object(object) => object.iter().for_each(|(key, tree)| entry(key, tree, out)),
        Value::Objects(items) => items.iter().for_each(|item| entry(field.item(), item, out)),
    }
}

/// An entry of an object, with a key of its own.
fn entry(key: &str, tree: &Tree, out: &mut Vec<u8>) {
    if is_plain_name(key) {
        let _ = write!(out, "<{key}>");
        content(tree, out);
        let _ = write!(out, "</{key}>");
    } else {
        out.extend_from_slice(b"<Key Name=\"");
        text(key, out);
        out.extend_from_slice(b"\">");
        content(tree, out);
        out.extend_from_slice(b"</Key>");
    }
}

/// Writes a value of an object with keys of its own.
pub fn content(tree: &Tree, out: &mut Vec<u8>) {
    match tree {
        Tree::Null => {}
        Tree::Bool(truth) => boolean(*truth, out),
        Tree::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Tree::String(words) => text(words, out),
        Tree::Array(items) => items.iter().for_each(|item| {
            out.extend_from_slice(b"<Value>");
            content(item, out);
            out.extend_from_slice(b"</Value>");
        }),
        Tree::Object(object) => object.iter().for_each(|(key, tree)| entry(key, tree, out)),
    }
}

/// Writes an element with a text; its name must be an XML name.
pub fn element(name: &str, words: &str, out: &mut Vec<u8>) {
    let _ = write!(out, "<{name}>");
    text(words, out);
    let _ = write!(out, "</{name}>");
}

/// Whether a key can be the name of an element without being mistaken for something else.
fn is_plain_name(key: &str) -> bool {
    let mut letters = key.bytes();
    let first = letters.next().is_some_and(|letter| letter.is_ascii_alphabetic() || letter == b'_');
    let rest = letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-' | b'.'));
    let reserved = key.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("xml"));
    first && rest && !reserved && !matches!(key, "Key" | "Value")
}

/// Writes a text, for an element or an attribute in double quotes.
pub fn text(words: &str, out: &mut Vec<u8>) {
    let mut buffer = [0; 4];
    for letter in words.chars() {
        match letter {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            // As themselves these would come back as line feeds, or as blanks in an attribute.
            '\r' => out.extend_from_slice(b"&#13;"),
            '\n' => out.extend_from_slice(b"&#10;"),
            '\t' => out.extend_from_slice(b"&#9;"),
            letter if is_xml(letter) => out.extend_from_slice(letter.encode_utf8(&mut buffer).as_bytes()),
            _ => out.extend_from_slice("\u{fffd}".as_bytes()),
        }
    }
}

/// Whether XML 1.0 can hold a character.
#[must_use]
pub fn is_xml(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}
