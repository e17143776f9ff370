//! Waiting until everything is at rest, and what is true then.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{api::Api, fleet::Fleet, payload, target::Targets};
use crate::proof::{
    journal::Vector,
    rest::{Document, Request, Rest},
};

/// How long nothing must have happened.
const QUIET: Duration = Duration::from_secs(3);

/// Waits until no message, no request and no call is on its way; gives what still is when the time is over.
pub(super) async fn settle(fleet: &Fleet, targets: &Targets, within: Duration) -> Option<String> {
    let deadline = Instant::now() + within;
    let mut quiet = Instant::now();
    let mut arrived = targets.arrived();
    loop {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let left = left(fleet).await;
        let now = targets.arrived();
        if !left.is_empty() || !targets.is_quiet() || now != arrived {
            (quiet, arrived) = (Instant::now(), now);
        }
        if quiet.elapsed() > QUIET {
            return None;
        }
        if Instant::now() > deadline {
            return Some(format!("not at rest after {} s: {left}", within.as_secs()));
        }
    }
}

/// What is on its way inside of Cohort. It tells only when to look, not what is right.
async fn left(fleet: &Fleet) -> String {
    let [registry, provisioning] = &fleet.databases;
    let mut left = Vec::new();
    for (database, sql) in [
        (registry, "SELECT 'unsent changes', count(*) FROM outbox HAVING count(*) > 0"),
        (provisioning, "SELECT 'unsent outcomes', count(*) FROM outbox HAVING count(*) > 0"),
        (
            provisioning,
            "SELECT status, count(*) FROM provisioning_requests \
             WHERE status NOT IN ('Succeeded', 'Failed', 'Canceled') GROUP BY status",
        ),
        (
            provisioning,
            "SELECT 'unsettled places', count(*) FROM subject_states AS s JOIN co_provisioning_targets AS t \
             ON t.id = s.co_provisioning_target_id AND t.status <> 'X' WHERE s.settle_due IS NOT NULL \
             HAVING count(*) > 0",
        ),
    ] {
        let rows = fleet.postgres.query(database, sql).await;
        left.extend((!rows.is_empty()).then_some(rows));
    }
    left.join(", ")
}

/// Reads what is true now; `numbers` gives the number under which the targets know each of Cohort's.
pub(super) async fn rest(api: &Api, targets: &Targets, co: i64, numbers: &BTreeMap<i64, i64>) -> Rest {
    let ended = ["Succeeded", "Failed", "Canceled"];
    let requests = api.list("co_provisioning_requests", &format!("coid={co}")).await;
    let requests = requests.iter().filter_map(|record| {
        let status = record.get("Status")?.as_str()?.to_owned();
        let id = record.get("CoProvisioningTargetId")?.as_i64()?;
        let target = numbers.get(&id).copied().unwrap_or(-id);
        let subject = record.pointer("/Person/Id").map(|id| format!("person {id}")).unwrap_or_default();
        let ended = ended.contains(&status.as_str());
        Some((record.get("Id")?.as_i64()?, Request { target, subject, status, ended, told: 0 }))
    });
    let requests = requests.collect();
    let model = model(api, co).await;
    let model = numbers
        .values()
        .flat_map(|target| model.iter().map(|document| Document { target: *target, ..document.clone() }));
    let documents = targets.documents().into_iter().filter(|document| numbers.values().any(|n| *n == document.target));
    Rest { model: model.collect(), documents: documents.collect(), requests, history: Vec::new() }
}

/// What each target should hold, read from the records of the API by the documented rules alone.
async fn model(api: &Api, co: i64) -> Vec<Document> {
    let query = format!("coid={co}");
    let mut people: BTreeMap<i64, Document> = BTreeMap::new();
    for person in api.list("co_people", &query).await {
        let status = person.get("Status").and_then(Value::as_str).unwrap_or_default();
        if ["Active", "GracePeriod", "Suspended", "Expired", "Locked"].contains(&status)
            && let Some(id) = person.get("Id").and_then(Value::as_i64)
        {
            let born = person.get("DateOfBirth").and_then(Value::as_str);
            let text = born.map(|born| format!("born {born}")).unwrap_or_default();
            let (key, subject, vector) = (String::new(), String::new(), Vector::new());
            people.insert(id, Document { target: 0, key, subject, vector, text });
        }
    }
    for (path, name) in
        [("names", "Given"), ("email_addresses", "Mail"), ("identifiers", "Identifier"), ("co_person_roles", "Title")]
    {
        for record in api.list(path, &query).await {
            let text = |name: &str| record.get(name).and_then(Value::as_str);
            let person = record.pointer("/Person/Id").and_then(Value::as_i64);
            let Some(document) = person.and_then(|person| people.get_mut(&person)) else { continue };
            let holds = path != "co_person_roles" || matches!(text("Status"), Some("Active" | "GracePeriod"));
            let Some(value) = text(name).filter(|_| holds) else { continue };
            if text("Type") == Some(payload::KEY_TYPE) {
                document.key = value.to_owned();
                document.subject = payload::subject_of_key(value).unwrap_or_default().to_owned();
            }
            if let Some(cou) = record.get("CouId").and_then(Value::as_i64) {
                payload::note(&mut document.text, &format!("{value} in COU {cou}"));
            }
            document.vector.extend(payload::field_of(value));
        }
    }
    people.into_values().filter(|document| !document.key.is_empty()).collect()
}
