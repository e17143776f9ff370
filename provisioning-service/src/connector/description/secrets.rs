//! Which values of a configuration are secrets, found at any depth with their paths.

use serde_json::{Map, Value as Json};

use crate::connector::description::{Key, Kind};

/// Visits the secrets of an object, at any depth, with their paths; also what is not as described.
pub(super) fn each(keys: &[Key], object: &mut Map<String, Json>, around: &str, visit: &mut dyn FnMut(&str, &mut Json)) {
    for (name, value) in object {
        let path = format!("{around}{name}");
        match (keys.iter().find(|key| key.name == name), &mut *value) {
            (Some(Key { secret: false, kind: Kind::Objects { keys, .. }, .. }), Json::Array(items)) => {
                for (at, item) in items.iter_mut().enumerate() {
                    match item {
                        Json::Object(item) => each(keys, item, &format!("{path}[{at}]."), visit),
                        other => visit(&format!("{path}[{at}]"), other),
                    }
                }
            }
            (Some(key), _) if !key.secret => {}
            _ => visit(&path, value),
        }
    }
}
