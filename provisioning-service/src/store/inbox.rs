//! Events that were taken already.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
use serde_json::Value as Json;
use service_kit::planted::{self, Bug};

use crate::store::batch::{self, Column, row};

#[derive(FromQueryResult)]
struct Fresh {
    event_id: String,
}

/// Takes events in; gives the ids of those that were not seen before.
///
/// # Errors
/// Those of the database.
pub async fn take<C: ConnectionTrait>(db: &C, ids: &[&str], now: DateTime<Utc>) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let relation = batch::relation(backend, &[Column::Text("event_id")]);
    let sql = format!(
        "INSERT INTO inbox (event_id, received) SELECT DISTINCT v.event_id, $2 FROM {relation} WHERE true \
         ORDER BY 1 ON CONFLICT (event_id) DO NOTHING RETURNING event_id"
    );
    if planted::is(Bug::NoInbox) {
        return Ok(ids.iter().map(|id| (*id).to_owned()).collect());
    }
    let rows = ids.iter().map(|id| row([("event_id", Json::from(*id))])).collect();
    let taken = db.query_all_raw(batch::statement(backend, sql, rows, vec![now.into()])).await?;
    let fresh: Vec<String> = taken
        .iter()
        .map(|row| Fresh::from_query_result(row, "").map(|fresh| fresh.event_id))
        .collect::<Result<_, _>>()?;
    if planted::is(Bug::NoInbox) {
        return Ok(ids
            .iter()
            .filter(|id| !fresh.iter().any(|fresh| fresh == *id))
            .map(|id| (*id).to_owned())
            .collect());
    }
    Ok(fresh)
}

/// Forgets some of what was taken before a time, no more than `limit`; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, before: DateTime<Utc>, limit: u32) -> Result<u64, DbErr> {
    let sql = "DELETE FROM inbox WHERE event_id IN (SELECT i.event_id FROM inbox AS i WHERE i.received < $1 \
               ORDER BY i.received LIMIT $2)";
    let values = [before.into(), i64::from(limit).into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}
