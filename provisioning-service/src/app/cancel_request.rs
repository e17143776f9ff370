//! Canceling a request that waits (D38).

use proto::{caller::Caller, refusal::Refusal};
use sea_orm::DbErr;
use service_kit::database::refusal_of;

use crate::{
    app::{App, view_request},
    domain::status::{self, Status},
    store::{children, requests},
};

/// Cancels a request.
///
/// # Errors
/// 401, 404, 409 if it does not wait.
pub async fn run(app: &App, caller: &Caller, id: i64) -> Result<(), Refusal> {
    view_request::run(app, caller, id).await?;
    let withdrawn = withdraw(app, id).await.map_err(|error| refusal_of(&error))?;
    if !withdrawn {
        let now = view_request::run(app, caller, id).await?;
        return Err(Refusal::Conflict {
            phrase: "Conflict".to_owned(),
            sentence: format!(
                "This request is {}; only one that is Queued or Retrying can be canceled.",
                status::shown(&now.status)
            ),
        });
    }
    app.signals.waiters.ended(&[id]);
    app.signals.settle.notify_one();
    Ok(())
}

/// Withdraws a wish; gives whether its request waited.
async fn withdraw(app: &App, id: i64) -> Result<bool, DbErr> {
    let transaction = app.database.begin().await?;
    let stands = requests::cancel(&transaction, id, app.clock.now()).await?;
    if stands.is_some_and(Status::has_ended) {
        children::end(&transaction, &[id]).await?;
    }
    transaction.commit().await?;
    Ok(stands.is_some())
}
