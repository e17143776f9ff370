//! On which other keys of a configuration one depends: what stands around it, now and before.

use serde_json::{Map, Value as Json};

use crate::connector::description::{Key, When, value};

/// The place of an object: what was stored in its stead, and what it stands in.
pub(super) struct Around<'a> {
    pub(super) before: Option<&'a Map<String, Json>>,
    pub(super) outer: Option<&'a Scope<'a>>,
    /// What its keys' paths begin with.
    pub(super) path: String,
}

impl<'a> Around<'a> {
    /// The place of a whole configuration.
    pub(super) fn nothing(before: Option<&'a Map<String, Json>>) -> Self {
        Self { before, outer: None, path: String::new() }
    }
}

/// An object whose plain values are known.
pub(super) struct Scope<'a> {
    pub(super) keys: &'static [Key],
    pub(super) now: &'a Map<String, Json>,
    pub(super) around: &'a Around<'a>,
}

impl Scope<'_> {
    /// Whether a key has a value.
    pub(super) fn holds(&self, when: &When) -> bool {
        let Some((key, scope)) = self.find(when.key) else { return false };
        scope.value_of(key, Some(scope.now)).is_some_and(|value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            when.is.is_empty() || when.is.contains(&text.as_str())
        })
    }

    /// The first of some keys that says another place than before.
    pub(super) fn moved(&self, bound_to: &'static [&'static str]) -> Option<&'static str> {
        bound_to.iter().copied().find(|name| {
            self.find(name).is_none_or(|(key, scope)| {
                let now = scope.value_of(key, Some(scope.now));
                let before = scope.value_of(key, scope.around.before);
                !value::same_place(&key.kind, now.as_ref(), before.as_ref())
            })
        })
    }

    /// A key by its name, from here outwards, and the object that it belongs to.
    fn find(&self, name: &str) -> Option<(&'static Key, &Self)> {
        match self.keys.iter().find(|key| key.name == name) {
            Some(key) => Some((key, self)),
            None => self.around.outer.and_then(|outer| outer.find(name)),
        }
    }

    fn value_of(&self, key: &Key, object: Option<&Map<String, Json>>) -> Option<Json> {
        let said = object.and_then(|object| object.get(key.name)).cloned();
        said.or_else(|| key.default.as_ref().map(crate::connector::description::Default::json))
    }
}
