//! Secrets at depth 3, and what holds for any JSON.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::connector::description::{Description, Key, Kind, MASK, When};

const LOCKED: When = When { key: "Locked", is: &["true"] };
const LOGIN: &[Key] = &[
    Key::text("Name", "who logs in").required(),
    Key::new("Locked", Kind::Boolean, "whether it needs a password"),
    Key::text("Password", "its password").secret(&["Url", "Zone"]).used_when(LOCKED),
];
const SERVER: &[Key] = &[
    Key::text("Name", "what it is called").required(),
    Key::address("Url", &["https"], "where it is"),
    Key::new("Logins", Kind::Objects { keys: LOGIN, named_by: Some("Name") }, "who may log in"),
];
static DEEP: Description = Description {
    plugin: "DeepProvisioner",
    keys: &[
        Key::text("Zone", "where all of them are"),
        Key::new("Tags", Kind::Texts, "what they have in common"),
        Key::text("Token", "the token of all").secret(&[]),
        Key::new("Servers", Kind::Objects { keys: SERVER, named_by: Some("Name") }, "the servers"),
    ],
};

fn object(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

fn login(name: &str, password: &str) -> Json {
    json!({"Name": name, "Locked": true, "Password": password})
}

fn stored() -> Map<String, Json> {
    object(json!({"Zone": "z", "Token": "t0ken", "Servers": [
        {"Name": "a", "Url": "https://a.org/x", "Logins": [login("u", "s3cret-au"), login("v", "s3cret-av")]},
        {"Name": "b", "Url": "https://b.org", "Logins": [login("u", "s3cret-bu")]}]}))
}

fn shown() -> Map<String, Json> {
    let mut shown = stored();
    DEEP.mask(&mut shown);
    shown
}

fn edited(change: impl FnOnce(&mut Json)) -> (Json, Vec<String>) {
    let mut sent = Json::Object(shown());
    change(&mut sent);
    let (accepted, wrong) = DEEP.accept(&object(sent), Some(&stored()));
    (Json::Object(accepted), wrong.into_iter().map(|wrong| wrong.sentence).collect())
}

#[test]
fn secrets_are_hidden_at_any_depth_and_so_is_what_is_not_described() {
    assert_eq!(super::sound::flaws(&DEEP), Vec::<String>::new());
    let text = Json::Object(shown()).to_string();
    assert!(!text.contains("s3cret") && !text.contains("t0ken") && text.contains("https://a.org/x"), "{text}");
    let mut odd = object(json!({"Zone": {"p": "s3cret"}, "Tags": [["s3cret"]], "Servers": "s3cret", "Old": "s3cret"}));
    DEEP.mask(&mut odd);
    assert_eq!(Json::Object(odd), json!({"Zone": MASK, "Tags": MASK, "Servers": MASK, "Old": MASK}));
    let mut odd = object(json!({"Servers": [{"Name": "a", "Old": "s3cret", "Logins": [7]}]}));
    DEEP.mask(&mut odd);
    assert_eq!(Json::Object(odd), json!({"Servers": [{"Name": "a", "Old": MASK, "Logins": MASK}]}));
}

#[test]
fn a_mask_keeps_the_secret_of_its_own_object_wherever_it_stands() {
    let (same, wrong) = edited(|_| {});
    assert_eq!((same, wrong), (Json::Object(stored()), Vec::new()));
    let (turned, wrong) = edited(|sent| {
        sent["Servers"].as_array_mut().unwrap().reverse();
        sent["Servers"][1]["Logins"].as_array_mut().unwrap().remove(0);
    });
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(turned["Servers"][0]["Logins"], json!([login("u", "s3cret-bu")]));
    assert_eq!(turned["Servers"][1]["Logins"], json!([login("v", "s3cret-av")]));
}

#[test]
fn a_mask_keeps_nothing_for_another_object_or_another_place() {
    let (_, wrong) = edited(|sent| sent["Servers"][1]["Logins"][0]["Name"] = json!("w"));
    assert_eq!(wrong, ["\"Servers[1].Logins[0].Password\" has no stored value that ******** could keep."]);
    let again = |path: &str, place: &str| format!("\"{path}.Password\" must be sent again when {place} changes.");
    for elsewhere in ["https://evil.org/x", "https://a.org/y"] {
        let (_, wrong) = edited(|sent| sent["Servers"][0]["Url"] = json!(elsewhere));
        assert_eq!(wrong, [again("Servers[0].Logins[0]", "Url"), again("Servers[0].Logins[1]", "Url")]);
    }
    let (_, wrong) = edited(|sent| sent["Servers"][0]["Url"] = json!("https://A.org:443/x/"));
    assert_eq!(wrong, Vec::<String>::new(), "it is the same place");
    let (_, wrong) = edited(|sent| sent["Zone"] = json!("y"));
    assert_eq!(wrong.len(), 3, "a key around it binds it too: {wrong:?}");
    let (_, wrong) = edited(|sent| sent["Servers"][1]["Name"] = json!("a"));
    assert!(wrong.contains(&"\"Servers[1].Name\" must not be that of another object of the list.".to_owned()));
}

#[test]
fn a_secret_that_means_nothing_is_not_kept() {
    let (accepted, wrong) = edited(|sent| sent["Servers"][0]["Logins"][0]["Locked"] = json!("0"));
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(accepted["Servers"][0]["Logins"][0], json!({"Name": "u", "Locked": false}));
    let (accepted, _) = edited(|sent| sent["Servers"][0]["Logins"][0] = json!({"Name": "u", "Password": "new"}));
    assert_eq!(accepted["Servers"][0]["Logins"][0], json!({"Name": "u"}));
}

/// Any JSON, in which described keys are not rare.
fn anything() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,6}".prop_map(Json::from),
        prop::sample::select(vec![MASK, "", "a", "b", "true", "https://a.org", "https://"]).prop_map(Json::from),
    ];
    let keys = vec!["Zone", "Tags", "Tag", "Token", "Servers", "Server", "Name", "Url", "Logins", "Locked", "Password"];
    leaf.prop_recursive(6, 64, 4, move |inner| {
        let key = prop_oneof![4 => prop::sample::select(keys.clone()).prop_map(str::to_owned), 1 => ".{0,4}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map(key, inner, 0..4).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

fn anything_in_an_object() -> impl Strategy<Value = Map<String, Json>> {
    anything().prop_map(|json| match json {
        Json::Object(object) => object,
        other => Map::from_iter([("Servers".to_owned(), other)]),
    })
}

/// Configurations that are right.
fn right() -> impl Strategy<Value = Map<String, Json>> {
    let login = (any::<Option<bool>>(), "[ -~]{1,9}").prop_map(|(locked, password)| (locked, password));
    let logins = prop::collection::btree_map("[a-z]{1,3}", login, 0..3).prop_map(|logins| {
        let login = |(name, (locked, password))| json!({"Name": name, "Locked": locked, "Password": password});
        logins.into_iter().map(login).collect::<Json>()
    });
    let url = prop::option::of("https://[a-z]{1,4}(:[1-9][0-9]{0,3})?/[a-z]{0,3}");
    let servers = prop::collection::btree_map("[a-z]{1,3}", (url, logins), 0..3).prop_map(|servers| {
        let server = |(name, (url, logins))| json!({"Name": name, "Url": url, "Logins": logins});
        servers.into_iter().map(server).collect::<Json>()
    });
    ("[a-z ]{0,3}", prop::option::of("[ -~]{0,9}"), servers)
        .prop_map(|(zone, token, servers)| object(json!({"Zone": zone, "Token": token, "Servers": servers})))
}

proptest! {
    #[test]
    fn any_json_is_accepted_or_refused_and_never_panics(sent in anything_in_an_object(), stored in anything_in_an_object()) {
        let (accepted, wrong) = DEEP.accept(&sent, Some(&stored));
        let named = wrong.iter().all(|wrong| wrong.sentence.starts_with(&format!("\"{}\" ", wrong.key)));
        prop_assert!(named, "{:?}", wrong);
        let mut shown = stored;
        DEEP.mask(&mut shown);
        if wrong.is_empty() {
            prop_assert_eq!(DEEP.accept(&accepted, None), (accepted, Vec::new()));
        }
    }

    #[test]
    fn writing_back_what_was_shown_changes_nothing(sent in right()) {
        let (stored, wrong) = DEEP.accept(&sent, None);
        prop_assert_eq!(wrong, Vec::new());
        let mut shown = stored.clone();
        DEEP.mask(&mut shown);
        prop_assert_eq!(DEEP.accept(&shown, Some(&stored)), (stored, Vec::new()));
    }
}
