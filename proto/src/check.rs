//! The rules that the options of a field state, with the sentences that answer a breach of them (D26, rest-conventions §6).
//!
//! All wrong fields are found at once. What needs other records (references, unique names, dates against stored ones)
//! is not here: it is the domain of the service that owns the resource.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value as Json;

use crate::{
    record::{Record, Slot, Value},
    registry::v1::FieldViolation,
    table::{Field, Kind},
};

/// A list may have so many items (D62).
pub const MOST_ITEMS: usize = 64;

/// And what is nested in a field so many values: each takes a hundred times its length where it is read.
pub const MOST_VALUES: usize = 4096;

/// So many sentences are kept of a field: what is said of a document is bounded, however much is wrong with it.
const MOST_SENTENCES: usize = 16;

/// Wrong fields: column name and sentences (D26).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations(pub BTreeMap<String, Vec<String>>);

impl Violations {
    /// Adds a sentence to a field; the same sentence is kept once, and further ones only up to a bound.
    pub fn add(&mut self, column: &str, sentence: impl Into<String>) {
        let sentences = self.0.entry(column.to_owned()).or_default();
        let sentence = sentence.into();
        if sentences.len() < MOST_SENTENCES && !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }

    /// Whether a field was found wrong.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.0.contains_key(column)
    }

    /// Whether nothing was found wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Trims the texts of a record (D20), drops what only the server writes, and finds the wrong fields.
///
/// `unread` are the fields that could not be decoded: they are wrong already and count as sent.
pub fn check(record: &mut Record, unread: &[FieldViolation]) -> Violations {
    let mut wrong = Violations::default();
    for violation in unread {
        wrong.add(&violation.field, violation.description.clone());
    }
    for (field, slot) in record.slots_mut() {
        if field.options.read_only {
            *slot = Slot::Absent;
            continue;
        }
        if wrong.has(&field.column) {
            continue;
        }
        match slot {
            Slot::Is(value) => {
                if let Some(sentence) = wrong_value(field, value) {
                    wrong.add(&field.column, sentence);
                }
            }
            Slot::Absent | Slot::Cleared if field.options.required => wrong.add(&field.column, missing(field)),
            Slot::Absent | Slot::Cleared => {}
        }
    }
    wrong
}

/// The sentence for a required field that is not there.
fn missing(field: &Field) -> String {
    if field.options.message.is_empty() {
        format!("\"{}\" must be provided{}", field.wire, one_of(field))
    } else {
        field.options.message.clone()
    }
}

fn one_of(field: &Field) -> String {
    if field.options.allowed.is_empty() || !field.options.extended_by.is_empty() {
        return String::new();
    }
    format!(": one of {}", field.options.allowed.join(", "))
}

/// The sentence for a text that is none of those allowed.
#[must_use]
pub fn not_among(field: &Field, allowed: &[String]) -> String {
    format!("\"{}\" must be one of {}", field.wire, allowed.join(", "))
}

/// The sentence for a value that could not be read as the field's kind; the decoders of the wire use it.
#[must_use]
pub fn unreadable(field: &Field) -> String {
    match &field.kind {
        Kind::Enum(_) => not_of_enumeration(field),
        Kind::Int if !field.options.refers_to.is_empty() => {
            format!("\"{}\" must be the id of a {}, a whole number", field.wire, field.options.refers_to)
        }
        Kind::Int => format!("\"{}\" must be a whole number", field.wire),
        Kind::Bool => format!("\"{}\" must be true or false", field.wire),
        Kind::Text => format!("\"{}\" must be a text", field.wire),
        Kind::Time => format!(
            "\"{}\" must be a time: YYYY-MM-DD HH:MM:SS, YYYY-MM-DD or ISO 8601, in UTC or with an offset",
            field.wire
        ),
        Kind::Texts => format!("\"{}\" must be a list of texts", field.wire),
        Kind::Object => format!("\"{}\" must be an object with keys and values", field.wire),
        Kind::Objects => format!("\"{}\" must be a list of objects", field.wire),
    }
}

