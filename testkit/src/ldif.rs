//! Entries as LDIF tells them (RFC 2849), each value on one line.

use base64::{Engine, engine::general_purpose::STANDARD};

/// An entry: its name, and its attributes with their values, in an order that is always the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub dn: String,
    attributes: Vec<(String, String)>,
}

impl Entry {
    /// The values of an attribute, whatever its options.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let of_name = |held: &&(String, String)| held.0.split(';').next() == Some(name);
        self.attributes.iter().filter(of_name).map(|(_, value)| value.as_str())
    }

    /// The first of them.
    #[must_use]
    pub fn first<'a>(&'a self, name: &'a str) -> &'a str {
        self.values(name).next().unwrap_or_default()
    }

    /// What it is called below that: the value in its name.
    #[must_use]
    pub fn called(&self) -> &str {
        let own = self.dn.split(',').next().unwrap_or_default();
        own.split_once('=').map_or(own, |(_, value)| value)
    }

    /// Whether it stands right below another one.
    #[must_use]
    pub fn is_below(&self, dn: &str) -> bool {
        self.dn.split_once(',').is_some_and(|(_, above)| above == dn)
    }
}

/// Reads entries.
#[must_use]
pub fn read(ldif: &str) -> Vec<Entry> {
    ldif.split("\n\n").filter_map(entry).collect()
}

fn entry(record: &str) -> Option<Entry> {
    let mut attributes: Vec<(String, String)> = record.lines().filter_map(attribute).collect();
    let at = attributes.iter().position(|(name, _)| name == "dn")?;
    let (_, dn) = attributes.remove(at);
    attributes.sort();
    Some(Entry { dn, attributes })
}

fn attribute(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let value = match value.strip_prefix(':') {
        Some(encoded) => String::from_utf8_lossy(&STANDARD.decode(encoded.trim()).ok()?).into_owned(),
        None => value.strip_prefix(' ').unwrap_or(value).to_owned(),
    };
    Some((name.to_owned(), value))
}
