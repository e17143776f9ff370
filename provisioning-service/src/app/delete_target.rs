//! Deleting a target: what waits for it is canceled, what is running ends first, its requests stay visible (D40).

use proto::{caller::Caller, refusal::Refusal};
use sea_orm::DbErr;
use service_kit::database::refusal_of;

use crate::{
    app::{App, privileged, target_not_found},
    store::{requests, states, targets},
};

/// Why requests are canceled.
pub(crate) const REASON: &str = "The target was deleted.";

/// Deletes a target.
///
/// # Errors
/// 401, 404 `CoProvisioningTarget Not Found`.
pub async fn run(app: &App, caller: &Caller, id: i64) -> Result<(), Refusal> {
    privileged(caller)?;
    let canceled = delete(app, caller, id).await.map_err(|error| refusal_of(&error))?;
    let canceled = canceled.ok_or_else(target_not_found)?;
    app.signals.waiters.ended(&canceled);
    app.signals.settle.notify_one();
    Ok(())
}

async fn delete(app: &App, caller: &Caller, id: i64) -> Result<Option<Vec<i64>>, DbErr> {
    let transaction = app.database.begin().await?;
    let found = targets::find_for_update(&transaction, id).await?;
    if !found.is_some_and(|row| caller.may(row.co_id)) {
        transaction.rollback().await?;
        return Ok(None);
    }
    targets::delete(&transaction, id).await?;
    let canceled = requests::cancel_of_targets(&transaction, &[id], REASON, app.clock.now()).await?;
    states::forget(&transaction, &[id]).await?;
    transaction.commit().await?;
    Ok(Some(canceled))
}
