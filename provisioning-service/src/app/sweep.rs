//! What is looked after from time to time: requests for many that have ended, what is long past, numbers for the dashboards.

use chrono::{DateTime, Duration, Utc};
use sea_orm::DbErr;
use service_kit::{database::is_conflict, idempotency};

use crate::{
    app::App,
    domain::status::Status,
    settings::RetentionSettings,
    store::{
        awaited, cancel, children, erasures, events, gauges, inbox, ledger, parents, retention,
        unsettled::{self, Due},
    },
};

/// Withdraws what canceled requests for many stand for, and ends requests for many whose children have all ended.
///
/// # Errors
/// Those of the database.
pub async fn settle(app: &App) -> Result<(), DbErr> {
    loop {
        match withdraw(app).await {
            Ok(true) => {}
            Ok(false) => break,
            // Whoever records what became of others asked for the same rows in another order.
            Err(error) if is_conflict(&error) => {}
            Err(error) => return Err(error),
        }
    }
    let ended = parents::settle(app.database.writer(), &app.clock).await?;
    if !ended.is_empty() {
        app.signals.waiters.ended(&ended);
        // Another one for the same may begin now.
        app.signals.work.notify_one();
    }
    Ok(())
}

/// Withdraws some of what waits for canceled requests for many; gives whether there may be more.
async fn withdraw(app: &App) -> Result<bool, DbErr> {
    if children::withdrawn(app.database.reader(), 1).await?.is_empty() {
        return Ok(false);
    }
    let transaction = app.database.begin().await?;
    let some = children::withdrawn(&transaction, STEP).await?;
    let mut canceled = Vec::new();
    for (parent, children) in &some {
        let stand = cancel::wishes(&transaction, children, app.clock.now()).await?;
        let ended = stand.into_iter().filter(|(_, status)| status.is_some_and(Status::has_ended)).map(|(id, _)| id);
        canceled.extend(ended);
        children::leave(&transaction, *parent, children).await?;
    }
    children::end(&transaction, &canceled).await?;
    transaction.commit().await?;
    app.signals.waiters.ended(&canceled);
    Ok(!some.is_empty())
}

/// Asks again for what waits for a name at a target that nobody has.
///
/// # Errors
/// Those of the database.
pub async fn ask_for_names(app: &App) -> Result<(), DbErr> {
    let mut left = TRIES;
    let queued = loop {
        match ask_for_forgotten(app).await {
            // Whoever records what became of others asked for the same rows in another order.
            Err(error) if is_conflict(&error) && left > 0 => left -= 1,
            queued => break queued?,
        }
    };
    if queued {
        app.signals.work.notify_one();
    }
    Ok(())
}

/// How often what stood in another one's way is tried again at once.
const TRIES: u32 = 3;

async fn ask_for_forgotten(app: &App) -> Result<bool, DbErr> {
    let transaction = app.database.begin().await?;
    let due = awaited::forgotten(&transaction).await?.into_iter().map(|(co_id, place)| Due { co_id, place });
    let queued = unsettled::enqueue(&transaction, &due.collect::<Vec<_>>(), app.clock.now()).await?;
    transaction.commit().await?;
    Ok(!queued.is_empty())
}

/// Forgets what is known of subjects that were erased and that no target has any more.
///
/// # Errors
/// Those of the database.
pub async fn forget_erased(app: &App) -> Result<(), DbErr> {
    let ripe = erasures::ripe(app.database.reader(), &app.clock, STEP).await?;
    let any = !ripe.is_empty();
    for subject in ripe {
        let transaction = app.database.begin().await?;
        erasures::forget(&transaction, subject).await?;
        transaction.commit().await?;
        tracing::info!(
            subject = subject.kind.parameter(),
            id = subject.id,
            "what was known of somebody who was erased has been forgotten"
        );
    }
    if any { app.database.scrub().await } else { Ok(()) }
}

/// How many rows go away in one step, so that nobody waits for a long statement.
const STEP: u32 = 1000;

/// Forgets what is long past: events, and requests that have ended with their attempts. Gives how many went away.
///
/// # Errors
/// Those of the database.
pub async fn forget(app: &App, keep: &RetentionSettings) -> Result<u64, DbErr> {
    let before = |days: u32| (days > 0).then(|| app.clock.now() - Duration::days(i64::from(days)));
    let db = app.database.writer();
    let mut gone = 0;
    idempotency::forget(db, &app.clock).await?;
    if let Some(before) = before(keep.inbox_days) {
        while step(&mut gone, inbox::forget(db, before, STEP).await?) {}
    }
    if keep.events_hours > 0 {
        let before = app.clock.now() - Duration::hours(i64::from(keep.events_hours));
        while events::forget(db, before, STEP).await? >= u64::from(STEP) {}
    }
    if let Some(before) = before(keep.requests_days) {
        forget_ledger(app, before).await?;
        while step(&mut gone, retention::untie(db, before, STEP).await?) {}
        while step(&mut gone, remove(app, before).await?) {}
    }
    if gone > 0 {
        tracing::info!(rows = gone, "what was long past has been forgotten");
    }
    Ok(gone)
}

/// Forgets the entries of the ledger that are as old as the requests that go away, in whole stretches of numbers.
async fn forget_ledger(app: &App, before: DateTime<Utc>) -> Result<(), DbErr> {
    let db = app.database.writer();
    let mut after = 0;
    loop {
        let cos = ledger::cos(db, after, STEP).await?;
        let Some(last) = cos.last().copied() else { return Ok(()) };
        for co in cos {
            while ledger::forget(db, co, before, STEP).await? >= u64::from(STEP) {}
        }
        after = last;
    }
}

/// Counts what went away in a step; gives whether there may be more.
fn step(gone: &mut u64, some: u64) -> bool {
    *gone += some;
    some >= u64::from(STEP)
}

async fn remove(app: &App, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let transaction = app.database.begin().await?;
    let gone = retention::remove(&transaction, before, STEP).await?;
    transaction.commit().await?;
    Ok(gone.len() as u64)
}

/// Looks after children that ended without word of it.
///
/// # Errors
/// Those of the database.
pub async fn catch_up(app: &App) -> Result<(), DbErr> {
    parents::catch_up(app.database.writer()).await?;
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
    metrics::gauge!("cohort_erasures_waiting").set(gauge(erasures::count(app.database.reader()).await?));
    metrics::gauge!("cohort_provisioning_requests_waiting").set(gauge(found.waiting));
    metrics::gauge!("cohort_provisioning_oldest_due_seconds").set(gauge(age) / 1000.0);
    metrics::gauge!("cohort_outbox_messages", "service" => "provisioning").set(gauge(found.outbox));
    Ok(())
}
