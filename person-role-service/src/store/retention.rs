//! What was deleted long ago: how much there is of it, and taking it away (ADR 0049).
//!
//! A row that was deleted stays, with the versions that it was; `modified` says when it was deleted. What goes with it is
//! found by its id: its versions, what the history says of it, and what waits or counts for it alone.

use chrono::{DateTime, Utc};
use proto::table::Table;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

mod beside;
mod count;
mod gone;

pub use count::count;
pub use gone::Gone;

/// Which rows of a table were deleted before the time `$1`.
const RIPE: &str = "deleted AND modified < $1";

/// The resources of which deleted rows stay.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    let kept = |table: &&Table| table.service.starts_with("cohort.registry.") && table.field("deleted").is_some();
    Table::all().iter().filter(kept)
}

/// A CO with rows that were deleted before a time.
///
/// # Errors
/// Those of the database.
pub async fn co<C: ConnectionTrait>(db: &C, before: DateTime<Utc>) -> Result<Option<i64>, DbErr> {
    for table in tables() {
        let sql = format!("SELECT co_id FROM {} WHERE {RIPE} LIMIT 1", table.path);
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [before.into()]);
        if let Some(row) = db.query_one_raw(statement).await? {
            return row.try_get("", "co_id").map(Some);
        }
    }
    Ok(None)
}

/// Rows of a table and a CO that were deleted before a time, no more than `limit`, held; none that somebody else holds.
///
/// # Errors
/// Those of the database.
pub async fn ripe<C: ConnectionTrait>(
    db: &C,
    (table, co): (&Table, i64),
    before: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    let backend = db.get_database_backend();
    let hold = if backend == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!("SELECT id FROM {} WHERE {RIPE} AND co_id = $2 ORDER BY modified, id LIMIT $3{hold}", table.path);
    let values: [Value; 3] = [before.into(), co.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// Takes rows of a table away, with what goes with them.
///
/// # Errors
/// Those of the database.
pub async fn remove<C: ConnectionTrait>(db: &C, table: &'static Table, ids: &[i64]) -> Result<Gone, DbErr> {
    let mut gone = Gone::default();
    if ids.is_empty() {
        return Ok(gone);
    }
    // They are numbers, and stand in the text as they are.
    let these = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    if let Some(lines) = beside::history(table, &these) {
        gone.history = run(db, &format!("DELETE FROM history_records WHERE {lines}")).await?;
    }
    if let Some(rows) = beside::alone(table, &these) {
        run(db, &format!("DELETE FROM {rows}")).await?;
    }
    gone.versions = run(db, &format!("DELETE FROM record_versions WHERE {}", beside::versions(table, &these))).await?;
    let rows = run(db, &format!("DELETE FROM {} WHERE id IN ({these})", table.path)).await?;
    gone.records.insert(&table.singular, rows);
    Ok(gone)
}

async fn run<C: ConnectionTrait>(db: &C, sql: &str) -> Result<u64, DbErr> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    Ok(db.execute_raw(statement).await?.rows_affected())
}
