//! The configuration of targets: the keys of each plugin, from its description.

use std::{error::Error, path::Path};

use provisioning_service::connector::{
    description::{Key, Kind, Required},
    dialer::Dialer,
    registry::Connectors,
};
use serde_json::{Map, Value as Json, json};

use crate::schemas::named;

/// Adds the schema of each plugin's configuration, and `Configuration`, which is one of them.
///
/// # Errors
/// If the connectors cannot be made.
pub(crate) fn add(schemas: &mut Map<String, Json>) -> Result<(), Box<dyn Error>> {
    let connectors = Connectors::new(Path::new("/nowhere"), &Dialer::default())?;
    let mut any = Vec::new();
    for (plugin, connector) in connectors.names().filter_map(|name| Some((name, connectors.get(name)?))) {
        let name = format!("{plugin}Configuration");
        let mut schema = object(connector.configuration().keys);
        schema["description"] = format!("The keys of {plugin}.").into();
        any.push(named(&name));
        schemas.insert(name, schema);
    }
    let about = "The keys of the target's plugin. Secrets read back as ********, which written back keeps them.";
    schemas.insert("Configuration".to_owned(), json!({"description": about, "anyOf": any}));
    Ok(())
}

fn object(keys: &[Key]) -> Json {
    let properties: Map<String, Json> = keys.iter().map(|key| (key.name.to_owned(), of_key(key))).collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required == Required::Always).map(|key| key.name).collect();
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

fn of_key(key: &Key) -> Json {
    let mut schema = match key.kind {
        Kind::Text if key.secret => json!({"type": "string", "format": "password"}),
        Kind::Text => json!({"type": "string"}),
        Kind::Pem(_) => json!({"type": "string", "format": "pem"}),
        Kind::Integer { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Choice(values) => json!({"type": "string", "enum": values}),
        Kind::Address { .. } => json!({"type": "string", "format": "uri"}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Objects { keys, .. } => json!({"type": "array", "items": object(keys)}),
    };
    let mut about = vec![key.help.to_owned()];
    if let Required::When(when) = key.required {
        about.push(format!("required with {} {}", when.key, when.is.join(", ")));
    }
    if key.secret {
        about.push("a secret".to_owned());
    }
    schema["description"] = about.join("; ").into();
    if let Some(default) = &key.default {
        schema["default"] = default.json();
    }
    schema
}
