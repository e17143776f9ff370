//! What is committed is what the contracts say; what is described is there; what is shown as an example is right.

use gateway::{
    address::Address,
    routes::Place,
    wire::{
        Format,
        document::{Purpose, decode},
    },
};
use proto::{check, table::Table};

use super::*;
use crate::fields::Way;

#[test]
fn the_documents_are_fresh() {
    for (name, content) in make().unwrap() {
        let committed = fs::read_to_string(root().join(name)).unwrap_or_default();
        assert!(committed == content, "{name} is stale: run `cargo xtask generate` and commit the result");
    }
}

/// A path as somebody would call it.
fn called(path: &str) -> String {
    let path = path.replace("{format}", "json").replace("{id}", "7").replace("{subject}", "copersonid:10");
    assert!(!path.contains('{'), "{path}");
    path
}

#[test]
fn every_path_is_served_with_the_methods_that_are_described() {
    let document = document::make().unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        if operations["get"]["security"].is_array() {
            continue;
        }
        let described: Vec<String> = operations.as_object().unwrap().keys().map(|key| key.to_uppercase()).collect();
        let place = Place::of(&Address::of(&called(path))).unwrap_or_else(|_| panic!("{path} is not served"));
        let mut served = place.methods();
        served.retain(|method| *method != "HEAD");
        for method in &served {
            assert!(described.iter().any(|name| name == method), "{method} {path} is not described");
        }
        assert_eq!(described.iter().filter(|name| *name != "PARAMETERS").count(), served.len(), "{path}");
    }
}

#[test]
fn everything_that_is_referred_to_is_there() {
    fn walk<'a>(tree: &'a Json, found: &mut Vec<&'a str>) {
        match tree {
            Json::Object(members) => {
                found.extend(members.get("$ref").and_then(Json::as_str));
                members.values().for_each(|tree| walk(tree, found));
            }
            Json::Array(items) => items.iter().for_each(|tree| walk(tree, found)),
            _ => {}
        }
    }
    let document = document::make().unwrap();
    let mut found = Vec::new();
    walk(&document, &mut found);
    for reference in &found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    assert!(found.len() > 300);
}

#[test]
fn what_is_shown_as_a_request_can_be_sent() {
    for table in Table::all().iter().filter(|table| table.has("Add")) {
        let (json, xml) = (examples::list(table, Way::In).to_string(), examples::xml(table, Way::In));
        for (format, document) in [(Format::Json, json), (Format::Xml, xml)] {
            let decoded = decode(format, table, document.as_bytes(), Purpose::Add).unwrap();
            assert_eq!(decoded.unread, [], "{document}");
            let mut record = decoded.record;
            let wrong = check::check(&mut record, &[]);
            assert!(wrong.is_empty(), "{document}: {wrong:?}");
        }
    }
}

#[test]
fn every_field_of_every_resource_is_described() {
    let document = document::make().unwrap();
    for table in Table::all().iter().filter(|table| table.has("View")) {
        let properties = &document["components"]["schemas"][&table.singular]["properties"];
        for field in &table.fields {
            assert!(properties[&field.wire].is_object(), "{}.{}", table.singular, field.wire);
        }
    }
}
