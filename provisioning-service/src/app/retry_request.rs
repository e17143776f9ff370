//! Trying a failed request again (D38).

use proto::{caller::Caller, refusal::Refusal};
use sea_orm::DbErr;
use service_kit::{
    database::{is_conflict, is_taken, refusal_of},
    idempotency, telemetry,
};

use crate::{
    app::{App, audit, ledger::of_wishes, repeated, view_request, wake_others},
    domain::{
        ids::RequestId,
        status::{self, Status},
    },
    store::{children, entity::request::Model, ledger::enter, requests, targets},
};

/// Queues a failed request again; gives the one that waits now, which is another if one waits for the same already, and
/// whether it was done before, by the same request (D44).
///
/// # Errors
/// 401, 404, 409 if it has not failed, or its target is gone.
pub async fn run(app: &App, caller: &Caller, id: RequestId) -> Result<(RequestId, bool), Refusal> {
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    if let Some(id) = repeated(app.database.reader(), &app.clock, caller).await? {
        return Ok((RequestId(id), true));
    }
    let row = view_request::of(app, caller, id, "Retry").await?;
    let conflict = |sentence: String| Refusal::Conflict { phrase: "Conflict".to_owned(), sentence };
    if row.status != Status::Failed.code() {
        return Err(conflict(format!(
            "This request is {}; only one that is Failed can be retried.",
            status::shown(&row.status)
        )));
    }
    let target = targets::find(app.database.reader(), row.co_provisioning_target_id).await;
    if target.map_err(|error| refusal_of(&error))?.is_none() {
        return Err(conflict("The target of this request was deleted.".to_owned()));
    }
    let waiting = loop {
        let result = match requeue(app, caller, &row).await {
            // Another one waits for the same: whoever asks now is added to that.
            Err(error) if is_taken(&error) => merge(app, caller, &row).await.map(Some),
            result => result,
        };
        match result {
            Err(error) if is_conflict(&error) => {}
            result => break result.map_err(|error| refusal_of(&error))?,
        }
    };
    app.wake();
    let waiting = waiting.ok_or_else(|| conflict("This request has been retried just now.".to_owned()))?;
    Ok((waiting, false))
}

async fn requeue(app: &App, caller: &Caller, row: &Model) -> Result<Option<RequestId>, DbErr> {
    let transaction = app.database.begin().await?;
    if !requests::requeue(&transaction, row.id, &caller.username, telemetry::traceparent(), &app.clock).await? {
        transaction.rollback().await?;
        return Ok(None);
    }
    if row.subject()?.kind.is_many() {
        children::forget(&transaction, row.id).await?;
    }
    wake_others(&transaction, &app.clock, vec![row.id]).await?;
    idempotency::keep(&transaction, &app.clock, caller, row.id.0).await?;
    let act = audit::act("Retry", (audit::REQUEST, row.id.0), row.co_id, []);
    audit::commit(app, transaction, caller, Some(act)).await?;
    Ok(Some(row.id))
}

async fn merge(app: &App, caller: &Caller, row: &Model) -> Result<RequestId, DbErr> {
    let new = requests::New {
        co_id: row.co_id,
        target_id: row.co_provisioning_target_id,
        subject: row.subject()?,
        action: row.action.clone(),
        askers: 1,
        actor: Some(caller.username.clone()),
        traceparent: telemetry::traceparent(),
        wish: requests::Wish { repair: row.repair, remove_extra: row.remove_extra, ..requests::Wish::default() },
    };
    let transaction = app.database.begin().await?;
    let made = requests::enqueue(&transaction, std::slice::from_ref(&new), &app.clock).await?;
    wake_others(&transaction, &app.clock, made.clone()).await?;
    let id = made.first().copied().ok_or(DbErr::RecordNotInserted)?;
    idempotency::keep(&transaction, &app.clock, caller, id.0).await?;
    enter(&transaction, &of_wishes(std::iter::once((&new, id))), app.clock.now()).await?;
    let act = audit::act("Retry", (audit::REQUEST, row.id.0), row.co_id, []);
    audit::commit(app, transaction, caller, Some(act)).await?;
    Ok(id)
}
