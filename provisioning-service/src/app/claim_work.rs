//! Taking work.

use sea_orm::DbErr;
use service_kit::database::{is_conflict, is_taken};

use crate::{
    app::{App, give_up},
    store::{
        claim::{self, Room, Scope},
        entity::request::Model,
    },
};

/// How often a claim begins anew when other processes claim the same.
const TRIES: usize = 5;

/// Takes requests that are due, of each CO as many as it has room for.
///
/// # Errors
/// Those of the database.
pub async fn due(app: &App, scope: &Scope, room: &Room, limit: usize) -> Result<Vec<Model>, DbErr> {
    let mut left = TRIES;
    loop {
        match claim::due(app.database.writer(), (scope, room), &app.clock, app.lease, limit as u64).await {
            Err(error) if left > 0 && (is_taken(&error) || is_conflict(&error)) => left -= 1,
            result => return result,
        }
    }
}

/// Takes requests whose holder is gone. One that has taken its holders along too often ends.
///
/// # Errors
/// Those of the database.
pub async fn abandoned(app: &App, limit: usize) -> Result<Vec<Model>, DbErr> {
    let taken = claim::abandoned(app.database.writer(), &app.clock, app.lease, limit as u64).await?;
    let (again, felling): (Vec<_>, Vec<_>) = taken.into_iter().partition(|row| !give_up::fells(row));
    if !again.is_empty() {
        tracing::warn!(requests = again.len(), "requests whose worker is gone are worked on again");
    }
    if !felling.is_empty()
        && let Err(error) = give_up::felling(app, felling).await
    {
        // They are looked at again when their leases end.
        tracing::warn!(%error, "requests that fell their workers cannot be given up");
    }
    Ok(again)
}