/// The sentence for a list that has too many items.
#[must_use]
pub fn too_many(field: &Field) -> String {
    format!("\"{}\" may have at most {MOST_ITEMS} items", field.wire)
}

/// Whether there are more values than any field has, however deep they are.
#[must_use]
pub fn has_too_much<'a>(values: impl Iterator<Item = &'a Json>) -> bool {
    fn fits<'a>(mut values: impl Iterator<Item = &'a Json>, left: &mut usize) -> bool {
        values.all(|value| {
            *left = left.saturating_sub(1);
            *left > 0
                && match value {
                    Json::Array(items) => fits(items.iter(), left),
                    Json::Object(members) => fits(members.values(), left),
                    _ => true,
                }
        })
    }
    !fits(values, &mut (MOST_VALUES + 1))
}

/// The sentence for a value that has.
#[must_use]
pub fn too_much(field: &Field) -> String {
    format!("\"{}\" may hold at most {MOST_VALUES} values", field.wire)
}

fn not_of_enumeration(field: &Field) -> String {
    if !field.options.message.is_empty() {
        return field.options.message.clone();
    }
    let names: Vec<&str> = field.names().iter().map(|name| name.wire.as_str()).collect();
    format!("\"{}\" must be one of {}", field.wire, names.join(", "))
}

fn wrong_value(field: &Field, value: &mut Value) -> Option<String> {
    match value {
        Value::Text(text) => wrong_text(field, text),
        Value::Texts(texts) if texts.len() > MOST_ITEMS => Some(too_many(field)),
        Value::Texts(texts) => texts.iter_mut().find_map(|text| wrong_text(field, text)),
        Value::Int(number) => wrong_number(field, *number),
        Value::Enum(number) => {
            let refused = |wire: &str| field.options.refused.iter().any(|refused| refused == wire);
            match field.name_of(*number) {
                Some(name) if !refused(&name.wire) => None,
                _ => Some(not_of_enumeration(field)),
            }
        }
        Value::Object(members) => has_too_much(members.values()).then(|| too_much(field)),
        Value::Objects(items) => has_too_much(items.iter()).then(|| too_much(field)),
        Value::Bool(_) | Value::Time(_) => None,
    }
}

fn wrong_number(field: &Field, number: i64) -> Option<String> {
    let (min, max) = (field.options.min, field.options.max);
    match min.filter(|min| number < *min) {
        Some(_) if !field.options.message.is_empty() => Some(field.options.message.clone()),
        Some(min) => Some(format!("\"{}\" must be at least {min}", field.wire)),
        None => (max != 0 && number > max).then(|| format!("\"{}\" must be at most {max}", field.wire)),
    }
}

/// The sentence for a text of blanks alone (D20).
pub const BLANK: &str = "Value cannot consist of only blank characters";

/// The sentence for a text with a character that it may not have.
pub const INVALID_CHARACTER: &str = "Invalid character found";

/// Whether a character is none that is written: no text has it.
#[must_use]
pub fn is_control(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\t' | '\n' | '\r')
}

