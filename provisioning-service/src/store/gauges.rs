//! Numbers for the dashboards.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

/// How much there is to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauges {
    /// Requests that wait.
    pub waiting: i64,
    /// Since when the oldest of those that are due has been due.
    pub oldest_due: Option<DateTime<Utc>>,
    /// Messages that were not sent yet.
    pub outbox: i64,
}

/// Reads how much there is to do.
///
/// # Errors
/// Those of the database.
pub async fn read<C: ConnectionTrait>(db: &C) -> Result<Gauges, DbErr> {
    let sql = "SELECT COUNT(*) AS waiting, MIN(due) AS oldest_due, (SELECT COUNT(*) FROM outbox) AS outbox \
               FROM provisioning_requests WHERE status IN ('Queued', 'Retrying')";
    let Some(row) = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await? else {
        return Ok(Gauges::default());
    };
    Ok(Gauges {
        waiting: row.try_get("", "waiting")?,
        oldest_due: row.try_get("", "oldest_due")?,
        outbox: row.try_get("", "outbox")?,
    })
}
