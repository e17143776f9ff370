//! Examples of records, made from the tables: what is sent passes the checks of its fields.

use proto::table::{Field, Kind, Table};
use serde_json::{Map, Value as Json, json};

use crate::fields::Way;

/// A document that holds one record.
pub(crate) fn list(table: &Table, way: Way) -> Json {
    let kind = if way == Way::In { "RequestType" } else { "ResponseType" };
    json!({kind: table.plural, "Version": "1.0", table.plural.as_str(): [record(table, way)]})
}

/// The same document in XML.
pub(crate) fn xml(table: &Table, way: Way) -> String {
    let record = record(table, way);
    let id = record.get("Id").map(|id| format!(" Id=\"{id}\"")).unwrap_or_default();
    let members: String =
        record.as_object().into_iter().flatten().filter(|(name, _)| *name != "Version").map(element).collect();
    let (plural, singular) = (&table.plural, &table.singular);
    format!("<{plural} Version=\"1.0\"><{singular} Version=\"1.0\"{id}>{members}</{singular}></{plural}>")
}

fn element((name, value): (&String, &Json)) -> String {
    let inner = match value {
        Json::Object(members) => members.iter().map(element).collect(),
        Json::String(text) => text.clone(),
        Json::Bool(truth) => u8::from(*truth).to_string(),
        other => other.to_string(),
    };
    format!("<{name}>{inner}</{name}>")
}

/// A record: as it is sent, with what it needs and little else; as it is shown, with more.
pub(crate) fn record(table: &Table, way: Way) -> Json {
    let mut members = Map::from_iter([("Version".to_owned(), json!("1.0"))]);
    if way == Way::Out {
        members.insert("Id".to_owned(), json!(7));
    }
    let mut owner = table.fields.iter().filter(|field| !field.options.person_type.is_empty());
    if let Some(field) = owner.next() {
        members.insert("Person".to_owned(), json!({"Type": field.options.person_type, "Id": 42}));
    }
    let told = |field: &&Field| {
        let options = &field.options;
        let of_server = ["created", "modified", "revision", "deleted", "actor_identifier"];
        options.required || (way == Way::Out && of_server.contains(&field.column.as_str()))
    };
    for field in table.fields.iter().filter(told).filter(|field| field.options.person_type.is_empty()) {
        members.insert(field.wire.clone(), value(field));
    }
    if table.fields.iter().any(|field| field.column == "configuration") {
        members.insert("Configuration".to_owned(), json!({"LogFile": "people.log"}));
    }
    Json::Object(members)
}

fn value(field: &Field) -> Json {
    let options = &field.options;
    match &field.kind {
        Kind::Int => json!(if field.column == "revision" { 0 } else { 2 }),
        Kind::Bool => json!(false),
        Kind::Time => json!("2020-01-31 12:00:00"),
        Kind::Enum(names) => json!(names.first().map(|name| &name.wire)),
        Kind::Texts | Kind::Objects => json!([]),
        Kind::Object => json!({}),
        Kind::Text => match field.column.as_str() {
            _ if !options.allowed.is_empty() => json!(options.allowed.first()),
            "actor_identifier" => json!("co_2.loader"),
            "mail" => json!("ada@example.org"),
            "url" => json!("https://example.org/"),
            "plugin" => json!("ChangelogProvisioner"),
            "action" => json!("XNOT"),
            "comment" => json!("Noted."),
            "identifier" => json!("ada"),
            "number" => json!("555 0100"),
            _ => json!("example"),
        },
    }
}
