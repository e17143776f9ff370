//! A change of a directory: what is sent, and the same as text (RFC 2849).
//!
//! Guarantee: a plan shows what would be sent. Mechanism: both are made of one [`Op`].

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write as _,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ldap3::Mod;

/// Values of an attribute.
pub(super) type Values = BTreeSet<String>;

/// A change of one entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Op {
    Add { dn: String, attributes: Vec<(String, Values)> },
    Modify { dn: String, changes: Vec<Change> },
    Rename { dn: String, rdn: String, base: String },
    Delete { dn: String },
}

/// A change of one attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) how: How,
    pub(super) attribute: String,
    pub(super) values: Values,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Add,
    Delete,
    /// Without values it takes the attribute away.
    Replace,
}

impl Change {
    pub(super) fn new(how: How, attribute: &str, values: Values) -> Self {
        Self { how, attribute: attribute.to_owned(), values }
    }

    /// Of one value.
    pub(super) fn one(how: How, attribute: &str, value: &str) -> Self {
        Self::new(how, attribute, BTreeSet::from([value.to_owned()]))
    }

    /// As it is sent.
    pub(super) fn sent(self) -> Mod<String> {
        let values = self.values.into_iter().collect();
        match self.how {
            How::Add => Mod::Add(self.attribute, values),
            How::Delete => Mod::Delete(self.attribute, values),
            How::Replace => Mod::Replace(self.attribute, values),
        }
    }
}

impl Op {
    /// Of one entry.
    pub(super) fn modify(dn: &str, changes: Vec<Change>) -> Self {
        Self::Modify { dn: dn.to_owned(), changes }
    }

    /// What is to be done, for sentences.
    pub(super) const fn what(&self) -> &'static str {
        match self {
            Self::Add { .. } => "take the entry",
            Self::Modify { .. } => "take the change of the entry",
            Self::Rename { .. } => "rename the entry",
            Self::Delete { .. } => "delete the entry",
        }
    }

    /// The change record, its lines not folded.
    pub(super) fn ldif(&self) -> String {
        let mut text = String::new();
        match self {
            Self::Add { dn, attributes } => {
                begin(&mut text, dn, "add");
                for (attribute, value) in
                    attributes.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)))
                {
                    line(&mut text, attribute, value);
                }
            }
            Self::Modify { dn, changes } => {
                begin(&mut text, dn, "modify");
                for Change { how, attribute, values } in changes {
                    line(&mut text, how.name(), attribute);
                    values.iter().for_each(|value| line(&mut text, attribute, value));
                    text.push_str("-\n");
                }
            }
            Self::Rename { dn, rdn, base } => {
                begin(&mut text, dn, "modrdn");
                line(&mut text, "newrdn", rdn);
                line(&mut text, "deleteoldrdn", "1");
                line(&mut text, "newsuperior", base);
            }
            Self::Delete { dn } => begin(&mut text, dn, "delete"),
        }
        text
    }
}

impl How {
    const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Delete => "delete",
            Self::Replace => "replace",
        }
    }
}

/// Attributes as they are sent.
pub(super) fn sent(attributes: Vec<(String, Values)>) -> Vec<(String, HashSet<String>)> {
    attributes.into_iter().map(|(name, values)| (name, values.into_iter().collect())).collect()
}

fn begin(text: &mut String, dn: &str, change: &str) {
    line(text, "dn", dn);
    line(text, "changetype", change);
}

fn line(text: &mut String, name: &str, value: &str) {
    // Writing into a text does not fail.
    let _written = match is_safe(value) {
        true if value.is_empty() => writeln!(text, "{name}:"),
        true => writeln!(text, "{name}: {value}"),
        false => writeln!(text, "{name}:: {}", BASE64_STANDARD.encode(value)),
    };
}

/// Whether a value is a SAFE-STRING of RFC 2849, and does not end with a space.
fn is_safe(value: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii() && !matches!(byte, 0 | b'\r' | b'\n');
    value.bytes().all(safe) && !value.starts_with([' ', ':', '<']) && !value.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_a_record() {
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Values>();
        let dn = "uid=mira,dc=x";
        let attributes = vec![("cn".to_owned(), values(&["Mira", "ä", " x", ":", "<", "x ", "a\nb", "#"]))];
        let add = Op::Add { dn: "uid=ä,dc=x".to_owned(), attributes };
        let expected = "dn:: dWlkPcOkLGRjPXg=\nchangetype: add\ncn:: IHg=\ncn: #\ncn:: Og==\ncn:: PA==\ncn: Mira\n\
                        cn:: YQpi\ncn:: eCA=\ncn:: w6Q=\n";
        assert_eq!(add.ldif(), expected);
        let changes = vec![
            Change::new(How::Replace, "mail", values(&["a@x", "b@x"])),
            Change::new(How::Replace, "o", Values::new()),
            Change::one(How::Add, "member", "uid=a,dc=x"),
        ];
        let expected = "dn: uid=mira,dc=x\nchangetype: modify\nreplace: mail\nmail: a@x\nmail: b@x\n-\nreplace: o\n-\n\
                        add: member\nmember: uid=a,dc=x\n-\n";
        assert_eq!(Op::modify(dn, changes).ldif(), expected);
        let rename = Op::Rename { dn: dn.to_owned(), rdn: "uid=m".to_owned(), base: "dc=x".to_owned() };
        let expected = "dn: uid=mira,dc=x\nchangetype: modrdn\nnewrdn: uid=m\ndeleteoldrdn: 1\nnewsuperior: dc=x\n";
        assert_eq!(rename.ldif(), expected);
        assert_eq!(Op::Delete { dn: dn.to_owned() }.ldif(), "dn: uid=mira,dc=x\nchangetype: delete\n");
    }
}
