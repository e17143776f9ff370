//! What the entry of a person is to be, and by which changes it becomes so: as few as there are.

use std::collections::{BTreeMap, BTreeSet};

use ldap3::SearchEntry;
use proto::registry::v1::PersonState;
use serde_json::{Value as Json, json};

use crate::{
    connector::ldap::{
        attribute::{self, Value},
        configuration::{Attribute, Configuration, Unconfigured},
        dn::{own, rdn},
        matching::{base_of, matched, same},
        op::{Change, How, Op, Values},
    },
    domain::{outcome::ConnectorError, subject::Kind},
};

/// An entry as it is to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) dn: String,
    /// What names it below its base.
    pub(super) rdn: String,
    naming: String,
    classes: Vec<String>,
    /// All attributes that are ours, with their values; none takes the attribute away.
    attributes: BTreeMap<String, Values>,
    /// Whether options of attributes are ours too.
    options: bool,
}

/// The time since which logging in is locked.
const LOCKED: &str = "pwdAccountLockedTime";
/// Until somebody takes it away.
const FOREVER: &str = "000001010000Z";

/// What a directory calls a person.
pub(super) fn dn(person: &PersonState, configuration: &Configuration) -> Option<String> {
    let value = attribute::identifier(person, &configuration.dn_identifier_type)?;
    Some(format!("{},{}", rdn(&configuration.dn_attribute_name, value), configuration.base_dn))
}

impl Entry {
    /// The entry of a person.
    pub(super) fn of(person: &PersonState, configuration: &Configuration) -> Result<Self, ConnectorError> {
        let kind = &configuration.dn_identifier_type;
        let value = attribute::identifier(person, kind).map(str::trim);
        let value = value.ok_or_else(|| ConnectorError::no_identifier(kind, Kind::Person.title()))?;
        let naming = &configuration.dn_attribute_name;
        let mut attributes = BTreeMap::new();
        if configuration.unconfigured_attributes == Unconfigured::Remove {
            attributes.extend(attribute::NAMES.map(|name| (name.to_owned(), BTreeSet::new())));
        }
        for exported in configuration.attributes.iter().filter(|attribute| attribute.export) {
            attributes.extend(described(attribute::values(person, exported, configuration), exported, configuration));
        }
        if configuration.lock_attribute {
            let locked = attribute::is_locked(person).then(|| FOREVER.to_owned());
            attributes.insert(LOCKED.to_owned(), locked.into_iter().collect());
        }
        let ours = attributes.keys().find(|name| name.eq_ignore_ascii_case(naming)).unwrap_or(naming).clone();
        let named = attributes.entry(ours).or_default();
        named.retain(|other| !same(naming, other, value));
        named.insert(value.to_owned());
        attribute::complete(&mut attributes, value);
        let rdn = rdn(naming, value);
        Ok(Self {
            dn: format!("{rdn},{}", configuration.base_dn),
            rdn,
            naming: naming.clone(),
            classes: configuration.person_object_classes.clone(),
            attributes,
            options: configuration.attribute_options,
        })
    }

    /// The attributes to be read before it is changed.
    pub(super) fn names(&self) -> Vec<&str> {
        self.attributes.keys().map(String::as_str).chain(["objectClass"]).collect()
    }

    /// What makes it.
    pub(super) fn whole(&self) -> Op {
        let classes = ("objectClass".to_owned(), self.classes.iter().cloned().collect());
        let filled = self.attributes.iter().filter(|(_, values)| !values.is_empty());
        let filled = filled.map(|(name, values)| (name.clone(), values.clone()));
        Op::Add { dn: self.dn.clone(), attributes: [classes].into_iter().chain(filled).collect() }
    }

