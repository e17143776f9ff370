//! Requests that failed for want of their target, and trying them again when it answers.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::{
    domain::{
        action::{self, FILLS},
        ids::{RequestId, TargetId},
        subject::Kind,
    },
    store::cancel::many,
};

/// How many are tried again at a time.
pub const PAGE: i64 = 500;

/// Another request for the same has done the work of one since that failed, or is to be tried again in its stead, and does
/// all of its work ([`let_go`]). One that was canceled, or that the target refused for a reason of its own, has done nobody's
/// work, and one that fills no group not that of one that does. It is the newer one by its number as well: times are those of
/// several processes.
fn done() -> String {
    let gone = action::of_removal(Kind::Group);
    format!(
        "EXISTS (SELECT 1 FROM provisioning_requests AS n \
         WHERE n.co_provisioning_target_id = w.co_provisioning_target_id AND n.subject_kind = w.subject_kind \
         AND n.subject_id = w.subject_id AND n.id > w.id \
         AND (n.repair OR NOT w.repair) AND (n.remove_extra OR NOT w.remove_extra) \
         AND ((n.status = 'Succeeded' AND n.ended >= w.ended AND (n.action = '{FILLS}' OR COALESCE(w.action, '') <> '{FILLS}')) \
         OR (n.status = 'Failed' AND n.wanting AND (n.action IN ('{FILLS}', '{gone}') OR COALESCE(w.action, '') <> '{FILLS}') \
         AND (n.changed IS NOT NULL OR w.changed IS NULL) AND (n.digest IS NULL OR w.digest IS NOT NULL))))"
    )
}

/// Another one is at it, or is to be: none may wait twice.
const UNDER_WAY: &str = "EXISTS (SELECT 1 FROM provisioning_requests AS n \
     WHERE n.co_provisioning_target_id = w.co_provisioning_target_id AND n.subject_kind = w.subject_kind \
     AND n.subject_id = w.subject_id AND n.id <> w.id AND n.status IN ('Queued', 'Retrying', 'Held', 'Running'))";

/// The targets for want of which requests failed; none that are disabled.
///
/// # Errors
/// Those of the database.
pub async fn targets<C: ConnectionTrait>(db: &C) -> Result<Vec<TargetId>, DbErr> {
    let sql = "SELECT t.id FROM co_provisioning_targets AS t WHERE t.status <> 'X' AND EXISTS (\
               SELECT 1 FROM provisioning_requests AS w WHERE w.co_provisioning_target_id = t.id \
               AND w.status = 'Failed' AND w.wanting)";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// Lets go of those at a target whose work another one has done since, or is to do. That one fills a group if one of those
/// was to, it is there for a change if one of those was, whoever withdraws the wish for it, is bound to no plan if one of
/// those was not, and mends what one of those was to mend.
///
/// # Errors
/// Those of the database.
pub async fn let_go<C: ConnectionTrait>(db: &C, target: TargetId) -> Result<(), DbErr> {
    // What has been done already is handed down to nobody.
    let_go_of_done(db, target).await?;
    let older = "FROM provisioning_requests AS w WHERE w.co_provisioning_target_id = $1 AND w.status = 'Failed' AND w.wanting \
                 AND w.subject_kind = provisioning_requests.subject_kind AND w.subject_id = provisioning_requests.subject_id \
                 AND w.id < provisioning_requests.id";
    let sql = format!(
        "UPDATE provisioning_requests SET \
         changed = COALESCE(changed, (SELECT w.changed {older} AND w.changed IS NOT NULL ORDER BY w.id DESC LIMIT 1)), \
         digest = CASE WHEN EXISTS (SELECT 1 {older} AND w.digest IS NULL) THEN NULL ELSE digest END, \
         repair = repair OR EXISTS (SELECT 1 {older} AND w.repair), \
         remove_extra = remove_extra OR EXISTS (SELECT 1 {older} AND w.remove_extra) \
         WHERE co_provisioning_target_id = $1 AND status = 'Failed' AND wanting AND (\
         (changed IS NULL AND EXISTS (SELECT 1 {older} AND w.changed IS NOT NULL)) \
         OR EXISTS (SELECT 1 {older} AND ((w.repair AND NOT provisioning_requests.repair) \
         OR (w.remove_extra AND NOT provisioning_requests.remove_extra))) \
         OR (digest IS NOT NULL AND EXISTS (SELECT 1 {older} AND w.digest IS NULL)))"
    );
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [Value::from(target)])).await?;
    let sql = format!(
        "UPDATE provisioning_requests SET action = '{FILLS}', changed = CASE WHEN changed IS NULL THEN NULL ELSE '{FILLS}' END \
         WHERE co_provisioning_target_id = $1 AND status = 'Failed' AND wanting AND subject_kind = 'co_group' \
         AND action NOT IN ('{FILLS}', '{GONE}') AND EXISTS (SELECT 1 FROM provisioning_requests AS w \
         WHERE w.co_provisioning_target_id = $1 AND w.status = 'Failed' AND w.wanting AND w.action = '{FILLS}' \
         AND w.subject_kind = 'co_group' AND w.subject_id = provisioning_requests.subject_id \
         AND w.id < provisioning_requests.id)",
        GONE = action::of_removal(Kind::Group)
    );
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [Value::from(target)])).await?;
    let_go_of_done(db, target).await
}

