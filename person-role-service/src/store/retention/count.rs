//! Counting what would go, by the same conditions by which it goes.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::{Gone, RIPE, beside, tables};

/// Counts what [`super::remove`] would take away of everything that was deleted before a time.
///
/// # Errors
/// Those of the database.
pub async fn count<C: ConnectionTrait>(db: &C, before: DateTime<Utc>) -> Result<Gone, DbErr> {
    let mut found = Gone::default();
    let mut lines = Vec::new();
    for table in tables() {
        let these = format!("SELECT id FROM {} WHERE {RIPE}", table.path);
        let rows = number(db, &format!("{} WHERE {RIPE}", table.path), before).await?;
        if rows > 0 {
            found.records.insert(&table.singular, rows);
            let versions = format!("record_versions WHERE {}", beside::versions(table, &these));
            found.versions += number(db, &versions, before).await?;
            lines.extend(beside::history(table, &these).map(|lines| format!("({lines})")));
        }
    }
    if !lines.is_empty() {
        // Together: a line may be of several of them.
        found.history = number(db, &format!("history_records WHERE {}", lines.join(" OR ")), before).await?;
    }
    Ok(found)
}

async fn number<C: ConnectionTrait>(db: &C, rows: &str, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let sql = format!("SELECT count(*) AS n FROM {rows}");
    let row = db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [before.into()])).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
    Ok(u64::try_from(count).unwrap_or_default())
}
