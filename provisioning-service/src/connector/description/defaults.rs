//! Default values of keys that a configuration leaves out, filled in for the connector.

use serde_json::{Map, Value as Json};

use crate::connector::description::{Default, Key, Kind};

impl Default {
    /// The value as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        match self {
            Self::Text(text) => Json::from(*text),
            Self::Integer(number) => Json::from(*number),
            Self::Boolean(truth) => Json::from(*truth),
            Self::Texts(texts) => Json::from(texts.to_vec()),
            Self::Objects(objects) => objects
                .iter()
                .map(|object| object.iter().map(|(key, value)| ((*key).to_owned(), value.json())).collect::<Json>())
                .collect(),
        }
    }
}

/// Fills in what is absent, at any depth.
pub(super) fn fill(keys: &[Key], object: &mut Map<String, Json>) {
    for key in keys {
        if let (Some(default), false) = (&key.default, object.contains_key(key.name)) {
            object.insert(key.name.to_owned(), default.json());
        }
        if let (Kind::Objects { keys, .. }, Some(Json::Array(items))) = (&key.kind, object.get_mut(key.name)) {
            items.iter_mut().filter_map(Json::as_object_mut).for_each(|item| fill(keys, item));
        }
    }
}
