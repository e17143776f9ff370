//! Viewing a request.

use proto::{caller::Caller, refusal::Refusal};
use service_kit::database::refusal_of;

use crate::{
    app::{App, privileged},
    store::{entity::request::Model, requests},
};

/// Shows a request.
///
/// # Errors
/// 401, 404.
pub async fn run(app: &App, caller: &Caller, id: i64) -> Result<Model, Refusal> {
    privileged(caller)?;
    let found = requests::find(app.database.reader(), id).await.map_err(|error| refusal_of(&error))?;
    found.filter(|row| caller.may(row.co_id)).ok_or_else(|| Refusal::unknown("CoProvisioningRequest"))
}
