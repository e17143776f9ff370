//! What every description must keep, so that what follows from it is right; tried on each connector that there is.

use std::collections::BTreeSet;

use crate::connector::{
    description::{Default, Description, Key, Kind, Required, kinds, value},
    dialer::Dialer,
    registry::Connectors,
};

/// What is wrong with a description.
pub(super) fn flaws(description: &Description) -> Vec<String> {
    let mut flaws = Vec::new();
    of(description.keys, &mut Vec::new(), &mut flaws);
    flaws
}

fn of(keys: &'static [Key], outer: &mut Vec<&'static str>, flaws: &mut Vec<String>) {
    let around = outer.len();
    outer.extend(keys.iter().map(|key| key.name));
    let names: BTreeSet<&str> = keys.iter().map(|key| key.name).collect();
    if names.len() != keys.len() {
        flaws.push(format!("two keys have one name: {:?}", &outer[around..]));
    }
    for key in keys {
        let mut flaw = |broken: bool, what: &str| {
            if broken {
                flaws.push(format!("{}: {what}", key.name));
            }
        };
        let required = match key.required {
            Required::When(when) => Some(when),
            Required::No | Required::Always => None,
        };
        let named = required.iter().chain(&key.used).map(|when| when.key).chain(key.bound_to.iter().copied());
        let named: Vec<&str> = named.collect();
        flaw(named.iter().any(|name| !outer.contains(name)), "names a key that it cannot see");
        flaw(key.help.is_empty() || key.help.ends_with('.'), "has no help, or a whole sentence");
        flaw(key.default.is_some() && key.required == Required::Always, "is required and has a default");
        flaw(key.secret && key.default.is_some(), "is a secret that everybody knows");
        flaw(key.secret && !matches!(key.kind, Kind::Text | Kind::Pem(_)), "is a secret and no text");
        flaw(!key.secret && !key.bound_to.is_empty(), "is bound and no secret");
        flaw(key.rule.is_some() && !matches!(key.kind, Kind::Text | Kind::Address { .. }), "has a rule and is no text");
        flaw(key.default.is_some_and(|default| !fits(key, &default)), "has a default that it would refuse");
        if let Kind::Objects { keys, named_by } = key.kind {
            let name = named_by.map(|name| keys.iter().any(|key| key.name == name && key.required == Required::Always));
            flaw(name == Some(false), "is named by a key that may be absent");
            flaw(name.is_none() && holds_secrets(keys), "holds secrets that cannot be found again");
            of(keys, outer, flaws);
        }
    }
    outer.truncate(around);
}

fn fits(key: &Key, default: &Default) -> bool {
    match (&key.kind, default) {
        (Kind::Objects { .. }, default) => matches!(default, Default::Objects(_)),
        _ => matches!(value::read(key, Some(&default.json())), value::Read::Is(read) if read == default.json()),
    }
}

fn holds_secrets(keys: &[Key]) -> bool {
    keys.iter().any(|key| match key.kind {
        Kind::Objects { keys, .. } => holds_secrets(keys),
        _ => key.secret,
    })
}

#[test]
fn every_connector_is_soundly_described() {
    let connectors = Connectors::new(std::path::Path::new("/nowhere"), &Dialer::default()).unwrap();
    for plugin in connectors.names() {
        let description = connectors.get(plugin).unwrap().configuration();
        assert_eq!(description.plugin, plugin);
        assert_eq!(flaws(description), Vec::<String>::new(), "{plugin}");
    }
}

#[test]
fn a_list_that_holds_secrets_and_no_name_is_found() {
    const ITEM: &[Key] = &[Key::text("Password", "its password").secret(&["Nowhere"])];
    const LIST: Kind = Kind::Objects { keys: ITEM, named_by: None };
    static FLAWED: Description = Description { plugin: "Flawed", keys: &[Key::new("List", LIST, "a list")] };
    let expected = ["List: holds secrets that cannot be found again", "Password: names a key that it cannot see"];
    assert_eq!(flaws(&FLAWED), expected);
}

/// The table of keys, as docs/api.md has it.
fn table(connectors: &Connectors) -> String {
    let mut table = "| plugin | key of `Configuration` | is |\n|---|---|---|\n".to_owned();
    for plugin in connectors.names() {
        let mut first = format!("`{plugin}`");
        connectors.get(plugin).unwrap().configuration().walk(&mut |path, key| {
            let name = match key.required {
                Required::Always => format!("**`{path}`**"),
                Required::No | Required::When(_) => format!("`{path}`"),
            };
            let mut is = key.help.to_owned();
            if !kinds(key).is_empty() {
                is = format!("{is}: {}", kinds(key));
            }
            if let Some(default) = &key.default {
                is = format!("{is}; `{}` if absent", default.json().to_string().trim_matches('"'));
            }
            if let Required::When(when) = key.required {
                is = format!("{is}; required with `{}` {}", when.key, when.is.join(", "));
            }
            is.push_str(if key.secret { " (secret)" } else { "" });
            table.push_str(&format!("| {} | {name} | {is} |\n", std::mem::take(&mut first)).replace("|  |", "| |"));
        });
    }
    table
}

#[test]
fn the_documents_name_exactly_the_keys_that_there_are() {
    let connectors = Connectors::new(std::path::Path::new("/nowhere"), &Dialer::default()).unwrap();
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md")).unwrap();
    let section = docs.split("### Plugins\n\n").nth(1).unwrap();
    let found: String = section.lines().take_while(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
    assert_eq!(found, table(&connectors), "docs/api.md, Plugins, should be:\n{}", table(&connectors));
}
