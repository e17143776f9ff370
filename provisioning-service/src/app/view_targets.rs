//! Viewing one target, and listing them. Secrets are hidden.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use proto::{
    caller::Caller,
    filters,
    provisioning::v1::Mode,
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::ListRequest,
};
use service_kit::database::refusal_of;

use crate::{
    app::{App, privileged, target_rules as rules},
    domain::{ids::TargetId, subject::Kind},
    store::{
        entity::target::Model,
        health::{self, Health},
        targets,
    },
};

/// Shows a target, with its tag (D43).
///
/// # Errors
/// 401, 404.
pub async fn one(app: &App, caller: &Caller, id: TargetId) -> Result<(Record, String), Refusal> {
    privileged(caller)?;
    let found = targets::find(app.database.reader(), id).await.map_err(|error| refusal_of(&error))?;
    match found.filter(|row| caller.may(row.co_id)) {
        Some(row) => {
            let mut records = vec![shown(app, &row)];
            fare(app, &mut records).await?;
            Ok((records.pop().unwrap_or_else(|| targets::record(&row)), targets::tag(&row)))
        }
        None => Err(Refusal::unknown("CoProvisioningTarget")),
    }
}

/// Lists targets, and says whether there are more.
///
/// # Errors
/// 401, 404 `CO Unknown`.
pub async fn list(app: &App, caller: &Caller, request: &ListRequest) -> Result<(Vec<Record>, bool), Refusal> {
    privileged(caller)?;
    let sent = request.filters.iter().map(|filter| filter.name.as_str());
    filters::refuse_others("CoProvisioningTargets", sent, &[Kind::Co.parameter()])?;
    let mut co = caller.co_id;
    for filter in request.filters.iter().filter(|filter| filter.name == Kind::Co.parameter()) {
        co = Some(co_of_filter(app, caller, &filter.value, co).await?);
    }
    let limit = if request.limit == 0 { 0 } else { u64::from(request.limit) + 1 };
    let rows =
        targets::list(app.database.reader(), co, request.after, limit).await.map_err(|error| refusal_of(&error))?;
    let mut records: Vec<Record> = rows.iter().map(|row| shown(app, row)).collect();
    let more = request.limit > 0 && records.len() > request.limit as usize;
    records.truncate(if more { request.limit as usize } else { records.len() });
    fare(app, &mut records).await?;
    Ok((records, more))
}

/// The CO that a filter names; one that is asked for twice must be the same (D10).
pub(super) async fn co_of_filter(app: &App, caller: &Caller, value: &str, so_far: Option<i64>) -> Result<i64, Refusal> {
    let unknown = || Refusal::unknown(Kind::Co.title());
    let id = value.parse::<i64>().ok().filter(|id| *id > 0 && caller.may(*id)).ok_or_else(unknown)?;
    if so_far.is_some_and(|co| co != id) {
        return Err(unknown());
    }
    if caller.co_id == Some(id) {
        return Ok(id);
    }
    let owners = app.registry.resolve(&[("Co", id)]).await.map_err(|status| Refusal::of_status(&status))?;
    owners.co_of("Co", id).map(|_known| id).ok_or_else(unknown)
}

/// Adds how the targets fare (D55).
async fn fare(app: &App, records: &mut [Record]) -> Result<(), Refusal> {
    let ids: Vec<TargetId> = records.iter().filter_map(|record| record.int("id").map(TargetId)).collect();
    let found = health::of(app.database.reader(), &ids).await.map_err(|error| refusal_of(&error))?;
    let found: HashMap<TargetId, Health> = found.into_iter().map(|health| (health.target, health)).collect();
    for record in records {
        let Some(health) = record.int("id").and_then(|id| found.get(&TargetId(id))) else { continue };
        let disabled = record.get("status") == Some(&Value::Enum(Mode::Disabled.into()));
        let (name, sentence) = match (disabled, &health.health) {
            (true, _) => ("Unknown", "The target is disabled: nothing is sent to it."),
            (false, None) => ("Unknown", "It has not been called yet."),
            (false, Some(name)) => (name.as_str(), health.sentence.as_deref().unwrap_or_default()),
        };
        let time = |time: DateTime<Utc>| Value::Time(time.timestamp());
        for (column, value) in [
            ("health", Some(Value::Text(name.to_owned()))),
            ("health_sentence", Some(Value::Text(sentence.to_owned()))),
            ("waiting", Some(Value::Int(health.waiting))),
            ("oldest_waiting", health.oldest.map(time)),
            ("failing", Some(Value::Int(health.failing))),
            ("held", Some(Value::Int(health.held))),
            ("concurrency", Some(Value::Int(health.concurrency.unwrap_or_default()))),
            ("last_success", health.last_success.map(time)),
        ] {
            record.set(column, value.map_or(Slot::Absent, Slot::Is));
        }
    }
    Ok(())
}

fn shown(app: &App, row: &Model) -> Record {
    let mut record = targets::record(row);
    rules::mask(&app.connectors, &mut record);
    record.set("comparable", Slot::Is(Value::Bool(app.compares(&row.plugin))));
    record
}
