//! What the engine says of itself, and actions on whole targets (D51 to D57).

use serde_json::{Value as Json, json};

use super::{new_object, operation, subject_parameters};
use crate::{answers::refused, paths::parameter};

type Put<'a> = &'a mut dyn FnMut(&str, Json, &str, Json);

const TARGETS: &str = "CoProvisioningTargets";

fn told(description: &str) -> Json {
    let any = json!({"schema": {"type": "object"}});
    json!({"description": description, "content": {"application/json": any, "application/xml": any}})
}

fn body(properties: Json) -> Json {
    json!({"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}})
}

fn query(name: &str, kind: &str, about: &str) -> Json {
    json!({"name": name, "in": "query", "description": about, "schema": {"type": kind}})
}

/// Adds them.
pub(super) fn add(put: Put<'_>) {
    let of_record = || json!([parameter("id"), parameter("format")]);
    let plans = refused(&[400, 401, 404, 503], [("200", told("OK: `CoProvisioningPlans`, one for each subject."))]);
    let mut plan = operation("plan", TARGETS, "Says what would be sent; nothing is", plans);
    plan["parameters"] = json!([
        query("limit", "integer", "Of a COU or a CO: at most so many."),
        query("after", "string", "Of a COU or a CO: what comes after this subject, `copersonid:42`.")
    ]);
    let of_any = subject_parameters("copersonid|cogroupid|coemaillistid|coserviceid|couid|coid");
    put("/co_provisioning_targets/plan/{id}/{subject}.{format}", of_any, "post", plan);

    let why = refused(&[400, 401, 404, 503], [("200", told("OK: `CoProvisioningExplanations`, of one subject."))]);
    let explain = operation("explain", TARGETS, "Says why a subject is at a target or not", why);
    let of_one = subject_parameters("copersonid|cogroupid|coemaillistid|coserviceid");
    put("/co_provisioning_targets/{id}/explain/{subject}.{format}", of_one, "get", explain);

    for (path, id, summary) in [
        ("release", "releaseHeld", "Lets go what the guard of a target holds"),
        ("drop", "dropHeld", "Cancels what the guard of a target holds"),
        ("retry", "retryFailed", "Queues again what failed at a target"),
    ] {
        let answers = refused(&[400, 401, 404, 503], [("202", told("Accepted: `Count` requests."))]);
        let mut action = operation(id, TARGETS, summary, answers);
        if path == "retry" {
            let about = "Only what has this text in its `LastError`.";
            action["requestBody"] = body(json!({"Error": {"type": "string", "description": about}}));
        }
        put(&format!("/co_provisioning_targets/{{id}}/{path}.{{format}}"), of_record(), "post", action);
    }

    let monitor = new_object("Accepted: the comparison and its monitor", "NewObject", &["Location", "Retry-After"]);
    let answers = refused(&[400, 401, 404, 409, 422, 503], [("202", monitor)]);
    let mut compare = operation("compare", TARGETS, "Compares a target with the registry", answers);
    compare["requestBody"] = body(json!({
        "Repair": {"type": "boolean", "description": "Make requests for what is missing or different."},
        "RemoveExtra": {"type": "boolean", "description": "Remove what this target wrote and is not to be there."}}));
    put("/co_provisioning_targets/{id}/compare.{format}", of_record(), "post", compare);

    let found = refused(&[400, 401, 404, 422, 503], [("200", told("OK: `CoProvisioningDifferences`, paged."))]);
    let mut differences = operation("differences", "CoProvisioningRequests", "Lists what a comparison found", found);
    differences["parameters"] = json!([
        query("limit", "integer", "At most so many."),
        query("after", "integer", "What comes after this difference.")
    ]);
    put("/co_provisioning_requests/{id}/differences.{format}", of_record(), "get", differences);
}
