//! What has ended long ago goes away: a little at a time, children before parents.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{
    domain::ids::{RequestId, TargetId},
    store::batch,
};

pub mod count;

/// A request that went away. Sums over requests are kept right by what is given here, in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The request.
    pub id: RequestId,
    /// Its target.
    pub target_id: TargetId,
    /// How it ended.
    pub status: String,
}

/// Unties children from parents that ended before a time, no more than `limit`; gives how many. What a parent that has
/// not ended still counts stays.
///
/// # Errors
/// Those of the database.
pub async fn untie<C: ConnectionTrait>(db: &C, before: DateTime<Utc>, limit: u32) -> Result<u64, DbErr> {
    let sql = "DELETE FROM provisioning_request_children WHERE (parent_id, child_id) IN (\
               SELECT l.parent_id, l.child_id FROM provisioning_requests AS p \
               JOIN provisioning_request_children AS l ON l.parent_id = p.id WHERE p.ended < $1 LIMIT $2)";
    let values = [before.into(), i64::from(limit).into()];
    Ok(db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?.rows_affected())
}

/// It will go on when its target answers.
const GOES_ON: &str = "(q.wanting AND q.status = 'Failed' AND EXISTS (SELECT 1 FROM co_provisioning_targets AS t \
                       WHERE t.id = q.co_provisioning_target_id))";

/// Removes requests that ended before a time, their attempts and what comparisons found, no more than `limit`: none that is tied to others, and
/// none that will go on when its target answers (one that there is), and none that the ledger names.
///
/// # Errors
/// Those of the database.
pub async fn remove<C: ConnectionTrait>(db: &C, before: DateTime<Utc>, limit: u32) -> Result<Vec<Gone>, DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "DELETE FROM provisioning_requests WHERE id IN (SELECT q.id FROM provisioning_requests AS q \
               WHERE q.ended < $1 AND NOT {GOES_ON} AND NOT EXISTS (SELECT 1 FROM provisioning_request_children AS l \
               WHERE l.child_id = q.id) AND NOT EXISTS (SELECT 1 FROM provisioning_request_children AS l \
               WHERE l.parent_id = q.id) AND NOT EXISTS (SELECT 1 FROM ledger_entries AS e WHERE e.request_id = q.id) \
               ORDER BY q.ended LIMIT $2) AND ended < $1 \
               RETURNING id, co_provisioning_target_id, status"
    );
    let values = [before.into(), i64::from(limit).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let gone = rows.iter().map(|row| {
        Ok(Gone {
            id: row.try_get("", "id")?,
            target_id: row.try_get("", "co_provisioning_target_id")?,
            status: row.try_get("", "status")?,
        })
    });
    let gone = gone.collect::<Result<Vec<_>, DbErr>>()?;
    if !gone.is_empty() {
        let ids: Vec<RequestId> = gone.iter().map(|gone| gone.id).collect();
        for of_request in ["provisioning_attempts WHERE provisioning_request_id", "differences WHERE request_id"] {
            let sql = format!("DELETE FROM {of_request} {}", batch::among(backend, 1));
            db.execute_raw(batch::statement(backend, sql, batch::ids(&ids), Vec::new())).await?;
        }
    }
    Ok(gone)
}
