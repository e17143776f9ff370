//! What is written into fields, and how a state is read back as a vector.
//!
//! A record of a subject is a field of its vector. Its text is `<field>.<number>`, so that it can be found in whatever a
//! target is sent: `r1.42` is the title of a role, `m0.7@s3.example.org` an address, `i0.5.s3` an identifier. The
//! identifier that names a subject at the targets is `s3-9`, and is the field `key`. The name of a group is `g7.12`, and is the
//! field `g7` of each member.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::proof::journal::Vector;

/// The type of the identifiers that name subjects at the targets.
pub(super) const KEY_TYPE: &str = "uid";

/// Gives the subject that a document's name tells.
pub(super) fn subject_of_key(key: &str) -> Option<&str> {
    key.split_once('-').map(|(subject, _)| subject)
}

/// Reads a text: its field and number.
pub(super) fn field_of(text: &str) -> Option<(String, u64)> {
    if let Some((_, number)) = text.split_once('-') {
        return Some(("key".to_owned(), number.parse().ok()?));
    }
    let text = text.split('@').next().unwrap_or(text);
    let mut parts = text.split('.');
    let (field, number) = (parts.next()?, parts.next()?);
    Some((field.to_owned(), number.parse().ok()?))
}

/// Reads the vector that a target's message shows.
pub(super) fn vector_of_message(body: &[u8]) -> Vector {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let fields = [("names", "given"), ("emailAddresses", "mail"), ("identifiers", "identifier"), ("roles", "title")];
    let texts = fields.into_iter().flat_map(|(list, name)| {
        let records = message.pointer(&format!("/person/{list}")).and_then(Value::as_array).into_iter().flatten();
        records.filter_map(move |record| record.get(name)?.as_str())
    });
    let groups = groups_of_message(&message).filter_map(field_of);
    texts.filter_map(field_of).chain(groups).collect()
}

fn groups_of_message(message: &Value) -> impl Iterator<Item = &str> {
    message.pointer("/person/members").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Reads what a target's message shows beside the vector: where the roles are, when the person was born, and in which
/// automatic groups it is.
pub(super) fn text_of_message(body: &[u8]) -> String {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let born = message.pointer("/person/dateOfBirth").and_then(Value::as_str);
    let mut text = born.map(|born| format!("born {born}")).unwrap_or_default();
    for role in message.pointer("/person/roles").and_then(Value::as_array).into_iter().flatten() {
        let (title, cou) = (role.get("title").and_then(Value::as_str), role.get("couId").and_then(Value::as_i64));
        if let (Some(title), Some(cou)) = (title, cou) {
            note(&mut text, &format!("{title} in COU {cou}"));
        }
    }
    for group in groups_of_message(&message).filter(|group| is_automatic(group)) {
        note(&mut text, group);
    }
    text
}

/// Tells whether a group's name is one of the server's.
pub(super) fn is_automatic(group: &str) -> bool {
    group.starts_with("CO:")
}

/// Adds a part to a text, in an order that is always the same.
pub(super) fn note(text: &mut String, part: &str) {
    let mut parts: Vec<&str> = text.split(", ").filter(|part| !part.is_empty()).chain([part]).collect();
    parts.sort_unstable();
    *text = parts.join(", ");
}

/// Gives a digest of a body.
pub(super) fn digest(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
