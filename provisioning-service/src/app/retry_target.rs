//! Trying again all that failed at a target, or what failed for one reason (D54).

use proto::{caller::Caller, provisioning::v1::AcceptedMany, refusal::Refusal};
use sea_orm::DbErr;
use service_kit::{
    database::{is_conflict, is_taken, refusal_of},
    idempotency, telemetry,
};

use crate::{
    app::{App, audit, privileged, repeated, wake_others},
    domain::ids::TargetId,
    store::{children, failed, targets},
};

/// How often it begins anew when others ask for the same meanwhile.
const TRIES: usize = 5;

/// Queues what failed; gives how many requests. One whose subject has a newer request is left: that does its work.
///
/// # Errors
/// 401, 404.
pub async fn run(app: &App, caller: &Caller, target: TargetId, error: Option<&str>) -> Result<AcceptedMany, Refusal> {
    privileged(caller)?;
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    if let Some(count) = repeated(app.database.reader(), &app.clock, caller).await? {
        return Ok(AcceptedMany { count, replayed: true });
    }
    let found = targets::find(app.database.reader(), target).await.map_err(|error| refusal_of(&error))?;
    let co = found.filter(|row| caller.may(row.co_id)).ok_or_else(Refusal::target_not_found)?.co_id;
    let mut left = TRIES;
    let count = loop {
        match requeue(app, caller, (target, co), error).await {
            Err(error) if left > 0 && (is_conflict(&error) || is_taken(&error)) => left -= 1,
            result => break result.map_err(|error| refusal_of(&error))?,
        }
    };
    app.wake();
    Ok(AcceptedMany { count, replayed: false })
}

async fn requeue(app: &App, caller: &Caller, (target, co): (TargetId, i64), error: Option<&str>) -> Result<i64, DbErr> {
    let transaction = app.database.begin().await?;
    let asker = failed::Asker { actor: &caller.username, traceparent: telemetry::traceparent() };
    let ids = failed::requeue(&transaction, target, error, &asker, &app.clock).await?;
    children::begin_anew(&transaction, &ids).await?;
    wake_others(&transaction, &app.clock, ids.clone()).await?;
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    idempotency::keep(&transaction, &app.clock, caller, count).await?;
    let act = audit::act("Retry", (audit::TARGET, target.0), co, [("Requests", count.into())]);
    audit::commit(app, transaction, caller, Some(act)).await?;
    Ok(count)
}
