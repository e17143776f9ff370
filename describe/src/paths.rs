//! The standard operations of a resource: view all, view one, add, edit, delete.

use proto::table::{Field, Kind, Table};
use serde_json::{Map, Value as Json, json};

use crate::{answers::refused, examples, fields::Way, filters, schemas::named, special};

/// The parameters that many operations share.
pub(crate) fn parameters() -> Json {
    json!({
        "format": {"name": "format", "in": "path", "required": true, "description": "The format of request and answer.",
            "schema": {"type": "string", "enum": ["json", "xml"]}, "example": "json"},
        "id": {"name": "id", "in": "path", "required": true, "description": "The id of the record.",
            "schema": {"type": "integer", "format": "int64", "minimum": 1}, "example": 7},
        "limit": {"name": "limit", "in": "query", "description": "At most so many; more are announced by Link.",
            "schema": {"type": "integer", "minimum": 1, "maximum": proto::LARGEST_PAGE}},
        "after": {"name": "after", "in": "query", "description": "Only records with a greater id.",
            "schema": {"type": "integer", "format": "int64", "minimum": 0}},
        "asOf": {"name": "as_of", "in": "query", "schema": {"type": "string"}, "example": "2026-01-31 12:00:00",
            "description": "As it was at the end of this second."},
        "idempotencyKey": {"name": "Idempotency-Key", "in": "header",
            "schema": {"type": "string", "minLength": 1, "maxLength": gateway::idempotency::LONGEST},
            "description": "Done once within a day, however often it is sent with this key."},
        "ifMatch": {"name": "If-Match", "in": "header", "schema": {"type": "string"},
            "description": "Do it only if the record has one of these tags; * is any record that there is. Otherwise 412."},
        "ifNoneMatch": {"name": "If-None-Match", "in": "header", "schema": {"type": "string"},
            "description": "Do not show it again if it has one of these tags: 304. Ignored where fields are computed."},
    })
}

/// A reference to a shared parameter.
pub(crate) fn parameter(name: &str) -> Json {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

/// Adds the paths of a resource.
pub(crate) fn add(table: &Table, paths: &mut Map<String, Json>) {
    let mut all = Map::from_iter([("parameters".to_owned(), json!([parameter("format")]))]);
    let mut one = Map::from_iter([("parameters".to_owned(), json!([parameter("id"), parameter("format")]))]);
    if table.has("List") {
        all.insert("get".to_owned(), list(table));
    }
    if table.has("Reply") {
        all.insert("get".to_owned(), special::reply(table));
    }
    if table.has("View") {
        one.insert("get".to_owned(), view(table));
    }
    if table.has("Add") {
        all.insert("post".to_owned(), add_one(table));
    }
    if table.has("Edit") {
        one.insert("put".to_owned(), edit(table));
    }
    if table.has("Delete") {
        one.insert("delete".to_owned(), delete(table));
    }
    if table.has("Versions") {
        let versions = json!({"parameters": [parameter("id"), parameter("format")], "get": versions(table)});
        paths.insert(format!("/{}/{{id}}/versions.{{format}}", table.path), versions);
    }
    paths.insert(format!("/{}.{{format}}", table.path), Json::Object(all));
    if one.len() > 1 {
        paths.insert(format!("/{}/{{id}}.{{format}}", table.path), Json::Object(one));
    }
}

fn operation(table: &Table, verb: &str, summary: &str, responses: Json) -> Json {
    json!({
        "operationId": format!("{verb}{}", if verb == "list" { &table.plural } else { &table.singular }),
        "tags": [table.plural],
        "summary": format!("{summary}{}", if verb == "list" { &table.plural } else { &table.singular }),
        "responses": responses,
    })
}

/// The content of a body in both formats, with an example each.
fn content(table: &Table, way: Way) -> Json {
    let name = format!("{}{}", table.plural, if way == Way::In { "Request" } else { "Answer" });
    json!({
        "application/json": {"schema": named(&name), "example": examples::list(table, way)},
        "application/xml": {"schema": named(&format!("{name}Xml")), "example": examples::xml(table, way)},
    })
}

/// The answer that shows records.
pub(crate) fn shown(table: &Table, headers: &[&str]) -> Json {
    let headers: Map<String, Json> = headers
        .iter()
        .map(|name| ((*name).to_owned(), json!({"$ref": format!("#/components/headers/{name}")})))
        .collect();
    json!({"description": "OK", "headers": headers, "content": content(table, Way::Out)})
}

fn list(table: &Table) -> Json {
    let responses = refused(&[400, 401, 404, 422, 503], [("200", shown(table, &["Link"]))]);
    let mut operation = operation(table, "list", "View ", responses);
    let mut parameters: Vec<Json> = table.fields.iter().filter_map(filter).collect();
    if !parameters.iter().any(|parameter| parameter["name"] == "coid") {
        parameters.push(query("coid", "Of this CO.", &json!({"type": "integer", "format": "int64"})));
    }
    let own = filters::OWN.iter().filter(|(path, ..)| *path == table.path);
    parameters.extend(own.map(|(_, name, about)| query(name, about, &json!({"type": "string"}))));
    parameters.extend([parameter("limit"), parameter("after")]);
    parameters.extend(table.has("Versions").then(|| parameter("asOf")));
    operation["parameters"] = parameters.into();
    operation["description"] =
        "Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a \
        filter: all that the user has rights on."
            .into();
    operation
}

fn filter(field: &Field) -> Option<Json> {
    let options = &field.options;
    let schema = match &field.kind {
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Enum(names) => {
            json!({"type": "string", "enum": names.iter().map(|name| &name.wire).collect::<Vec<_>>()})
        }
        Kind::Text | Kind::Time => json!({"type": "string"}),
        _ => json!({"type": "integer", "format": "int64"}),
    };
    (!options.filter.is_empty()).then(|| query(&options.filter, &format!("By {}.", field.wire), &schema))
}

fn query(name: &str, about: &str, schema: &Json) -> Json {
    json!({"name": name, "in": "query", "description": about, "schema": schema})
}

fn view(table: &Table) -> Json {
    let not_modified =
        json!({"description": "Not Modified", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}});
    let answers = [("200", shown(table, &["ETag"])), ("304", not_modified)];
    let mut operation = operation(table, "view", "View one ", refused(&[400, 401, 404, 503], answers));
    let mut parameters = vec![parameter("ifNoneMatch")];
    parameters.extend(table.has("Versions").then(|| parameter("asOf")));
    operation["parameters"] = parameters.into();
    operation
}

