//! Deleting a target: what waits for it is canceled, what is running ends first, its requests stay visible (D40).

use proto::{caller::Caller, refusal::Refusal, tag::hold};
use sea_orm::DbErr;
use service_kit::database::refusal_of;

use crate::{
    app::{App, audit, privileged},
    domain::ids::{RequestId, TargetId},
    store::{cancel, states, targets},
};

/// Why requests are canceled.
pub(crate) const REASON: &str = "The target was deleted.";

/// Deletes a target, if it is what `if_match` says (D43).
///
/// # Errors
/// 401, 404 `CoProvisioningTarget Not Found`, 412.
pub async fn run(app: &App, caller: &Caller, id: TargetId, if_match: Option<&str>) -> Result<(), Refusal> {
    privileged(caller)?;
    let canceled = delete(app, caller, id, if_match).await.map_err(|error| refusal_of(&error))??;
    app.signals.waiters.ended(&canceled);
    app.signals.settle.notify_one();
    Ok(())
}

async fn delete(
    app: &App,
    caller: &Caller,
    id: TargetId,
    if_match: Option<&str>,
) -> Result<Result<Vec<RequestId>, Refusal>, DbErr> {
    let transaction = app.database.begin().await?;
    let found = targets::find_for_update(&transaction, id).await?.filter(|row| caller.may(row.co_id));
    let allowed = hold(if_match, found.as_ref().map(targets::tag).as_deref());
    let row = match allowed.and_then(|()| found.ok_or_else(Refusal::target_not_found)) {
        Ok(row) => row,
        Err(refusal) => {
            transaction.rollback().await?;
            return Ok(Err(refusal));
        }
    };
    targets::delete(&transaction, id).await?;
    let canceled = cancel::of_targets(&transaction, &[id], REASON, app.clock.now()).await?;
    states::forget(&transaction, &[id]).await?;
    let written = audit::deleted(app, &transaction, app.clock.now(), caller, &[row]).await?;
    transaction.commit().await?;
    written.tell();
    Ok(Ok(canceled))
}
