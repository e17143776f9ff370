//! Canceling a request that waits (D38), or one for many that has begun: what it stands for and has not begun is withdrawn
//! then, by who looks after requests for many ([`crate::app::sweep::settle`]).

use proto::{caller::Caller, refusal::Refusal, tag::hold};
use sea_orm::DbErr;
use service_kit::{
    database::{is_conflict, refusal_of},
    rows::tag::tag,
};

use crate::{
    app::{App, audit, view_request},
    domain::{
        ids::RequestId,
        status::{self, Status},
    },
    store::{cancel, children, requests},
};

/// Cancels a request, if it is what `if_match` says (D43).
///
/// # Errors
/// 401, 404, 409 if it does not wait, and is not one for many that has begun, 412.
pub async fn run(app: &App, caller: &Caller, id: RequestId, if_match: Option<&str>) -> Result<(), Refusal> {
    let known = view_request::of(app, caller, id, "Delete").await;
    if matches!(known, Err(Refusal::Unknown { .. })) {
        hold(if_match, None)?;
    }
    let co = known?.co_id;
    let withdrawn = loop {
        match withdraw(app, caller, (id, co), if_match).await {
            // Whoever records what became of others asked for the same rows in another order.
            Err(error) if is_conflict(&error) => {}
            result => break result.map_err(|error| refusal_of(&error))??,
        }
    };
    if !withdrawn {
        let now = view_request::run(app, caller, id).await?;
        let many = now.subject().is_ok_and(|subject| subject.kind.is_many());
        let again = cancel::is_withdrawn(app.database.reader(), id).await.map_err(|error| refusal_of(&error))?;
        let sentence = if many && again && now.ended.is_none() {
            "This request is being canceled already: it ends when what runs of it has ended.".to_owned()
        } else {
            format!(
                "This request is {}; only one that is Queued or Retrying can be canceled, and one for many that has not ended.",
                status::shown(&now.status)
            )
        };
        return Err(Refusal::Conflict { phrase: "Conflict".to_owned(), sentence });
    }
    app.signals.waiters.ended(&[id]);
    app.signals.settle.notify_one();
    Ok(())
}

/// Withdraws a wish; gives whether there was something to withdraw, or that it is not what the condition says.
async fn withdraw(
    app: &App,
    caller: &Caller,
    (id, co): (RequestId, i64),
    if_match: Option<&str>,
) -> Result<Result<bool, Refusal>, DbErr> {
    let transaction = app.database.begin().await?;
    if if_match.is_some() {
        let found = requests::find_for_update(&transaction, id).await?;
        if let Err(refusal) = hold(if_match, found.as_ref().map(tag).as_deref()) {
            transaction.rollback().await?;
            return Ok(Err(refusal));
        }
    }
    let stands = cancel::wishes(&transaction, &[id], app.clock.now()).await?;
    if stands.iter().any(|(_, status)| status.is_some_and(Status::has_ended)) {
        children::end(&transaction, &[id]).await?;
    }
    if stands.is_empty() && !cancel::begun(&transaction, id, app.clock.now()).await? {
        transaction.rollback().await?;
        return Ok(Ok(false));
    }
    let act = audit::act("Cancel", (audit::REQUEST, id.0), co, []);
    audit::commit(app, transaction, caller, Some(act)).await?;
    Ok(Ok(true))
}
