//! What [`sweep::forget`](crate::app::sweep::forget) would take away now; nothing goes.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use crate::{settings::RetentionSettings, store::retention::count};

/// Counts rows of each kind. Entries of the ledger go in whole stretches and keep the requests that they name: so a few
/// requests that are counted may stay a little longer.
///
/// # Errors
/// Those of the database.
pub async fn run<C: ConnectionTrait>(
    db: &C,
    keep: &RetentionSettings,
    now: DateTime<Utc>,
) -> Result<Vec<(&'static str, u64)>, DbErr> {
    let ago =
        |of: fn(i64) -> Duration, long: u32| (long > 0).then(|| now.checked_sub_signed(of(long.into()))).flatten();
    let mut found = Vec::new();
    if let Some(before) = ago(Duration::days, keep.requests_days) {
        let [requests, attempts] = count::requests(db, before).await?;
        found.extend([("Requests", requests), ("Attempts", attempts)]);
    }
    if let Some(before) = ago(Duration::days, keep.inbox_days) {
        found.push(("Messages", count::inbox(db, before).await?));
    }
    if let Some(before) = ago(Duration::hours, keep.events_hours) {
        found.push(("Events", count::events(db, before).await?));
    }
    Ok(found)
}
