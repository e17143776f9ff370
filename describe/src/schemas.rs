//! The schemas of a resource: the record as it is sent and as it is shown, and the documents around it in both formats.

use proto::table::{Field, Table};
use serde_json::{Map, Value as Json, json};

use crate::fields::{Way, schema};

/// A reference to a schema.
pub(crate) fn named(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Adds what a resource needs.
pub(crate) fn add(table: &Table, schemas: &mut Map<String, Json>) {
    let (singular, plural) = (&table.singular, &table.plural);
    if table.has("View") || table.has("List") {
        schemas.insert(singular.clone(), record(table, Way::Out));
        schemas.insert(format!("{plural}Answer"), list(table, Way::Out));
        schemas.insert(format!("{plural}AnswerXml"), list_of_xml(table, Way::Out));
    }
    if table.has("Add") || table.has("Edit") {
        schemas.insert(format!("{singular}Sent"), record(table, Way::In));
        schemas.insert(format!("{plural}Request"), list(table, Way::In));
        schemas.insert(format!("{plural}RequestXml"), list_of_xml(table, Way::In));
    }
}

fn name_of(table: &Table, way: Way) -> String {
    let suffix = if way == Way::In { "Sent" } else { "" };
    format!("{}{suffix}", table.singular)
}

fn record(table: &Table, way: Way) -> Json {
    let mut properties = Map::new();
    let mut required = vec!["Version".to_owned()];
    properties.insert("Version".to_owned(), json!({"type": "string", "enum": ["1.0"], "xml": {"attribute": true}}));
    let shown = |field: &&Field| way == Way::Out || !field.options.read_only;
    if let Some(person) = person(table, way) {
        properties.insert("Person".to_owned(), person);
        if way == Way::In && table.owners().any(|field| field.options.required) {
            required.push("Person".to_owned());
        }
    }
    for field in table.fields.iter().filter(shown) {
        // Sent as `Person`, which the old spelling may stand for.
        if way == Way::In && !field.options.person_type.is_empty() {
            continue;
        }
        properties.insert(field.wire.clone(), schema(field, way));
        if (way == Way::In && field.options.required) || field.column == "id" {
            required.push(field.wire.clone());
        }
    }
    json!({"type": "object", "properties": properties, "required": required, "xml": {"name": table.singular}})
}

/// `Person {Type, Id}`: whose the record is (rest-conventions §3).
fn person(table: &Table, way: Way) -> Option<Json> {
    let owners = table.fields.iter().filter(|field| way == Way::Out || !field.options.read_only);
    let types: Vec<&str> =
        owners.map(|field| field.options.person_type.as_str()).filter(|kind| !kind.is_empty()).collect();
    (!types.is_empty()).then(|| {
        json!({
            "type": "object",
            "description": "Whose the record is.",
            "properties": {"Type": {"type": "string", "enum": types}, "Id": {"type": "integer", "format": "int64"}},
            "required": ["Type", "Id"],
        })
    })
}

fn list(table: &Table, way: Way) -> Json {
    let kind = if way == Way::In { "RequestType" } else { "ResponseType" };
    let mut items = json!({"type": "array", "items": named(&name_of(table, way))});
    let mut required = vec![table.plural.as_str()];
    if way == Way::In {
        (items["minItems"], items["maxItems"]) = (1.into(), 1.into());
    } else {
        required.extend([kind, "Version"]);
    }
    json!({
        "type": "object",
        "properties": {
            kind: {"type": "string", "enum": [table.plural]},
            "Version": {"type": "string", "enum": ["1.0"]},
            table.plural.as_str(): items,
        },
        "required": required,
    })
}

fn list_of_xml(table: &Table, way: Way) -> Json {
    json!({
        "type": "object",
        "xml": {"name": table.plural},
        "properties": {
            "Version": {"type": "string", "enum": ["1.0"], "xml": {"attribute": true}},
            table.singular.as_str(): {"type": "array", "items": named(&name_of(table, way))},
        },
    })
}
