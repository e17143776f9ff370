//! Viewing a request.

use proto::{caller::Caller, refusal::Refusal};
use service_kit::database::refusal_of;

use crate::{
    app::{App, privileged, scoped},
    domain::ids::RequestId,
    store::{entity::request::Model, requests},
};

/// Shows a request.
///
/// # Errors
/// 401, 404.
pub async fn run(app: &App, caller: &Caller, id: RequestId) -> Result<Model, Refusal> {
    of(app, caller, id, "View").await
}

/// Finds a request for a method of it.
///
/// # Errors
/// 401, also when the caller's scopes do not allow it at the request's target (D61); 404.
pub async fn of(app: &App, caller: &Caller, id: RequestId, method: &str) -> Result<Model, Refusal> {
    privileged(caller)?;
    let found = requests::find(app.database.reader(), id).await.map_err(|error| refusal_of(&error))?;
    let row = found.filter(|row| caller.may(row.co_id)).ok_or_else(|| Refusal::unknown("CoProvisioningRequest"))?;
    scoped(caller, "co_provisioning_requests", method, row.co_provisioning_target_id)?;
    Ok(row)
}