/// Lets go of those at a target whose work another one does.
async fn let_go_of_done<C: ConnectionTrait>(db: &C, target: TargetId) -> Result<(), DbErr> {
    let sql = format!(
        "UPDATE provisioning_requests SET wanting = false WHERE status = 'Failed' AND id IN (SELECT w.id FROM provisioning_requests AS w \
         WHERE w.co_provisioning_target_id = $1 AND w.status = 'Failed' AND w.wanting AND {})",
        done()
    );
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [Value::from(target)])).await?;
    Ok(())
}

/// Queues requests again, with all their retries, but for those that are to be left alone for a while; gives their ids.
///
/// # Errors
/// Those of the database; the unique index says no if another one waits since just now. The same again will do.
pub async fn resume<C: ConnectionTrait>(db: &C, target: TargetId, now: DateTime<Utc>) -> Result<Vec<RequestId>, DbErr> {
    requeue(db, target, ("tries = 0, turn = NULL, wanting = false", "w.id"), PAGE, now).await
}

/// Queues the one again that was tried longest ago, to find out whether the target answers: it uses up no try. One for many
/// only if there are no others: it says little of the target. Gives its id.
///
/// # Errors
/// As [`resume`].
pub async fn probe<C: ConnectionTrait>(db: &C, target: TargetId, now: DateTime<Utc>) -> Result<Vec<RequestId>, DbErr> {
    let oldest = format!("CASE WHEN w.subject_kind IN ({}) THEN 1 ELSE 0 END, w.ended, w.id", many());
    requeue(db, target, ("turn = $2", &oldest), 1, now).await
}

async fn requeue<C: ConnectionTrait>(
    db: &C,
    target: TargetId,
    (what, order): (&str, &str),
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<RequestId>, DbErr> {
    // Said twice: whoever waited for another transaction finds the row as that has left it, and what runs by now is not
    // taken from who is at it.
    let sql = format!(
        "UPDATE provisioning_requests SET status = 'Queued', due = $2, ended = NULL, lease_until = NULL, modified = $2, \
         {what} WHERE status = 'Failed' AND wanting AND id IN (SELECT w.id FROM provisioning_requests AS w WHERE w.co_provisioning_target_id = $1 \
         AND w.status = 'Failed' AND w.wanting AND w.due <= $2 AND NOT {done} AND NOT {UNDER_WAY} \
         ORDER BY {order} LIMIT $3) RETURNING id",
        done = done()
    );
    let values: [Value; 3] = [target.into(), now.into(), limit.into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}
