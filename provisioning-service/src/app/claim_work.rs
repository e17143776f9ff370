//! Taking work.

use sea_orm::DbErr;
use service_kit::database::{is_conflict, is_taken};

use crate::{
    app::App,
    store::{
        claim::{self, Scope},
        entity::request::Model,
    },
};

/// How often a claim begins anew when other processes claim the same.
const TRIES: usize = 5;

/// Takes requests that are due.
///
/// # Errors
/// Those of the database.
pub async fn due(app: &App, scope: &Scope, limit: usize) -> Result<Vec<Model>, DbErr> {
    let mut left = TRIES;
    loop {
        let now = app.clock.now();
        match claim::due(app.database.writer(), scope, now, now + app.lease, limit as u64).await {
            Err(error) if left > 0 && (is_taken(&error) || is_conflict(&error)) => left -= 1,
            result => return result,
        }
    }
}

/// Takes requests whose holder is gone.
///
/// # Errors
/// Those of the database.
pub async fn abandoned(app: &App, limit: usize) -> Result<Vec<Model>, DbErr> {
    let now = app.clock.now();
    let taken = claim::abandoned(app.database.writer(), now, now + app.lease, limit as u64).await?;
    if !taken.is_empty() {
        tracing::warn!(requests = taken.len(), "requests whose worker is gone are worked on again");
    }
    Ok(taken)
}
