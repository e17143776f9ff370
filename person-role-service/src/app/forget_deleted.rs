//! Retention: what was deleted long ago goes away for good (ADR 0049).
//!
//! Guarantee: what goes was deleted longer ago than is set, with its versions and its history, and the security log says of
//! which CO how much went. Mechanism: small steps, each a transaction with rows of one CO, the record of the security log,
//! and the events that have targets and provisioning forget the subjects among them. Failure: a step that is interrupted, or
//! cannot be written down, leaves everything as it was; the next round begins there.

use chrono::{DateTime, Duration, Utc};
use proto::caller::Caller;
use service_kit::audit::Entry as AuditEntry;

use crate::{
    change::Change,
    context::{App, Fault},
    domain::ids::{CoId, EmailListId, GroupId, PersonId, ServiceId, Subject},
    store::{
        retention::{self, Gone},
        time::database_time,
    },
};

pub mod hourly;

/// So many records go in a step, so that nobody waits for long.
const STEP: u64 = 200;

/// The time before which what was deleted goes; none where nothing does.
#[must_use]
pub fn before(now: DateTime<Utc>, days: u32) -> Option<DateTime<Utc>> {
    (days > 0).then(|| now.checked_sub_signed(Duration::days(days.into()))).flatten()
}

/// Takes away what was deleted longer ago than `days`, 0 being never; gives what went.
///
/// # Errors
/// Those of the database, or that the security log cannot be written.
pub async fn forget_deleted(app: &App, days: u32) -> Result<Gone, Fault> {
    let mut all = Gone::default();
    let now = database_time(app.database.reader(), &app.clock).await?;
    let Some(before) = before(now, days) else { return Ok(all) };
    while let Some(gone) = step(app, before).await? {
        all.add(&gone);
    }
    if all.count() > 0 {
        tracing::info!(rows = all.count(), versions = all.versions, "what was deleted long ago has been forgotten");
    }
    Ok(all)
}

/// Takes some of it away; none if there is no more that nobody else is at.
async fn step(app: &App, before: DateTime<Utc>) -> Result<Option<Gone>, Fault> {
    let house = Caller::house();
    let mut change = Change::begin(app, &house).await?;
    let Some(co) = retention::co(&change.tx, before).await? else { return Ok(None) };
    let mut gone = Gone::default();
    for table in retention::tables() {
        let left = STEP.saturating_sub(gone.count());
        if left == 0 {
            break;
        }
        let ids = retention::ripe(&change.tx, (table, co), before, left).await?;
        gone.add(&retention::remove(&change.tx, table, &ids).await?);
        ids.iter().filter_map(|id| subject(&table.singular, *id)).for_each(|of| change.forgotten(CoId(co), of));
    }
    if gone.count() == 0 {
        return Ok(None);
    }
    change.audit(AuditEntry {
        action: "Forget",
        resource: "Co".to_owned(),
        resource_id: Some(co),
        co_id: Some(co),
        changes: gone.changes(),
    });
    change.commit().await?;
    Ok(Some(gone))
}

/// The subject that a record is.
fn subject(singular: &str, id: i64) -> Option<Subject> {
    Some(match singular {
        "CoPerson" => Subject::Person(PersonId(id)),
        "CoGroup" => Subject::Group(GroupId(id)),
        "CoEmailList" => Subject::EmailList(EmailListId(id)),
        "CoService" => Subject::Service(ServiceId(id)),
        _ => return None,
    })
}