fn wrong_text(field: &Field, text: &mut String) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Some(BLANK.to_owned());
    }
    if trimmed.len() != text.len() {
        *text = trimmed.to_owned();
    }
    let options = &field.options;
    let angle = |letter: char| !options.any_character && matches!(letter, '<' | '>');
    if text.chars().any(|letter| angle(letter) || is_control(letter) || options.forbidden.contains(letter)) {
        return Some(INVALID_CHARACTER.to_owned());
    }
    let longest = options.max_length as usize;
    if longest > 0 && text.chars().count() > longest {
        return Some(format!("Value not in permitted range, max length permitted \"{longest}\""));
    }
    if options.extended_by.is_empty() && !options.allowed.is_empty() && !options.allowed.contains(text) {
        return Some(not_among(field, &options.allowed));
    }
    if options.date_only && NaiveDate::parse_from_str(text, "%Y-%m-%d").map_or(true, |date| date.to_string() != *text) {
        return Some(format!("\"{}\" must be a date: YYYY-MM-DD", field.wire));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        registry::v1::{ApiUser, CoPersonRole, Status},
        table::Table,
    };

    fn role() -> Record {
        let mut record = Record::new(Table::of::<CoPersonRole>());
        record.set("co_person_id", Slot::Is(Value::Int(1)));
        record.set("affiliation", Slot::Is(Value::Text("staff".to_owned())));
        record.set("status", Slot::Is(Value::Enum(Status::Active.into())));
        record
    }

    fn sentence(column: &str, value: Value) -> Option<String> {
        let mut record = role();
        record.set(column, Slot::Is(value));
        check(&mut record, &[]).0.remove(column).map(|mut sentences| sentences.remove(0))
    }

    #[test]
    fn a_good_role_passes_and_its_texts_are_trimmed() {
        let mut record = role();
        record.set("title", Slot::Is(Value::Text("  Prof \u{a0}".to_owned())));
        assert!(check(&mut record, &[]).is_empty());
        assert_eq!(record.text("title"), Some("Prof"));
    }

    #[test]
    fn each_rule_has_its_sentence() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (column, value, expected) in [
            ("title", text("   "), "Value cannot consist of only blank characters"),
            ("title", text("a<b"), "Invalid character found"),
            ("title", text("a\0b"), "Invalid character found"),
            ("title", text(&"x".repeat(129)), "Value not in permitted range, max length permitted \"128\""),
            ("status", Value::Enum(Status::Locked.into()), "A valid status must be selected"),
            ("status", Value::Enum(99), "A valid status must be selected"),
            ("ordr", Value::Int(1 << 40), "\"Ordr\" must be at most 2147483647"),
        ] {
            assert_eq!(sentence(column, value).as_deref(), Some(expected), "{column}");
        }
        assert_eq!(sentence("title", text(&"ü".repeat(128))), None, "characters count, not bytes");
        assert_eq!(sentence("affiliation", text("wizard")), None, "what a CO allows only its service knows");
    }

    #[test]
    fn a_list_is_bounded_and_so_is_what_is_said_of_it() {
        let mut user = Record::new(Table::of::<ApiUser>());
        user.set("remote_ip", Slot::Is(Value::Texts(vec![" ".to_owned(); MOST_ITEMS + 1])));
        let wrong = check(&mut user, &[]);
        assert_eq!(wrong.0["remote_ip"], ["\"RemoteIp\" may have at most 64 items"]);
        let mut wrong = Violations::default();
        (0..100).for_each(|number| wrong.add("remote_ip", number.to_string()));
        assert_eq!(wrong.0["remote_ip"].len(), MOST_SENTENCES);
    }

    #[test]
    fn what_is_nested_in_a_field_is_bounded() {
        let nested = |count: usize| {
            let items = Json::Array((0..count).map(|_| Json::Array(Vec::new())).collect());
            let mut role = Record::new(Table::of::<CoPersonRole>());
            role.set("extended_attributes", Slot::Is(Value::Object([("a".to_owned(), items)].into_iter().collect())));
            check(&mut role, &[]).0.remove("extended_attributes")
        };
        assert_eq!(nested(MOST_VALUES - 1), None);
        let wrong = nested(MOST_VALUES);
        assert_eq!(wrong.as_deref(), Some(&["\"ExtendedAttributes\" may hold at most 4096 values".to_owned()][..]));
    }

    #[test]
    fn all_wrong_fields_are_found_at_once_and_what_was_unread_is_not_missing() {
        let mut record = Record::new(Table::of::<CoPersonRole>());
        let unread = FieldViolation { field: "affiliation".to_owned(), description: "no".to_owned() };
        let wrong = check(&mut record, &[unread]);
        assert_eq!(wrong.0.keys().map(String::as_str).collect::<Vec<_>>(), ["affiliation", "co_person_id", "status"]);
        assert_eq!(wrong.0.get("affiliation").map(Vec::len), Some(1));
    }
}
