//! Settling places where an older content may have landed.
//!
//! Guarantee: each place that is due gets a request that applies its newest state. Mechanism: one transaction takes the
//! places and makes the requests; a place is taken again a minute later if nothing came of it.

use chrono::Duration;
use sea_orm::DbErr;
use service_kit::database::{is_conflict, is_taken};

use crate::{
    app::{App, wake_others},
    store::unsettled,
};

/// When a place is looked at again of whose request nothing came.
const AGAIN: Duration = Duration::seconds(60);

/// Makes requests for the places that are due.
///
/// # Errors
/// Those of the database.
pub async fn run(app: &App) -> Result<(), DbErr> {
    match settle(app).await {
        // Others are about the same places: the next look finds what is left.
        Err(error) if is_taken(&error) || is_conflict(&error) => Ok(()),
        result => result,
    }
}

async fn settle(app: &App) -> Result<(), DbErr> {
    let now = app.clock.now();
    let transaction = app.database.begin().await?;
    let due = unsettled::take(&transaction, app.clock.of_database(app.database.backend()), now + AGAIN).await?;
    let made = unsettled::enqueue(&transaction, &due, now).await?;
    if made.is_empty() {
        return transaction.rollback().await;
    }
    tracing::debug!(places = due.len(), "places are settled");
    wake_others(&transaction, &app.clock, made).await?;
    transaction.commit().await?;
    app.wake();
    Ok(())
}
