//! Canceling a request that waits (D38).

use proto::{caller::Caller, refusal::Refusal};
use service_kit::database::refusal_of;

use crate::{
    app::{App, view_request},
    store::requests,
};

/// Cancels a request.
///
/// # Errors
/// 401, 404, 409 if it does not wait.
pub async fn run(app: &App, caller: &Caller, id: i64) -> Result<(), Refusal> {
    view_request::run(app, caller, id).await?;
    let canceled = requests::cancel(app.database.writer(), id, app.clock.now()).await;
    if !canceled.map_err(|error| refusal_of(&error))? {
        let now = view_request::run(app, caller, id).await?;
        return Err(Refusal::Conflict {
            phrase: "Conflict".to_owned(),
            sentence: format!("This request is {}; only one that is Queued or Retrying can be canceled.", now.status),
        });
    }
    app.signals.waiters.ended(&[id]);
    app.signals.settle.notify_one();
    Ok(())
}
