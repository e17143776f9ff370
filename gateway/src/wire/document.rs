//! From a document to a record: the envelope or the bare record, the spellings of names, and what could not be read.
//!
//! Guarantee: what was sent is in the record, or is named in `unread`, or bears a name that no field has (D1, D17). A
//! document that is no document is [`Malformed`]; everything else is for the service to answer, all at once (D26).

use proto::{
    check::{MOST_ITEMS, has_too_much, too_many, too_much, unreadable},
    record::{Record, Slot, Value},
    registry::v1::FieldViolation,
    table::{Field, Kind, Table},
};
use serde_json::{Map, Value as Tree};

use super::{Format, dense, form, once::Once, value, xml_reader};

/// The members of a record, as the document has them.
pub type Members = Map<String, Tree>;

/// Why a document cannot be taken at all: a sentence for 400 `Bad Request` (D7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

/// What a record is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// POST: it has no id yet.
    Add,
    /// PUT, to this id.
    Edit(i64),
}

/// A record and the fields that could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// What could be read.
    pub record: Record,
    /// What could not, by column, with a sentence each.
    pub unread: Vec<FieldViolation>,
}

/// Reads the one record of a document.
///
/// # Errors
/// If the document has none, has more than one, or is not well-formed.
pub fn decode(format: Format, table: &'static Table, body: &[u8], purpose: Purpose) -> Result<Decoded, Malformed> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("The body must be UTF-8."))?;
    if text.trim().is_empty() {
        return Err(no_body(table));
    }
    if let Some(kind) = form::kind(text) {
        return Err(a_form(format, table, kind));
    }
    let members = match format {
        Format::Json => {
            if dense::is_json(text) {
                return Err(Malformed(dense::sentence()));
            }
            let Once(tree) = serde_json::from_str(text)
                .map_err(|error| Malformed(format!("The body is not JSON: {error}. Correct it and send it again.")))?;
            of_json(table, tree)?
        }
        Format::Xml => {
            let (root, tree) = xml_reader::read(text)?;
            of_xml(table, &root, tree)?
        }
    };
    Ok(record(table, &members, purpose))
}

fn malformed(sentence: &str) -> Malformed {
    Malformed(sentence.to_owned())
}

fn no_body(table: &Table) -> Malformed {
    Malformed(format!("Send a {} in the body, in a list called {}.", table.singular, table.plural))
}

