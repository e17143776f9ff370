//! What a connector wants to be told, as the API's description says it of each plugin: the fields of a form follow from it.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Map, Value as Json};

use crate::{console::words::say, description, wire::dense};

/// The keys of each plugin's configuration, by the plugin's name; required ones first.
static PLUGINS: LazyLock<BTreeMap<String, Vec<Key>>> = LazyLock::new(|| {
    let mut document: Json = serde_json::from_str(description::OPENAPI).unwrap_or_default();
    let schemas = document.pointer_mut("/components/schemas").map(Json::take).unwrap_or_default();
    let Json::Object(schemas) = schemas else { return BTreeMap::new() };
    let plugin = |(name, schema): (String, Json)| {
        let plugin = name.strip_suffix("Configuration").filter(|plugin| !plugin.is_empty())?.to_owned();
        Some((plugin, keys(schema.as_object()?)))
    };
    schemas.into_iter().filter_map(plugin).collect()
});

/// A key of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub help: String,
    /// Whether it must be there.
    pub required: bool,
    /// What holds where it is absent, as it would be written.
    pub default: Option<String>,
    /// How it is written.
    pub kind: Kind,
}

/// How a key is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A line.
    Line,
    /// A line that nobody sees.
    Secret,
    /// A line of digits.
    Number,
    /// Several lines.
    Lines,
    /// One of these.
    Choice(Vec<String>),
    /// A text on each line.
    Texts,
    /// A list of objects, as JSON.
    Objects,
}

/// The keys of a plugin; none, if nothing is known of it.
#[must_use]
pub fn of(plugin: &str) -> &'static [Key] {
    PLUGINS.get(plugin).map_or(&[], Vec::as_slice)
}

impl Key {
    /// A value as the form shows it.
    #[must_use]
    pub fn shown(&self, value: &Json) -> String {
        written(value)
    }

    /// What was written, as a value; none, if nothing was.
    ///
    /// # Errors
    /// A sentence, if it cannot be one.
    pub fn read(&self, text: &str) -> Result<Option<Json>, String> {
        // Blanks may be a part of a secret.
        let text = if self.kind == Kind::Secret { text } else { text.trim() };
        if text.is_empty() {
            return Ok(None);
        }
        match self.kind {
            Kind::Texts => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                Ok(Some(lines.map(Json::from).collect()))
            }
            Kind::Objects if dense::is_json(text) => Err(dense::sentence()),
            Kind::Objects => serde_json::from_str(text)
                .map(Some)
                .map_err(|error| say!("configuration-objects", key = &self.name, error = error.to_string())),
            // The description gives numbers and booleans their type.
            _ => Ok(Some(text.into())),
        }
    }
}

fn written(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("\n")
        }
        Json::Array(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        value => value.to_string(),
    }
}

fn keys(schema: &Map<String, Json>) -> Vec<Key> {
    let required = |name: &str| {
        schema.get("required").and_then(Json::as_array).is_some_and(|all| all.iter().any(|own| own == name))
    };
    let properties = schema.get("properties").and_then(Json::as_object);
    let key = |(name, own): (&String, &Json)| Key {
        name: name.clone(),
        help: own["description"].as_str().unwrap_or_default().to_owned(),
        required: required(name),
        default: own.get("default").map(written),
        kind: kind(own),
    };
    let mut keys: Vec<Key> = properties.into_iter().flatten().map(key).collect();
    keys.sort_by_key(|key| !key.required);
    keys
}

fn kind(schema: &Json) -> Kind {
    let texts = |list: &Json| list.as_array().map(|all| all.iter().map(written).collect());
    match (schema["type"].as_str(), schema["format"].as_str()) {
        _ if schema["enum"].is_array() => Kind::Choice(texts(&schema["enum"]).unwrap_or_default()),
        (Some("boolean"), _) => Kind::Choice(vec!["true".to_owned(), "false".to_owned()]),
        (Some("integer"), _) => Kind::Number,
        (Some("array"), _) if schema.pointer("/items/type").is_some_and(|of| of == "string") => Kind::Texts,
        (Some("array"), _) => Kind::Objects,
        (_, Some("password")) => Kind::Secret,
        (_, Some("pem")) => Kind::Lines,
        _ => Kind::Line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plugin_that_is_described_can_be_filled_in() {
        assert_eq!(PLUGINS.len(), 6, "{:?}", PLUGINS.keys());
        let ldap = of("LdapProvisioner");
        let kind = |name: &str| ldap.iter().find(|key| key.name == name).map(|key| (key.required, key.kind.clone()));
        assert_eq!(kind("ServerUrl"), Some((true, Kind::Line)));
        assert_eq!(kind("Password"), Some((true, Kind::Secret)));
        assert_eq!(kind("CaCertificates"), Some((false, Kind::Lines)));
        assert_eq!(kind("PersonObjectClasses"), Some((false, Kind::Texts)));
        assert_eq!(kind("Attributes"), Some((false, Kind::Objects)));
        assert_eq!(kind("StartTls"), Some((false, Kind::Choice(vec!["true".to_owned(), "false".to_owned()]))));
        assert!(ldap[0].required && !ldap[ldap.len() - 1].required, "what must be there comes first");
        assert!(of("Nothing").is_empty());
    }

    #[test]
    fn what_is_written_is_read_as_its_kind() {
        let key = |kind| Key { name: "K".to_owned(), help: String::new(), required: false, default: None, kind };
        assert_eq!(key(Kind::Line).read(" x "), Ok(Some("x".into())));
        assert_eq!(key(Kind::Secret).read(" x "), Ok(Some(" x ".into())));
        assert_eq!(key(Kind::Texts).read("a\r\n\n b"), Ok(Some(serde_json::json!(["a", "b"]))));
        assert_eq!(key(Kind::Objects).read("[{\"A\": 1}]"), Ok(Some(serde_json::json!([{"A": 1}]))));
        assert!(key(Kind::Objects).read("[{").is_err_and(|says| says.starts_with("\"K\" must be")));
        assert_eq!(key(Kind::Number).read("  "), Ok(None));
    }
}