/// What a record was (D46).
fn versions(table: &Table) -> Json {
    let answer = json!({"description": "OK", "headers": {"Link": {"$ref": "#/components/headers/Link"}}, "content": {
        "application/json": {"schema": named("RecordVersions")}, "application/xml": {"schema": {"type": "object"}}}});
    let mut versions =
        operation(table, "versionsOf", "View the versions of one ", refused(&[400, 401, 404, 503], [("200", answer)]));
    versions["parameters"] =
        json!([parameter("limit"), query("after", "Only lower revisions.", &json!({"type": "integer"}))]);
    versions
}

fn add_one(table: &Table) -> Json {
    let object = match table.singular.as_str() {
        "ApiUser" => "NewApiUser",
        _ => "NewObject",
    };
    let added = json!({"description": "Added", "content": {
        "application/json": {"schema": named(object)}, "application/xml": {"schema": named(&format!("{object}Xml"))}}});
    let mut operation =
        operation(table, "add", "Add one ", refused(&[400, 401, 403, 408, 409, 413, 422, 503], [("201", added)]));
    // An answer that holds a key is not kept.
    if table.singular != "ApiUser" {
        operation["parameters"] = json!([parameter("idempotencyKey")]);
    }
    operation["requestBody"] = json!({"required": true, "content": content(table, Way::In)});
    operation
}

fn edit(table: &Table) -> Json {
    let done = json!({"description": "OK: done, or nothing was to be changed. No body."});
    let codes = [400, 401, 403, 404, 408, 412, 413, 503];
    let mut operation = operation(table, "edit", "Edit one ", refused(&codes, [("200", done)]));
    operation["parameters"] = json!([parameter("ifMatch")]);
    operation["requestBody"] = json!({"required": true, "content": content(table, Way::In)});
    operation
}

fn delete(table: &Table) -> Json {
    let done = json!({"description": "Deleted. No body."});
    let mut operation =
        operation(table, "delete", "Delete one ", refused(&[401, 403, 404, 409, 412, 503], [("200", done)]));
    operation["parameters"] = json!([parameter("ifMatch")]);
    operation
}