    /// What an entry that was read is after it has got this name: the value that it was called by goes with the old one.
    pub(super) fn renamed(&self, found: &mut SearchEntry) {
        let (Some((naming, old)), Some((_, new))) = (own(&found.dn), own(&self.rdn)) else { return };
        for (_, values) in found.attrs.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case(naming)) {
            values.retain(|value| !same(naming, value, &old));
        }
        let held = found.attrs.keys().find(|name| name.eq_ignore_ascii_case(&self.naming)).cloned();
        found.attrs.entry(held.unwrap_or_else(|| self.naming.clone())).or_default().push(new);
        found.dn.clone_from(&self.dn);
    }

    /// What changes what is there. Attributes and object classes that are not ours stay.
    pub(super) fn changes(&self, found: &SearchEntry) -> Vec<Change> {
        let mut changes = Vec::new();
        let classes = held(found, "objectClass");
        let missing = self.classes.iter().filter(|class| !classes.iter().any(|held| held.eq_ignore_ascii_case(class)));
        let missing: Values = missing.cloned().collect();
        if !missing.is_empty() {
            changes.push(Change::new(How::Add, "objectClass", missing));
        }
        for (name, values) in &self.attributes {
            let held: Values = held(found, name).into_iter().collect();
            // Its case is that of the name.
            let values = match name.eq_ignore_ascii_case(&self.naming) {
                true => values.iter().map(|value| spelt(value, &held)).collect(),
                false => values.clone(),
            };
            if held != values || found.bin_attrs.keys().any(|held| held.eq_ignore_ascii_case(name)) {
                changes.push(Change::new(How::Replace, name, values));
            }
        }
        let stale = found.attrs.keys().filter(|name| self.is_stale(name));
        changes.extend(stale.map(|name| Change::new(How::Replace, name, Values::new())));
        changes
    }

    /// What an entry that was read is named by after these changes.
    pub(super) fn changed(&self, found: &mut SearchEntry, changes: &[Change]) {
        let is_naming = |name: &str| name.eq_ignore_ascii_case(&self.naming);
        if let Some(change) = changes.iter().find(|change| is_naming(&change.attribute)) {
            found.attrs.retain(|name, _| !is_naming(name));
            found.attrs.insert(self.naming.clone(), change.values.iter().cloned().collect());
        }
    }

    /// Whether an attribute of an entry is of a language or role that the person does not have.
    fn is_stale(&self, name: &str) -> bool {
        let option = name.split_once(';').map(|(_, option)| option.to_lowercase());
        self.options
            && option.is_some_and(|option| option.starts_with("lang-") || option.starts_with("role-"))
            && self.attributes.keys().any(|ours| ours.eq_ignore_ascii_case(base_of(name)))
            && !self.attributes.keys().any(|ours| ours.eq_ignore_ascii_case(name))
    }

    /// What it is to be, for people and digests.
    pub(super) fn shown(&self) -> Json {
        json!({ "dn": self.dn, "objectClass": self.classes, "attributes": self.attributes })
    }
}

/// The values of an attribute by its description: its name, and where they are told apart its option.
fn described(values: Vec<Value>, exported: &Attribute, configuration: &Configuration) -> BTreeMap<String, Values> {
    let mut described = BTreeMap::from([(exported.attribute.clone(), Vec::new())]);
    for Value { option, value } in values {
        let option = option.filter(|_| configuration.attribute_options).unwrap_or_default();
        described.entry(format!("{}{option}", exported.attribute)).or_default().push(value);
    }
    let folded = |(name, values): (String, _)| {
        let folded = folded(&name, values);
        (name, folded)
    };
    described.into_iter().map(folded).collect()
}

/// The values of an attribute that was read.
pub(super) fn held(found: &SearchEntry, name: &str) -> Vec<String> {
    let of_name = found.attrs.iter().filter(|(held, _)| held.eq_ignore_ascii_case(name));
    of_name.flat_map(|(_, values)| values.iter().cloned()).collect()
}

/// A value as it is held already, if they differ in case alone.
fn spelt(value: &str, held: &Values) -> String {
    let same = |held: &&String| held.to_lowercase() == value.to_lowercase();
    held.iter().find(same).cloned().unwrap_or_else(|| value.to_owned())
}

/// Values as a directory can hold them: on one line, each once as it compares them, none empty.
pub(super) fn folded(attribute: &str, values: Vec<String>) -> Values {
    let mut seen = BTreeSet::new();
    let line = |value: String| value.replace("\r\n", "$").replace(['\r', '\n'], "$").trim().to_owned();
    let lines = values.into_iter().map(line).filter(|value| !value.is_empty());
    lines.filter(|value| seen.insert(matched(attribute, value))).collect()
}
