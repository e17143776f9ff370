//! The keys of `LdapProvisioner`.

use serde::Deserialize;

use crate::{
    connector::{
        description::{Default, Description, Key, Kind, Pem},
        ldap::attribute,
    },
    domain::{outcome::ConnectorError, target::Target},
};

/// Whom the password is shown to.
const SERVER: &[&str] = &["ServerUrl", "StartTls", "CaCertificates"];

/// The keys.
pub(super) static DESCRIPTION: Description = Description {
    plugin: "LdapProvisioner",
    keys: &[
        Key::address("ServerUrl", &["ldap", "ldaps"], "the address of the directory").required(),
        Key::new("StartTls", Kind::Boolean, "whether TLS begins on a plain connection").or(Default::Boolean(false)),
        Key::new(
            "CaCertificates",
            Kind::Pem(Pem::Certificates),
            "who may vouch for the directory, instead of those that this machine trusts",
        ),
        Key::text("BindDn", "the entry to log in as").required(),
        Key::text("Password", "its password").secret(SERVER).required(),
        Key::text("BaseDn", "the entry that people stand below").required().rule(is_dn, DN),
        Key::text("GroupBaseDn", "the entry that groups stand below; without it groups are not written")
            .rule(is_dn, DN),
        Key::text("DnAttributeName", "the attribute that names people").required().rule(is_name, NAME),
        Key::text("DnIdentifierType", "the type of identifier that is its value").required(),
        Key::new("PersonObjectClasses", Kind::Texts, "what the entry of a person is")
            .or(Default::Texts(&["inetOrgPerson"])),
        Key::choice(
            "GroupObjectClass",
            &["groupOfNames", "groupOfUniqueNames", "posixGroup"],
            "what the entry of a group is",
        )
        .or(Default::Text("groupOfNames")),
        Key::new("Attributes", Kind::Objects { keys: ATTRIBUTE, named_by: Some("Attribute") }, "what is written")
            .or(Default::Objects(BY_DEFAULT)),
        Key::text("ScopeSuffix", "what follows the @ of scoped attributes"),
        Key::new(
            "AttributeOptions",
            Kind::Boolean,
            "whether languages of names and roles are told apart, as `cn;lang-de` and `title;role-7`",
        )
        .or(Default::Boolean(false)),
        Key::new(
            "LockAttribute",
            Kind::Boolean,
            "whether `pwdAccountLockedTime` is set for who is suspended or expired, and taken away otherwise",
        )
        .or(Default::Boolean(false)),
        Key::choice(
            "UnconfiguredAttributes",
            &["Ignore", "Remove"],
            "what becomes of attributes that could be written and are not",
        )
        .or(Default::Text("Ignore")),
    ],
};

const ATTRIBUTE: &[Key] = &[
    Key::choice("Attribute", &attribute::NAMES, "its name in the directory").required(),
    Key::new("Export", Kind::Boolean, "whether it is written").or(Default::Boolean(true)),
    Key::text("Type", "the type of name, address, number or identifier that is taken"),
    Key::new(
        "UseOrgValue",
        Kind::Boolean,
        "whether the org identities' identifiers, `title`, `o`, `ou` and affiliation are taken",
    )
    .or(Default::Boolean(false)),
];

type Object = &'static [(&'static str, Default)];

const BY_DEFAULT: &[Object] = &[
    &[("Attribute", Default::Text("cn"))],
    &[("Attribute", Default::Text("sn"))],
    &[("Attribute", Default::Text("givenName"))],
    &[("Attribute", Default::Text("displayName"))],
    &[("Attribute", Default::Text("mail"))],
    &[("Attribute", Default::Text("uid"))],
    &[("Attribute", Default::Text("employeeNumber"))],
    &[("Attribute", Default::Text("title"))],
    &[("Attribute", Default::Text("o"))],
    &[("Attribute", Default::Text("ou"))],
    &[("Attribute", Default::Text("employeeType"))],
];

