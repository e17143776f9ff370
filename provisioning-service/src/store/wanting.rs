//! Requests that failed for want of their target, and trying them again when it answers.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

/// How many are tried again at a time.
pub const PAGE: i64 = 500;

/// Another request for the same has done the work of one since that failed, or is to be tried again in its stead. One that
/// was canceled, or that the target refused for a reason of its own, has done nobody's work. It is the newer one by its number
/// as well: times are those of several processes.
const DONE: &str = "EXISTS (SELECT 1 FROM provisioning_requests AS n \
     WHERE n.co_provisioning_target_id = w.co_provisioning_target_id AND n.subject_kind = w.subject_kind \
     AND n.subject_id = w.subject_id AND n.id > w.id \
     AND ((n.status = 'Succeeded' AND n.ended >= w.ended) OR (n.status = 'Failed' AND n.wanting)))";

/// Another one is at it, or is to be: none may wait twice.
const UNDER_WAY: &str = "EXISTS (SELECT 1 FROM provisioning_requests AS n \
     WHERE n.co_provisioning_target_id = w.co_provisioning_target_id AND n.subject_kind = w.subject_kind \
     AND n.subject_id = w.subject_id AND n.id <> w.id AND n.status IN ('Queued', 'Retrying', 'Held', 'Running'))";

/// The targets for want of which requests failed; none that are disabled.
///
/// # Errors
/// Those of the database.
pub async fn targets<C: ConnectionTrait>(db: &C) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT t.id FROM co_provisioning_targets AS t WHERE t.status <> 'X' AND EXISTS (\
               SELECT 1 FROM provisioning_requests AS w WHERE w.co_provisioning_target_id = t.id \
               AND w.status = 'Failed' AND w.wanting)";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// Lets go of those at a target whose work another one has done since.
///
/// # Errors
/// Those of the database.
pub async fn let_go<C: ConnectionTrait>(db: &C, target: i64) -> Result<(), DbErr> {
    let sql = format!(
        "UPDATE provisioning_requests SET wanting = false WHERE status = 'Failed' AND id IN (SELECT w.id FROM provisioning_requests AS w \
         WHERE w.co_provisioning_target_id = $1 AND w.status = 'Failed' AND w.wanting AND {DONE})"
    );
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [Value::from(target)])).await?;
    Ok(())
}

/// Queues requests again, with all their retries; gives their ids.
///
/// # Errors
/// Those of the database; the unique index says no if another one waits since just now. The same again will do.
pub async fn resume<C: ConnectionTrait>(db: &C, target: i64, now: DateTime<Utc>) -> Result<Vec<i64>, DbErr> {
    requeue(db, target, "tries = 0, turn = NULL, wanting = false", PAGE, now).await
}

/// Queues the oldest one again, to find out whether the target answers: it uses up no try. Gives its id.
///
/// # Errors
/// As [`resume`].
pub async fn probe<C: ConnectionTrait>(db: &C, target: i64, now: DateTime<Utc>) -> Result<Vec<i64>, DbErr> {
    requeue(db, target, "turn = $2", 1, now).await
}

async fn requeue<C: ConnectionTrait>(
    db: &C,
    target: i64,
    what: &str,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<i64>, DbErr> {
    // Said twice: whoever waited for another transaction finds the row as that has left it, and what runs by now is not
    // taken from who is at it.
    let sql = format!(
        "UPDATE provisioning_requests SET status = 'Queued', due = $2, ended = NULL, lease_until = NULL, modified = $2, \
         {what} WHERE status = 'Failed' AND wanting AND id IN (SELECT w.id FROM provisioning_requests AS w WHERE w.co_provisioning_target_id = $1 \
         AND w.status = 'Failed' AND w.wanting AND NOT {DONE} AND NOT {UNDER_WAY} \
         ORDER BY w.id LIMIT $3) RETURNING id"
    );
    let values: [Value; 3] = [target.into(), now.into(), limit.into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}
