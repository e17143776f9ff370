//! What the security log is told of targets (D60): secrets masked.

use chrono::{DateTime, Utc};
use proto::{caller::Caller, record::Record};
use sea_orm::DbErr;
use serde_json::Value as Json;
use service_kit::{
    audit::{
        Entry, Written,
        changes::{between, change},
    },
    database::Transaction,
};

use crate::{
    app::{App, target_rules},
    domain::ids::TargetId,
    store::{entity::target::Model, targets},
};

/// What is told of a change of a target: without `before` it was added, without `after` deleted.
#[must_use]
pub fn entry(app: &App, id: TargetId, co_id: i64, before: Option<&Record>, after: Option<&Record>) -> Entry {
    let action = match (before, after) {
        (None, _) => "Add",
        (_, None) => "Delete",
        _ => "Edit",
    };
    let masked = |record: &Record| {
        let mut record = record.clone();
        target_rules::mask(&app.connectors, &mut record);
        record
    };
    let changes = between(before, after, masked);
    Entry { action, resource: TARGET.to_owned(), resource_id: Some(id.0), co_id: Some(co_id), changes }
}

/// Writes down that targets were deleted.
///
/// # Errors
/// As [`service_kit::audit::Log::write`].
pub async fn deleted(
    app: &App,
    tx: &Transaction,
    at: DateTime<Utc>,
    caller: &Caller,
    rows: &[Model],
) -> Result<Written, DbErr> {
    let gone = |row: &Model| entry(app, row.id, row.co_id, Some(&targets::record(row)), None);
    app.audit.write(tx, at, caller, rows.iter().map(gone).collect()).await
}

/// What is told of an act that has more or less provisioned than changes would: what it was about, and how it was wished.
#[must_use]
pub fn act(
    action: &'static str,
    (resource, id): (&str, i64),
    co_id: i64,
    wished: impl IntoIterator<Item = (&'static str, Json)>,
) -> Entry {
    let changes = wished.into_iter().map(|(field, value)| change(field, None, Some(&value))).collect();
    Entry { action, resource: resource.to_owned(), resource_id: Some(id), co_id: Some(co_id), changes }
}

/// The singular name of a target.
pub const TARGET: &str = "CoProvisioningTarget";
/// The singular name of a request.
pub const REQUEST: &str = "CoProvisioningRequest";

/// Writes down an act, if there is one to be told, commits its transaction, and tells of it.
///
/// # Errors
/// As [`service_kit::audit::Log::write`]; those of the database.
pub async fn commit(app: &App, tx: Transaction, caller: &Caller, act: Option<Entry>) -> Result<(), DbErr> {
    let written = app.audit.write(&tx, app.clock.now(), caller, act.into_iter().collect()).await?;
    tx.commit().await?;
    written.tell();
    Ok(())
}
