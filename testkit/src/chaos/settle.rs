//! Waiting until everything is at rest, and what is true then.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{api::Api, fleet::Fleet, history, model, target::Targets};
use crate::proof::rest::{Document, Request, Rest};

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
            let waiting = waiting(fleet).await;
            return Some(format!("not at rest after {} s: {left}\n{waiting}", within.as_secs()));
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
    // Also what a consumer holds that waits for a database: others may be at rest long before it.
    let queued = fleet.rabbitmq.queued().await;
    left.extend((queued > 0).then(|| format!("messages {queued}")));
    left.join(", ")
}

/// The first requests that have not ended, as they stand.
async fn waiting(fleet: &Fleet) -> String {
    let [_, provisioning] = &fleet.databases;
    let sql = "SELECT id, co_provisioning_target_id AS target, subject_kind, subject_id, action, status, tries, attempts, \
               'due in ' || extract(epoch FROM due - now())::int || ' s', last_error FROM provisioning_requests \
               WHERE status NOT IN ('Succeeded', 'Failed', 'Canceled') ORDER BY id LIMIT 10";
    fleet.postgres.query(provisioning, sql).await
}

/// Reads what is true now; `numbers` gives the number under which the targets know each of Cohort's.
pub(super) async fn rest(api: &Api, fleet: &Fleet, targets: &Targets, co: i64, numbers: &BTreeMap<i64, i64>) -> Rest {
    let history = history::read(fleet, numbers).await;
    let ended = ["Succeeded", "Failed", "Canceled"];
    let requests = api.list("co_provisioning_requests", &format!("coid={co}")).await;
    let requests = requests.iter().filter_map(|record| {
        let status = record.get("Status")?.as_str()?.to_owned();
        let id = record.get("CoProvisioningTargetId")?.as_i64()?;
        let target = numbers.get(&id).copied().unwrap_or(-id);
        let person = record.pointer("/Person/Id").and_then(Value::as_i64);
        let (id, subject) = (record.get("Id")?.as_i64()?, person.map(history::subject).unwrap_or_default());
        let ended = ended.contains(&status.as_str());
        let told = history.told.get(&id).copied().unwrap_or_default();
        Some((id, Request { target, subject, status, ended, told }))
    });
    let requests = requests.collect();
    let model = model::read(api, co).await;
    let model = numbers
        .values()
        .flat_map(|target| model.iter().map(|document| Document { target: *target, ..document.clone() }));
    let documents = targets.documents().into_iter().filter(|document| numbers.values().any(|n| *n == document.target));
    Rest { model: model.collect(), documents: documents.collect(), requests, history: history.lines }
}
