//! How much of what has ended long ago there is.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::GOES_ON;

/// Requests that [`super::remove`] would take away when all that ended before the time `$1` is untied and the ledger has forgotten
/// as much: a child whose parent has not ended stays.
fn over() -> String {
    format!(
        "provisioning_requests AS q WHERE q.ended < $1 AND NOT {GOES_ON} AND NOT EXISTS (\
         SELECT 1 FROM provisioning_request_children AS l JOIN provisioning_requests AS p ON p.id = l.parent_id \
         WHERE l.child_id = q.id AND (p.ended IS NULL OR p.ended >= $1))"
    )
}

/// How many requests that ended before a time would go, and how many attempts with them.
///
/// # Errors
/// Those of the database.
pub async fn requests<C: ConnectionTrait>(db: &C, before: DateTime<Utc>) -> Result<[u64; 2], DbErr> {
    let over = over();
    let attempts = format!("provisioning_attempts WHERE provisioning_request_id IN (SELECT q.id FROM {over})");
    Ok([number(db, &over, before).await?, number(db, &attempts, before).await?])
}

/// How many ids of events that were received before a time are remembered.
///
/// # Errors
/// Those of the database.
pub async fn inbox<C: ConnectionTrait>(db: &C, before: DateTime<Utc>) -> Result<u64, DbErr> {
    number(db, "inbox WHERE received < $1", before).await
}

/// How many events that happened before a time are kept.
///
/// # Errors
/// Those of the database.
pub async fn events<C: ConnectionTrait>(db: &C, before: DateTime<Utc>) -> Result<u64, DbErr> {
    number(db, "events WHERE happened < $1", before).await
}

async fn number<C: ConnectionTrait>(db: &C, rows: &str, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let sql = format!("SELECT COUNT(*) AS n FROM {rows}");
    let row = db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [before.into()])).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
    Ok(u64::try_from(count).unwrap_or_default())
}
