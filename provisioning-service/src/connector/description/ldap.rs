//! A description with every kind of key: that of a directory.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::connector::description::{Default, Description, Key, Kind, Pem, When};

const WITH_GROUPS: When = When { key: "GroupBaseDn", is: &[] };

static LDAP: Description = Description {
    plugin: "LdapProvisioner",
    keys: &[
        Key::address("ServerUrl", &["ldap", "ldaps"], "the address of the directory").required(),
        Key::new("StartTls", Kind::Boolean, "whether TLS begins on a plain connection").or(Default::Boolean(false)),
        Key::new("CaCertificates", Kind::Pem(Pem::Certificates), "whom to trust besides"),
        Key::new("PageSize", Kind::Integer { min: 1, max: 1000 }, "entries to read at once").or(Default::Integer(500)),
        Key::text("BindDn", "the entry to log in as").required(),
        Key::text("Password", "its password").secret(&["ServerUrl", "StartTls"]).required(),
        Key::text("GroupBaseDn", "the entry that groups stand below"),
        Key::choice("GroupObjectClass", &["groupOfNames", "groupOfUniqueNames"], "what a group is")
            .required_when(WITH_GROUPS)
            .used_when(WITH_GROUPS),
        Key::new("PersonObjectClasses", Kind::Texts, "what a person is").or(Default::Texts(&["inetOrgPerson"])),
        Key::new("Attributes", Kind::Objects { keys: ATTRIBUTE, named_by: None }, "what is exported")
            .or(Default::Objects(&[&[("Attribute", Default::Text("cn"))]])),
    ],
};

const ATTRIBUTE: &[Key] = &[
    Key::text("Attribute", "its name in the directory").required(),
    Key::new("Export", Kind::Boolean, "whether it is written").or(Default::Boolean(true)),
    Key::text("Type", "the type that is taken"),
];

const PEM: &str = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----";

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
struct Ldap {
    start_tls: bool,
    page_size: u32,
    ca_certificates: Option<String>,
    person_object_classes: Vec<String>,
    attributes: Vec<Attribute>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    attribute: String,
    export: bool,
    r#type: Option<String>,
}

fn with(change: Json) -> Map<String, Json> {
    let good = json!({"ServerUrl": "ldaps://example.org", "BindDn": "cn=me", "Password": " s3cret "});
    let mut good = good.as_object().cloned().unwrap();
    good.extend(change.as_object().cloned().unwrap());
    good
}

fn sentences(change: Json) -> Vec<String> {
    LDAP.accept(&with(change), None).1.into_iter().map(|wrong| wrong.sentence).collect()
}

#[test]
fn it_keeps_its_own_rules() {
    assert_eq!(super::sound::flaws(&LDAP), Vec::<String>::new());
}

#[test]
fn every_wrong_key_is_named_at_once_by_its_path() {
    let found =
        sentences(json!({"ServerUrl": "ldap://u:p@x", "StartTls": "maybe", "CaCertificates": "x", "PageSize": "0",
        "BindDn": null, "GroupBaseDn": "ou=groups", "PersonObjectClasses": ["a", " "], "Colour": "red",
        "Attributes": [{"Attribute": "cn", "Export": 7}, "sn", {"Type": 5, "Shape": "round"}]}));
    let expected = [
        "\"Colour\" is not a key of LdapProvisioner; its keys are ServerUrl, StartTls, CaCertificates, PageSize, BindDn, \
         Password, GroupBaseDn, GroupObjectClass, PersonObjectClasses, Attributes.",
        "\"ServerUrl\" must be an address that begins with ldap:// or ldaps://, without user, password, query or fragment.",
        "\"StartTls\" must be true or false.",
        "\"CaCertificates\" must be certificates in PEM, and nothing else.",
        "\"PageSize\" must be a whole number from 1 to 1000.",
        "\"BindDn\" must be provided: the entry to log in as.",
        "\"GroupObjectClass\" must be provided with GroupBaseDn.",
        "\"PersonObjectClasses\" must be a list of texts, none of them empty.",
        "\"Attributes[0].Export\" must be true or false.",
        "\"Attributes[1]\" must be an object.",
        "\"Attributes[2].Shape\" is not a key of Attributes; its keys are Attribute, Export, Type.",
        "\"Attributes[2].Attribute\" must be provided: its name in the directory.",
        "\"Attributes[2].Type\" must be a text.",
    ];
    assert_eq!(found, expected);
}

