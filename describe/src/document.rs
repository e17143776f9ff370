//! The whole OpenAPI document, put together.

use std::error::Error;

use proto::table::Table;
use serde_json::{Map, Value as Json, json};

use crate::{answers, paths, plugins, schemas, special};

const ABOUT: &str = "Cohort serves the COmanage Registry REST API v1.\n\n\
    The suffix of a path, `.json` or `.xml`, is the format of request and answer; `Content-Type` and `Accept` do not count. \
    All paths are there below `/registry` and below `/`. Log in by HTTP Basic with the username and key of an API user.\n\n\
    An edit is partial: a field that is absent keeps its value, `null` or `\"\"` clears it; required fields must be there. \
    Ids and other integers may be sent as numbers or as strings, and come as numbers, unless the server is set to write them \
    as strings. Names may be sent in CamelCase or as columns (`CouId`, `cou_id`), the record with its envelope or bare. \
    Times are `YYYY-MM-DD HH:MM:SS` in UTC; ISO 8601 with an offset is read too.\n\n\
    The reason phrase of the status line says more than the status, and errors repeat it at the beginning of `Error`.";

/// Makes the document, in OpenAPI 3.1.
///
/// # Errors
/// If the connectors cannot be made.
pub(crate) fn make() -> Result<Json, Box<dyn Error>> {
    let mut schemas = Map::new();
    let mut all = Map::new();
    for table in Table::all() {
        schemas::add(table, &mut schemas);
        paths::add(table, &mut all);
    }
    plugins::add(&mut schemas)?;
    answers::add_schemas(&mut schemas);
    special::add(&mut all);
    let tags: Vec<Json> = Table::all().iter().map(|table| json!({"name": table.plural})).collect();
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cohort",
            "summary": "COmanage Registry REST API v1",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/registry"}, {"url": "/"}],
        "security": [{"basic": []}],
        "tags": tags,
        "paths": all,
        "components": {
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
            "parameters": paths::parameters(),
            "headers": answers::headers(),
            "responses": answers::responses(),
            "schemas": schemas,
        },
    }))
}
