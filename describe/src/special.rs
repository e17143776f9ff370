//! The operations beside the standard ones, and the pages that ask for no login.

use proto::table::Table;
use serde_json::{Map, Value as Json, json};

use crate::{
    answers::refused,
    paths::{parameter, shown},
    schemas::named,
};

mod engine;

fn new_object(description: &str, object: &str, headers: &[&str]) -> Json {
    let headers: Map<String, Json> = headers
        .iter()
        .map(|name| ((*name).to_owned(), json!({"$ref": format!("#/components/headers/{name}")})))
        .collect();
    json!({"description": description, "headers": headers, "content": {
        "application/json": {"schema": named(object)}, "application/xml": {"schema": named(&format!("{object}Xml"))}}})
}

fn operation(id: &str, tag: &str, summary: &str, responses: Json) -> Json {
    json!({"operationId": id, "tags": [tag], "summary": summary, "responses": responses})
}

/// Adds them.
pub(crate) fn add(paths: &mut Map<String, Json>) {
    let of_record = || json!([parameter("id"), parameter("format")]);
    let mut put = |path: &str, parameters: Json, method: &str, operation: Json| {
        let item = paths.entry(path).or_insert_with(|| json!({"parameters": parameters}));
        item[method] = operation;
    };
    let key = new_object("OK: the new key, shown this once", "NewApiUser", &[]);
    let key = operation(
        "rotateKey",
        "ApiUsers",
        "Makes a new key; the old one ends",
        refused(&[401, 404, 503], [("200", key)]),
    );
    put("/api_users/{id}/key.{format}", of_record(), "post", key);

    let monitor = || new_object("Accepted: the request and its monitor", "NewObject", &["Location", "Retry-After"]);
    let retry = refused(&[401, 404, 409, 503], [("202", monitor())]);
    let retry =
        operation("retryCoProvisioningRequest", "CoProvisioningRequests", "Queues a failed request again", retry);
    put("/co_provisioning_requests/{id}/retry.{format}", of_record(), "post", retry);

    put("/co_provisioning_targets/{id}/ledger.{format}", of_record(), "get", ledger());
    engine::add(&mut put);
    put("/events", json!([]), "get", events());

    let numbers = |what: &str| {
        let numbers = json!({"schema": {"type": "object", "properties": {"Id": {"type": "integer"},
            "Records": {"type": "integer"}, "Versions": {"type": "integer"}, "HistoryRecords": {"type": "integer"}}}});
        let content = json!({"application/json": numbers, "application/xml": {"schema": {"type": "object"}}});
        refused(&[401, 404, 503], [("200", json!({"description": what, "content": content}))])
    };
    let erase = numbers("OK: `CoPersonErasure`, the numbers of rows that went.");
    put(
        "/co_people/{id}/erase.{format}",
        of_record(),
        "post",
        operation("eraseCoPerson", "CoPeople", "Erases a person: what is known of it, and what was", erase),
    );
    let plan = numbers("OK: `CoPersonErasure`, the numbers of rows that would go.");
    put(
        "/co_people/{id}/erase.{format}",
        of_record(),
        "get",
        operation("planErasureOfCoPerson", "CoPeople", "Says what erasing a person would take away", plan),
    );

    let reconciled = refused(&[401, 403, 404, 503], [("200", json!({"description": "OK. No body."}))]);
    let reconcile =
        operation("reconcileCoGroup", "CoGroups", "Computes the members of an automatic group anew", reconciled);
    put("/co_groups/reconcile/{id}.{format}", of_record(), "post", reconcile);
    if let Some(groups) = Table::at("co_groups") {
        let answers = refused(&[400, 401, 404, 503], [("200", shown(groups, &[]))]);
        let mut all =
            operation("reconcileCo", "CoGroups", "Makes the default groups of a CO that are missing", answers);
        all["parameters"] = json!([{"name": "coid", "in": "query", "required": true,
            "description": "The CO.", "schema": {"type": "integer", "format": "int64", "minimum": 1}}]);
        put("/co_groups/reconcile.{format}", json!([parameter("format")]), "put", all);
    }
    let copied = || new_object("Added: the copy", "NewObject", &[]);
    let copied = refused(&[400, 401, 403, 404, 409, 422, 503], [("201", copied())]);
    let mut duplicate = operation("duplicateCo", "Cos", "Makes a CO with the settings of another one", copied);
    duplicate["parameters"] = json!([parameter("idempotencyKey")]);
    put("/cos/duplicate/{id}.{format}", of_record(), "post", duplicate);
    if let Some(identifiers) = Table::at("identifiers") {
        put("/identifiers/assign.{format}", json!([parameter("format")]), "post", assign(identifiers));
    }
    put(
        "/co_provisioning_targets/provision/{id}/{subject}.{format}",
        subject_parameters("copersonid|cogroupid|coemaillistid|coserviceid|couid|coid"),
        "post",
        provision(monitor()),
    );
    for (path, id, kind, about) in [
        ("/openapi.json", "openapi", "application/json", "This document"),
        ("/openapi-3.0.json", "openapi30", "application/json", "This document in OpenAPI 3.0.3"),
        ("/docs", "docs", "text/html", "This document as a page"),
    ] {
        let schema = if kind == "text/html" { json!({"type": "string"}) } else { json!({"type": "object"}) };
        let mut page = operation(
            id,
            "Description",
            about,
            json!({
            "200": {"description": "OK", "content": {kind: {"schema": schema}}},
            "405": {"$ref": "#/components/responses/405"}}),
        );
        page["security"] = json!([]);
        paths.insert(path.to_owned(), json!({"get": page}));
    }
}