#[test]
fn texts_of_xml_become_what_their_keys_are() {
    let sent = with(json!({"StartTls": "1", "PageSize": " 007 ", "CaCertificates": PEM,
        "PersonObjectClasses": {"PersonObjectClass": "person"},
        "Attributes": {"Attribute": [{"Attribute": " cn ", "Export": "False"}, {"Attribute": "sn", "Type": ""}]}}));
    let (accepted, wrong) = LDAP.accept(&sent, None);
    assert_eq!(wrong, []);
    let expected =
        with(json!({"StartTls": true, "PageSize": 7, "CaCertificates": PEM, "PersonObjectClasses": ["person"],
        "Attributes": [{"Attribute": "cn", "Export": false}, {"Attribute": "sn"}]}));
    assert_eq!(accepted, expected, "blanks at the ends of a secret stay");
    assert_eq!(LDAP.accept(&accepted, None), (accepted.clone(), Vec::new()), "what was accepted is accepted again");
}

#[test]
fn the_connector_reads_a_struct_with_defaults_at_any_depth() {
    let cn = || Attribute { attribute: "cn".to_owned(), export: true, r#type: None };
    let read: Ldap = LDAP.read(&with(json!({}))).unwrap();
    let classes = vec!["inetOrgPerson".to_owned()];
    let expected = Ldap {
        start_tls: false,
        page_size: 500,
        ca_certificates: None,
        person_object_classes: classes,
        attributes: vec![cn()],
    };
    assert_eq!(read, expected);
    let sent = json!({"Attributes": [{"Attribute": "cn"}, {"Attribute": "mail", "Export": false, "Type": "official"}]});
    let read: Ldap = LDAP.read(&with(sent)).unwrap();
    let mail = Attribute { attribute: "mail".to_owned(), export: false, r#type: Some("official".to_owned()) };
    assert_eq!(read.attributes, [cn(), mail]);
    let refused = LDAP.read::<Ldap>(&with(json!({"StartTls": 7}))).unwrap_err();
    assert!(format!("{refused:?}").contains("StartTls") && !format!("{refused:?}").contains("s3cret"));
}

#[test]
fn the_password_stays_where_it_was_sent() {
    let stored = with(json!({"ServerUrl": "ldap://Example.org:389/a"}));
    let edit = |change: Json| {
        let mut shown = stored.clone();
        LDAP.mask(&mut shown);
        shown.extend(change.as_object().cloned().unwrap());
        LDAP.accept(&shown, Some(&stored))
    };
    let (kept, wrong) = edit(json!({"ServerUrl": "ldap://example.org:389/a/", "StartTls": false}));
    assert_eq!((kept.get("Password"), wrong), (Some(&json!(" s3cret ")), Vec::new()), "a default said is no change");
    for (change, place) in [
        (json!({"StartTls": true}), "StartTls"),
        (json!({"ServerUrl": "ldaps://example.org:389"}), "ServerUrl"),
        (json!({"ServerUrl": "ldap://example.com:389"}), "ServerUrl"),
        (json!({"ServerUrl": "ldap://example.org:390"}), "ServerUrl"),
        (json!({"ServerUrl": "ldap://example.org:389/b"}), "ServerUrl"),
    ] {
        let (kept, wrong) = edit(change);
        assert_eq!(kept.get("Password"), None);
        let said: Vec<String> = wrong.into_iter().map(|wrong| wrong.sentence).collect();
        assert_eq!(said, [format!("\"Password\" must be sent again when {place} changes.")]);
    }
}