/// In bytes: what people and groups are called there ends with it, and is written down.
const LONGEST_DN: usize = 1_000;
const DN: &str = "must be a distinguished name, such as ou=people,dc=example,dc=org.";
const NAME: &str = "must be the name of an attribute: letters, digits and hyphens.";

/// Whether a text may be a distinguished name; the directory knows for sure.
fn is_dn(text: &str) -> bool {
    let is_named = text.split_once('=').is_some_and(|(name, _)| is_name(name.trim()));
    is_named && !text.ends_with(',') && text.len() <= LONGEST_DN && !text.chars().any(char::is_control)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
}

/// A configuration that can be worked with.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Configuration {
    pub(super) server_url: String,
    pub(super) start_tls: bool,
    pub(super) ca_certificates: Option<String>,
    pub(super) bind_dn: String,
    pub(super) password: String,
    pub(super) base_dn: String,
    pub(super) group_base_dn: Option<String>,
    pub(super) dn_attribute_name: String,
    pub(super) dn_identifier_type: String,
    pub(super) person_object_classes: Vec<String>,
    pub(super) group_object_class: String,
    pub(super) attributes: Vec<Attribute>,
    pub(super) scope_suffix: Option<String>,
    pub(super) attribute_options: bool,
    pub(super) lock_attribute: bool,
    pub(super) unconfigured_attributes: Unconfigured,
}

/// An attribute of a person's entry.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attribute {
    pub(super) attribute: String,
    pub(super) export: bool,
    pub(super) r#type: Option<String>,
    pub(super) use_org_value: bool,
}

/// What becomes of attributes that could be written and are not.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
pub(super) enum Unconfigured {
    Ignore,
    Remove,
}

impl Configuration {
    /// Reads the configuration of a target.
    pub(super) fn of(target: &Target) -> Result<Self, ConnectorError> {
        DESCRIPTION.read(&target.configuration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value as Json, json};

    fn with(change: &Json) -> Map<String, Json> {
        let mut good = json!({"ServerUrl": "ldap://example.org", "BindDn": "cn=me", "Password": "p",
            "BaseDn": "ou=people,dc=x", "DnAttributeName": "uid", "DnIdentifierType": "uid"});
        let object = good.as_object_mut().expect("an object");
        object.extend(change.as_object().cloned().expect("an object"));
        object.retain(|_, value| !value.is_null());
        object.clone()
    }

    #[test]
    fn each_rule_names_its_key() {
        for (change, keys) in [
            (json!({}), &[][..]),
            (json!({"ServerUrl": "http://example.org"}), &["ServerUrl"]),
            (json!({"BaseDn": "people", "GroupBaseDn": "ou=x,"}), &["BaseDn", "GroupBaseDn"]),
            (json!({"DnAttributeName": "u id", "DnIdentifierType": null}), &["DnAttributeName", "DnIdentifierType"]),
            (
                json!({"Attributes": [{"Attribute": "colour"}, {"Attribute": "cn", "Export": 3}]}),
                &["Attributes[0].Attribute", "Attributes[1].Export"],
            ),
            (
                json!({"GroupObjectClass": "group", "UnconfiguredAttributes": "keep"}),
                &["GroupObjectClass", "UnconfiguredAttributes"],
            ),
            (json!({"CaCertificates": "none"}), &["CaCertificates"]),
        ] {
            let (_, wrong) = DESCRIPTION.accept(&with(&change), None);
            let found: Vec<&str> = wrong.iter().map(|wrong| wrong.key.as_str()).collect();
            assert_eq!(found, keys, "{change}");
        }
    }

    #[test]
    fn the_required_keys_are_enough() {
        let read: Configuration = DESCRIPTION.read(&with(&json!({}))).expect("it is right");
        assert_eq!((read.attributes.len(), read.person_object_classes.len()), (11, 1));
        assert!(read.unconfigured_attributes == Unconfigured::Ignore && read.group_object_class == "groupOfNames");
    }
}