/// Events as they come (D59).
fn events() -> Json {
    let stream = json!({"description": "OK. Each event has `id`, `event` (`change` or `outcome`) and `data`, one line of JSON.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}}});
    let gone = json!({"description": "Events Gone: what follows `Last-Event-ID` is not kept any more."});
    let many = json!({"description": "Too Many Requests: the user has as many streams as are allowed."});
    let answers = refused(&[400, 401, 404, 503], [("200", stream), ("410", gone), ("429", many)]);
    let mut events = operation("events", "CoProvisioningTargets", "Tells changes and outcomes as they come", answers);
    let parameter = |name: &str, place: &str, about: &str| json!({"name": name, "in": place, "description": about, "schema": {"type": "string"}});
    events["parameters"] = json!([
        parameter("coid", "query", "Only of this CO."),
        parameter("coprovisioningtargetid", "query", "Only at this target."),
        parameter("kind", "query", "Only `change`, or only `outcome`."),
        parameter("Last-Event-ID", "header", "Reads on after this event.")
    ]);
    events
}

/// What was accepted for a target, and what became of it (D56).
fn ledger() -> Json {
    let done = json!({"description": "OK. The counts add up to `Accepted`.", "content": {
        "application/json": {"schema": {"type": "object"}}, "application/xml": {"schema": {"type": "object"}}}});
    let summary = "Tells what was accepted for a target, and what became of it";
    let mut ledger =
        operation("ledgerOfTarget", "CoProvisioningTargets", summary, refused(&[400, 401, 404, 503], [("200", done)]));
    let number = |name: &str, about: &str| {
        json!({"name": name, "in": "query", "description": about,
            "schema": {"type": "integer", "format": "int64", "minimum": 0}})
    };
    ledger["parameters"] = json!([
        number("from", "The first number that counts; absent: the first that is kept."),
        number("to", "The last number that counts; absent: the last that was given."),
        {"name": "entries", "in": "query", "description": "The entries too.", "schema": {"type": "boolean"}}
    ]);
    ledger
}

fn assign(identifiers: &Table) -> Json {
    let done = json!({"description": "OK, also where nothing was left to assign. No body."});
    let answers = refused(&[400, 401, 403, 408, 409, 413, 422, 503], [("200", done)]);
    let mut assign =
        operation("assignIdentifiers", "Identifiers", "Assigns identifiers by the rules of the CO", answers);
    assign["parameters"] = json!([parameter("idempotencyKey")]);
    let example = json!({"RequestType": "Identifiers", "Version": "1.0",
        "Identifiers": [{"Version": "1.0", "Person": {"Type": "CO", "Id": 10}}]});
    assign["description"] =
        "Only `Person` counts, of Type CO or Group. All that the rules say is assigned, or nothing.".into();
    let person = json!({"type": "object", "required": ["Type", "Id"], "properties": {
        "Type": {"type": "string", "enum": ["CO", "Group"]}, "Id": {"type": "integer", "format": "int64"}}});
    let text = json!({"type": "string"});
    let owner = json!({"type": "object", "required": ["Person"], "properties": {"Version": text, "Person": person}});
    assign["requestBody"] = json!({"required": true, "content": {"application/json": {
        "schema": {"type": "object", "required": [identifiers.plural],
            "properties": {"RequestType": text, "Version": text,
                &identifiers.plural: {"type": "array", "minItems": 1, "maxItems": 1, "items": owner}}},
        "example": example}}});
    assign
}

/// The answer to an invitation, which is asked for where other resources have their lists.
pub(crate) fn reply(table: &Table) -> Json {
    let done = json!({"description": "Deleted: the invitation was answered. No body."});
    let answers = refused(&[400, 401, 403, 404, 503], [("200", done)]);
    let mut reply = operation("replyCoInvite", &table.plural, "Confirms or declines an invitation", answers);
    reply["parameters"] = json!([
        {"name": "inviteid", "in": "query", "required": true, "schema": {"type": "string"},
            "description": "The secret that was mailed."},
        {"name": "reply", "in": "query", "required": true, "schema": {"type": "string", "enum": ["confirm", "decline"]},
            "description": "What the person says."}]);
    reply
}

/// The parameters of a target and a subject, of one of these kinds.
fn subject_parameters(kinds: &str) -> Json {
    json!([parameter("id"), parameter("format"), {
        "name": "subject", "in": "path", "required": true, "example": "copersonid:10",
        "description": "What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO.",
        "schema": {"type": "string", "pattern": format!("^({kinds}):[0-9]+$")}}])
}

fn provision(monitor: Json) -> Json {
    let done = json!({"description": "OK: it was waited for, and done. No body."});
    let codes = [400, 401, 404, 408, 409, 413, 422, 503];
    let answers = refused(&codes, [("200", done), ("202", monitor)]);
    let mut provision = operation("provision", "CoProvisioningTargets", "Provisions a subject to a target", answers);
    provision["description"] =
        "The request is on disk before any answer. Without a wish to wait: 202 at once. 500 `Other \
        Error` where it was waited for: the target's message, and whether it will be tried again."
            .into();
    provision["parameters"] = json!([parameter("idempotencyKey"), {"name": "Prefer", "in": "header", "schema": {"type": "string"}, "example": "wait=5",
        "description": "wait=N: wait for the result, up to so many seconds."}]);
    provision["requestBody"] = json!({"required": false, "content": {"application/json": {
        "schema": {"type": "object", "properties": {
            "RequestType": {"type": "string"}, "Version": {"type": "string"},
            "Synchronous": {"type": "boolean", "description": "Wait for the result, up to the server's limit."}}},
        "example": {"RequestType": "CoPersonProvisioning", "Version": "1.0", "Synchronous": true}}}});
    provision
}