fn a_form(format: Format, table: &Table, kind: &str) -> Malformed {
    let (plural, singular) = (&table.plural, &table.singular);
    let example = match format {
        Format::Json => format!(r#"JSON: {{"{plural}": [{{"Version": "1.0", …}}]}}"#),
        Format::Xml => format!(r#"XML: <{plural} Version="1.0"><{singular} Version="1.0">…</{singular}></{plural}>"#),
    };
    Malformed(format!("The body is {kind}. Send {example}"))
}

fn several(table: &Table) -> Malformed {
    Malformed(format!("Send one {} at a time; the list holds more than one.", table.singular))
}

/// Finds the record in a JSON document: in its envelope, or the document itself (D17).
fn of_json(table: &Table, tree: Tree) -> Result<Members, Malformed> {
    let Tree::Object(mut document) = tree else { return Err(no_body(table)) };
    if let Some(list) = document.remove(&table.plural) {
        return match list {
            Tree::Array(items) if items.len() > 1 => Err(several(table)),
            Tree::Array(mut items) => object(table, items.pop().ok_or_else(|| no_body(table))?),
            single => object(table, single),
        };
    }
    if let Some(other) = of_another_model(table, &document) {
        return Err(Malformed(format!("The body holds {other}; this path takes {}.", table.plural)));
    }
    match document.keys().all(|name| matches!(name.as_str(), "RequestType" | "ResponseType" | "Version")) {
        // An envelope without its list, or nothing at all. A bare Version is a record whose fields are all missing.
        true if document.len() != 1 || !document.contains_key("Version") => Err(no_body(table)),
        _ => Ok(document),
    }
}

fn object(table: &Table, tree: Tree) -> Result<Members, Malformed> {
    match tree {
        Tree::Object(members) => Ok(members),
        Tree::Null => Err(no_body(table)),
        _ => Err(Malformed(format!("A {} must be an object with names and values.", table.singular))),
    }
}

/// The plural of another model whose envelope this is.
fn of_another_model(table: &Table, document: &Members) -> Option<&'static str> {
    Table::all().iter().map(|other| other.plural.as_str()).find(|plural| {
        let own = table.fields.iter().any(|field| field.wire == **plural);
        !own && matches!(document.get(*plural), Some(Tree::Array(_) | Tree::Object(_)))
    })
}

/// Finds the record in an XML document: below the root that bears the plural, or the root itself (D17).
fn of_xml(table: &Table, root: &str, tree: Tree) -> Result<Members, Malformed> {
    let record = if root == table.singular {
        tree
    } else if root == table.plural {
        let Tree::Object(mut list) = tree else { return Err(no_body(table)) };
        match list.remove(&table.singular) {
            Some(record) => record,
            None if list.keys().any(|name| Table::named(name).is_some()) => {
                return Err(Malformed(format!("{} holds only {} elements.", table.plural, table.singular)));
            }
            None => return Err(no_body(table)),
        }
    } else {
        return Err(Malformed(format!("The root element is {root:.64}; this path takes {}.", table.plural)));
    };
    match record {
        Tree::Array(_) => Err(several(table)),
        Tree::String(text) if text.trim().is_empty() && root == table.plural => Ok(Members::new()),
        Tree::String(text) if text.trim().is_empty() => Err(no_body(table)),
        other => object(table, other),
    }
}

/// Findings on keys travel in the head of a gRPC answer, which is bounded; so what can be found wrong is bounded too.
const MOST_KEYS: usize = 64;
const LONGEST_KEY: usize = 64;

fn too_many_keys(tree: &Tree) -> bool {
    let Tree::Object(members) = tree else { return false };
    members.len() > MOST_KEYS || members.keys().any(|key| key.len() > LONGEST_KEY)
}

fn too_many_items(tree: &Tree) -> bool {
    tree.as_array().is_some_and(|items| items.len() > MOST_ITEMS)
}

/// Turns the members of a record into a record by its table.
#[must_use]
pub fn record(table: &'static Table, members: &Members, purpose: Purpose) -> Decoded {
    let mut decoded = Decoded { record: Record::new(table), unread: Vec::new() };
    check_version(members, &mut decoded);
    check_id(members, purpose, &mut decoded);
    for (name, tree) in members {
        let field = table.fields.iter().find(|field| field.wire == *name || field.column == *name);
        match field {
            Some(field) if too_many_keys(tree) && !field.options.read_only => decoded.wrong(
                &field.column,
                format!("\"{}\" may have at most {MOST_KEYS} keys of at most {LONGEST_KEY} bytes", field.wire),
            ),
            Some(field) if too_many_items(tree) && field.kind == Kind::Texts => {
                decoded.wrong(&field.column, too_many(field));
            }
            Some(field) if !field.options.read_only && has_too_much(std::iter::once(tree)) => {
                decoded.wrong(&field.column, too_much(field));
            }
            Some(field) if !field.options.read_only => match value::read(field, tree) {
                Some(slot) => decoded.put(field, slot),
                None => decoded.wrong(&field.column, unreadable(field)),
            },
            // What only the server writes, and names that no field has (D17).
            Some(_) | None => {}
        }
    }
    if let Some(person) = members.get("Person").or_else(|| members.get("person")) {
        read_person(table, person, &mut decoded);
    }
    decoded
}

impl Decoded {
    fn wrong(&mut self, column: &str, sentence: impl Into<String>) {
        self.unread.push(FieldViolation { field: column.to_owned(), description: sentence.into() });
    }

    /// Sets a field; one that was sent in two spellings must have one value.
    fn put(&mut self, field: &Field, slot: Slot) {
        match self.record.slot(&field.column) {
            Slot::Absent => self.record.set(&field.column, slot),
            before if *before == slot => {}
            Slot::Cleared | Slot::Is(_) => {
                self.wrong(
                    &field.column,
                    format!("\"{}\" is there twice, with different values; send it once", field.wire),
                );
            }
        }
    }
}

/// D16.
fn check_version(members: &Members, decoded: &mut Decoded) {
    let known = match members.get("Version").or_else(|| members.get("version")) {
        Some(Tree::String(text)) => matches!(text.trim(), "1.0" | "1"),
        Some(Tree::Number(number)) => number.as_f64() == Some(1.0),
        _ => false,
    };
    if !known {
        decoded.wrong("Version", "Unknown version");
    }
}

/// D18.
fn check_id(members: &Members, purpose: Purpose, decoded: &mut Decoded) {
    let sent = match members.get("Id").or_else(|| members.get("id")) {
        None | Some(Tree::Null) => return,
        Some(Tree::String(text)) if text.is_empty() => return,
        Some(tree) => value::integer(tree),
    };
    match purpose {
        Purpose::Add => {
            decoded.wrong("id", "A new record has no \"Id\" yet; leave it out, or edit the record with PUT")
        }
        Purpose::Edit(id) if sent != Some(id) => {
            decoded.wrong("id", format!("\"Id\" is not the id of the path, {id}; leave it out or send the same"));
        }
        Purpose::Edit(_) => {}
    }
}

/// Unfolds `Person {Type, Id}` into the column of its type (rest-conventions §3). It names the one owner, so the other
/// columns of an owner are cleared, unless they were sent themselves.
fn read_person(table: &'static Table, person: &Tree, decoded: &mut Decoded) {
    let columns: Vec<&'static Field> = table.owners().collect();
    let Some(first) = columns.first() else { return };
    let members = match person {
        Tree::Object(members) => members,
        Tree::Null => return clear(&columns, decoded),
        Tree::String(text) if text.trim().is_empty() => return clear(&columns, decoded),
        Tree::Bool(_) | Tree::Number(_) | Tree::String(_) | Tree::Array(_) => {
            return decoded.wrong(&first.column, "\"Person\" must be an object with Type and Id");
        }
    };
    let member = |name: &str, column: &str| members.get(name).or_else(|| members.get(column));
    let Some(id) = member("Id", "id") else { return };
    let kind = member("Type", "type").and_then(Tree::as_str).map(str::trim);
    match columns.iter().find(|field| Some(field.options.person_type.as_str()) == kind) {
        Some(field) => {
            match value::read(field, id) {
                Some(slot) => decoded.put(field, slot),
                None => decoded.wrong(&field.column, unreadable(field)),
            }
            let others: Vec<_> = columns.iter().copied().filter(|other| other.column != field.column).collect();
            clear(&others, decoded);
        }
        None => {
            let types: Vec<&str> = columns.iter().map(|field| field.options.person_type.as_str()).collect();
            decoded.wrong(&first.column, format!("\"Person\" must have a Type of {}", types.join(", ")));
        }
    }
}

fn clear(columns: &[&'static Field], decoded: &mut Decoded) {
    for field in columns {
        if *decoded.record.slot(&field.column) == Slot::Absent {
            decoded.record.set(&field.column, Slot::Cleared);
        }
    }
}

/// The id of a record as a value.
#[must_use]
pub fn id_value(id: i64) -> Slot {
    Slot::Is(Value::Int(id))
}

#[cfg(test)]
mod tests;
