//! What is looked after from time to time: requests for many that have ended, old events, numbers for the dashboards.

use chrono::Duration;
use sea_orm::DbErr;

use crate::{
    app::App,
    store::{gauges, inbox, parents},
};

/// How long events are remembered. The broker hands nothing out again after so long.
const REMEMBERED: Duration = Duration::days(14);

/// Ends requests for many whose children have all ended.
///
/// # Errors
/// Those of the database.
pub async fn settle(app: &App) -> Result<(), DbErr> {
    let ended = parents::settle(app.database.writer(), app.clock.now()).await?;
    if !ended.is_empty() {
        app.signals.waiters.ended(&ended);
        // Another one for the same may begin now.
        app.signals.work.notify_one();
    }
    Ok(())
}

/// Forgets events that are long past.
///
/// # Errors
/// Those of the database.
pub async fn forget(app: &App) -> Result<(), DbErr> {
    let forgotten = inbox::forget(app.database.writer(), app.clock.now() - REMEMBERED).await?;
    if forgotten > 0 {
        tracing::info!(events = forgotten, "events of long ago were forgotten");
    }
    Ok(())
}

/// Measures how much there is to do.
///
/// # Errors
/// Those of the database.
pub async fn measure(app: &App) -> Result<(), DbErr> {
    let found = gauges::read(app.database.reader()).await?;
    let age = found.oldest_due.map_or(0, |due| (app.clock.now() - due).num_milliseconds().max(0));
    #[expect(clippy::cast_precision_loss, reason = "a gauge need not be exact")]
    let gauge = |value: i64| value as f64;
    metrics::gauge!("cohort_provisioning_requests_waiting").set(gauge(found.waiting));
    metrics::gauge!("cohort_provisioning_oldest_due_seconds").set(gauge(age) / 1000.0);
    metrics::gauge!("cohort_outbox_messages", "service" => "provisioning").set(gauge(found.outbox));
    Ok(())
}
