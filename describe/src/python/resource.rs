//! A class for each resource: of the standard operations those that it has, and a method for each other one.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{call, resolved, types::Types};

/// An operation: its path, its method, what the path says, what the method says.
pub(super) struct Operation<'a> {
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    pub(super) shared: &'a Json,
    pub(super) own: &'a Json,
}

/// Writes the classes, and the one that has them all.
pub(super) fn all(document: &Json, types: &mut Types<'_>) -> String {
    let mut resources: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        // The others are no documents in two formats: events, and the description itself.
        if !path.ends_with(".{format}") {
            continue;
        }
        let resource = path.trim_start_matches('/').split(['/', '.']).next().unwrap_or_default();
        for (method, own) in operations.as_object().into_iter().flatten().filter(|(method, _)| *method != "parameters")
        {
            let operation = Operation { path, method, shared: &operations["parameters"], own };
            resources.entry(resource).or_default().push(operation);
        }
    }
    let mut written = String::new();
    let mut made = String::new();
    for (resource, operations) in &resources {
        let plural = operations[0].own["tags"][0].as_str().unwrap_or_default();
        written.push_str(&class(document, resource, plural, operations, types));
        made.push_str(&format!("        self.{resource} = {plural}(transport)\n"));
    }
    let all = "class Resources:\n    \"\"\"All resources, by their paths.\"\"\"\n\n    \
               def __init__(self, transport: Transport) -> None:\n";
    format!("{written}\n\n{all}{made}")
}

fn class(document: &Json, path: &str, plural: &str, operations: &[Operation<'_>], types: &mut Types<'_>) -> String {
    let mut bases = Vec::new();
    let mut lines = format!("    path = \"{path}\"\n    plural = \"{plural}\"\n");
    for operation in operations {
        match standard(document, path, plural, operation, types) {
            Some(base) => {
                if base.starts_with("Lists") {
                    lines.push_str(&filters(document, operation));
                }
                bases.push(base);
            }
            None => lines.push_str(&call::method(document, operation, types)),
        }
    }
    format!("\n\nclass {plural}({}):\n{lines}", bases.join(", "))
}

/// The class that has a standard operation.
fn standard(
    document: &Json,
    resource: &str,
    plural: &str,
    operation: &Operation<'_>,
    types: &mut Types<'_>,
) -> Option<String> {
    let id = operation.own["operationId"].as_str().unwrap_or_default();
    let place = operation.path.trim_start_matches('/').strip_prefix(resource)?;
    let mut item = |document_of: &Json, plural: &str| {
        let of = resolved(document, &document_of["content"]["application/json"]["schema"]);
        types.of(&of["properties"][plural]["items"], plural.trim_end_matches('s'))
    };
    let shown = &operation.own["responses"]["200"];
    match (place, operation.method) {
        (".{format}", "get") if id.starts_with("list") => Some(format!("Lists[{}]", item(shown, plural))),
        ("/{id}.{format}", "get") => Some(format!("Views[{}]", item(shown, plural))),
        ("/{id}.{format}", "put") => Some(format!("Edits[{}]", item(&operation.own["requestBody"], plural))),
        ("/{id}.{format}", "delete") => Some("Deletes".to_owned()),
        ("/{id}/versions.{format}", "get") => Some(format!("Versions[{}]", item(shown, "RecordVersions"))),
        (".{format}", "post") => {
            let sent = item(&operation.own["requestBody"], plural);
            let new = types.of(&operation.own["responses"]["201"]["content"]["application/json"]["schema"], "");
            Some(if new == "NewObject" { format!("Adds[{sent}]") } else { format!("AddsWithSecret[{sent}, {new}]") })
        }
        _ => None,
    }
}

/// What it can be listed by. Where it is looked at, and how much at once, is the client's affair.
fn filters(document: &Json, list: &Operation<'_>) -> String {
    let parameters = list.own["parameters"].as_array().into_iter().flatten();
    let names = parameters.filter_map(|parameter| resolved(document, parameter)["name"].as_str());
    let names: Vec<String> =
        names.filter(|name| !["limit", "after", "as_of"].contains(name)).map(|name| format!("\"{name}\"")).collect();
    format!("    filters = frozenset({{{}}})\n", names.join(", "))
}
