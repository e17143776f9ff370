//! A person and its records, of which one client is the only writer.
//!
//! Each record is a field: whoever changes it puts the next number into it. When the end of a change is unknown, it may
//! still take effect later; so the field is left alone from then on.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{api::Wishes, payload::KEY_TYPE};
use crate::proof::journal::Wish;

/// A field of a subject: a record that is there or not.
#[derive(Debug, Default)]
pub(super) struct Field {
    /// The record's id, while there is one.
    pub(super) id: Option<i64>,
    /// The last number that was asked for.
    pub(super) number: u64,
    /// The end of a change is unknown.
    pub(super) left_alone: bool,
}

/// What a field is a record of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Key,
    Name,
    Mail,
    Identifier,
    Role,
}

impl Kind {
    /// The kind of a field, by its name.
    pub(super) fn of(field: &str) -> Self {
        match field.chars().next() {
            Some('k') => Self::Key,
            Some('n') => Self::Name,
            Some('m') => Self::Mail,
            Some('i') => Self::Identifier,
            _ => Self::Role,
        }
    }

    /// The path of its records.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Key | Self::Identifier => "identifiers",
            Self::Name => "names",
            Self::Mail => "email_addresses",
            Self::Role => "co_person_roles",
        }
    }

    /// What it is called in the tally.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Name => "name",
            Self::Mail => "mail",
            Self::Identifier => "identifier",
            Self::Role => "role",
        }
    }
}

/// The fields that come and go; `key`, `n0` and `r0` are there from the beginning.
pub(super) const FIELDS: [&str; 9] = ["key", "n0", "n1", "m0", "m1", "i0", "r0", "r1", "r2"];

/// A person.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) person: i64,
    pub(super) fields: BTreeMap<&'static str, Field>,
    /// Its role `r0` is active as long as there is the person, and so is the person: what groups it is in is always told.
    pub(super) steady: bool,
}

impl Subject {
    /// A person that was added just now.
    pub(super) fn new(name: String, person: i64, steady: bool) -> Self {
        Self { name, person, steady, fields: FIELDS.iter().map(|field| (*field, Field::default())).collect() }
    }

    /// Whether so much of it is left alone that another one serves better.
    pub(super) fn is_worn(&self) -> bool {
        self.fields.values().filter(|field| field.left_alone).count() >= 2
    }

    /// Whether it is active for good, and may be in groups.
    pub(super) fn is_steady(&self) -> bool {
        self.steady && self.fields.get("r0").is_some_and(|role| role.id.is_some())
    }

    /// Whether nobody knows what became of one of its roles.
    pub(super) fn has_unknown_roles(&self) -> bool {
        self.fields.iter().any(|(field, known)| known.left_alone && Kind::of(field) == Kind::Role)
    }

    /// The record of a field with a number; of a role also where, and in which state.
    pub(super) fn document(&self, field: &str, number: u64, role: &Value) -> Value {
        let (name, text) = (&self.name, format!("{field}.{number}"));
        let mut document = match Kind::of(field) {
            Kind::Key => json!({ "Identifier": format!("{name}-{number}"), "Type": KEY_TYPE, "Status": "Active" }),
            Kind::Identifier => {
                json!({ "Identifier": format!("{text}.{name}"), "Type": "enterprise", "Status": "Active" })
            }
            Kind::Name => {
                let kind = if field == "n0" { "official" } else { "alternate" };
                json!({ "Given": text, "Family": name, "Type": kind, "PrimaryName": field == "n0" })
            }
            Kind::Mail => json!({ "Mail": format!("{text}@{name}.example.org"), "Type": "official" }),
            Kind::Role => json!({ "Title": text, "Affiliation": "staff" }),
        };
        if let Some(document) = document.as_object_mut() {
            document.insert("Person".to_owned(), json!({ "Type": "CO", "Id": self.person }));
            document.extend(role.as_object().cloned().unwrap_or_default());
        }
        document
    }

    /// The wish that a field shows a number.
    pub(super) fn write(&self, field: &str, number: u64, shows: bool) -> Wishes {
        vec![(self.name.clone(), Wish::Write { field: field.to_owned(), number, shows })]
    }

    /// The wish that a field is gone.
    pub(super) fn remove(&self, field: &str, number: u64) -> Wishes {
        vec![(self.name.clone(), Wish::Remove { field: field.to_owned(), number })]
    }
}
