//! Masks (`********`) in place of the secrets of a configuration on its way out, and of what its description does not know.

use serde_json::{Map, Value as Json};

use crate::connector::description::{Key, Kind, MASK};

/// Hides the secrets of an object, at any depth, and what is not as described.
pub(super) fn mask(keys: &[Key], object: &mut Map<String, Json>) {
    for (name, value) in object {
        let shown = keys.iter().find(|key| key.name == name).is_some_and(|key| show(key, value));
        if !shown {
            *value = Json::from(MASK);
        }
    }
}

/// Hides what is secret within a value; gives whether the rest may be seen.
fn show(key: &Key, value: &mut Json) -> bool {
    match (&key.kind, value) {
        _ if key.secret => false,
        (Kind::Objects { keys, .. }, Json::Array(items)) => items.iter_mut().all(|item| match item {
            Json::Object(item) => {
                mask(keys, item);
                true
            }
            _ => false,
        }),
        (Kind::Objects { .. }, _) | (_, Json::Object(_)) => false,
        (kind, Json::Array(items)) => matches!(kind, Kind::Texts) && items.iter().all(Json::is_string),
        (_, Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => true,
    }
}
