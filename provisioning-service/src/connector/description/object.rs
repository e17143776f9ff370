//! Accepting a configuration that was sent, or an object in a list within: keys that are wrong, unknown or missing, and which
//! stored secrets a mask keeps and which must be sent again.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use crate::connector::description::{
    Key, Kind, MASK, Required, Wrong,
    scope::{Around, Scope},
    value::{self, Read},
    words,
};

/// What was found of one object.
#[derive(Default)]
struct Found {
    now: Map<String, Json>,
    /// With the place of its key among the keys.
    wrong: Vec<(usize, Wrong)>,
    masked: Vec<(usize, &'static Key)>,
}

/// Works out what is to be stored of an object, and finds what is wrong: unknown keys first, then in the order of keys.
pub(super) fn accept(
    owner: &str,
    keys: &'static [Key],
    sent: &Map<String, Json>,
    around: &Around<'_>,
) -> (Map<String, Json>, Vec<Wrong>) {
    let mut found = plain(keys, sent, &around.path);
    keep(keys, &mut found, around);
    nested(keys, sent, &mut found, around);
    require(keys, &mut found, around);
    found.wrong.sort_by_key(|(at, _)| *at);
    let unknown = sent.keys().filter(|name| keys.iter().all(|key| key.name != **name));
    let unknown = unknown.map(|name| Wrong::new(format!("{}{name}", around.path), &words::unknown(owner, keys)));
    let wrong = unknown.chain(found.wrong.into_iter().map(|(_, wrong)| wrong)).collect();
    (found.now, wrong)
}

/// Reads the values that hold no objects.
fn plain(keys: &'static [Key], sent: &Map<String, Json>, path: &str) -> Found {
    let mut found = Found::default();
    for (at, key) in keys.iter().enumerate().filter(|(_, key)| !matches!(key.kind, Kind::Objects { .. })) {
        match value::read(key, sent.get(key.name)) {
            Read::Absent => {}
            Read::Masked => found.masked.push((at, key)),
            Read::Is(value) => _ = found.now.insert(key.name.to_owned(), value),
            Read::Wrong(sentence) => found.wrong.push((at, Wrong::new(format!("{path}{}", key.name), &sentence))),
        }
    }
    found
}

/// Keeps the stored values of secrets that were written back masked, and none that mean nothing.
fn keep(keys: &'static [Key], found: &mut Found, around: &Around<'_>) {
    let mut kept = Vec::new();
    let scope = Scope { keys, now: &found.now, around };
    for (at, key) in std::mem::take(&mut found.masked) {
        let mut refuse = |sentence: String| {
            found.wrong.push((at, Wrong::new(format!("{}{}", around.path, key.name), &sentence)));
        };
        match (around.before.and_then(|before| before.get(key.name)), scope.moved(key.bound_to)) {
            (None, _) => refuse(format!("has no stored value that {MASK} could keep.")),
            (Some(_), _) if key.used.is_some_and(|when| !scope.holds(&when)) => {}
            (Some(_), Some(place)) => refuse(format!("must be sent again when {place} changes.")),
            (Some(value), None) => kept.push((key.name, value.clone())),
        }
    }
    let useless = |key: &&Key| key.secret && key.used.is_some_and(|when| !scope.holds(&when));
    let useless: Vec<&str> = keys.iter().filter(useless).map(|key| key.name).collect();
    found.now.retain(|name, _| !useless.contains(&name.as_str()));
    found.now.extend(kept.into_iter().map(|(name, value)| (name.to_owned(), value)));
}

/// Accepts the lists of objects.
fn nested(keys: &'static [Key], sent: &Map<String, Json>, found: &mut Found, around: &Around<'_>) {
    let mut lists = Map::new();
    for (at, key) in keys.iter().enumerate() {
        let (Kind::Objects { keys: inner, named_by }, Some(sent)) = (&key.kind, sent.get(key.name)) else { continue };
        let list = List { key, keys: inner, named_by: *named_by, path: format!("{}{}", around.path, key.name) };
        let mut wrong = Vec::new();
        let outer = Scope { keys, now: &found.now, around };
        if let Some(items) = list.accept(sent, &outer, &mut wrong).filter(|items| !items.is_empty()) {
            lists.insert(key.name.to_owned(), Json::Array(items));
        }
        found.wrong.extend(wrong.into_iter().map(|wrong| (at, wrong)));
    }
    found.now.extend(lists);
}

/// Finds the keys that must be there and are not, and of which nothing else was said.
fn require(keys: &'static [Key], found: &mut Found, around: &Around<'_>) {
    let scope = Scope { keys, now: &found.now, around };
    for (at, key) in keys.iter().enumerate() {
        let required = match &key.required {
            Required::No => false,
            Required::Always => true,
            Required::When(when) => scope.holds(when),
        };
        let said = found.now.contains_key(key.name) || found.wrong.iter().any(|(wrong, _)| *wrong == at);
        if required && !said {
            found.wrong.push((at, Wrong::new(format!("{}{}", around.path, key.name), &words::missing(key))));
        }
    }
}

/// A list of objects.
struct List {
    key: &'static Key,
    keys: &'static [Key],
    named_by: Option<&'static str>,
    path: String,
}

impl List {
    fn accept(&self, sent: &Json, outer: &Scope<'_>, wrong: &mut Vec<Wrong>) -> Option<Vec<Json>> {
        let sent = match value::items(self.key.name, sent.clone()) {
            Json::Null => return None,
            Json::String(text) if text.trim().is_empty() => return None,
            Json::Array(items) => items,
            _ => {
                wrong.push(Wrong::new(self.path.as_str(), &words::must(self.key)));
                return None;
            }
        };
        let mut names = BTreeSet::new();
        let mut accepted = Vec::with_capacity(sent.len());
        for (at, item) in sent.iter().enumerate() {
            let path = format!("{}[{at}]", self.path);
            let Json::Object(item) = item else {
                wrong.push(Wrong::new(path, "must be an object."));
                continue;
            };
            let around = Around { before: self.before(item, outer), outer: Some(outer), path: format!("{path}.") };
            let (item, found) = accept(self.key.name, self.keys, item, &around);
            wrong.extend(found);
            if let Some((key, name)) = self.named_by.and_then(|key| Some((key, item.get(key)?.to_string())))
                && !names.insert(name)
            {
                wrong.push(Wrong::new(format!("{path}.{key}"), "must not be that of another object of the list."));
            }
            accepted.push(Json::Object(item));
        }
        Some(accepted)
    }

    /// What was stored of the object of the same name.
    fn before<'a>(&self, sent: &Map<String, Json>, outer: &Scope<'a>) -> Option<&'a Map<String, Json>> {
        let key = self.named_by?;
        let name = sent.get(key)?.as_str()?.trim();
        let stored = outer.around.before?.get(self.key.name)?.as_array()?;
        let named = |item: &&Map<String, Json>| item.get(key).and_then(Json::as_str) == Some(name);
        stored.iter().filter_map(Json::as_object).find(named)
    }
}
