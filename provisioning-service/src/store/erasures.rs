//! Subjects that were erased: what is known of them is forgotten when no target has them any more.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use service_kit::clock::Clock;

use crate::{
    domain::subject::{Kind, Subject},
    store::batch,
};

/// Notes that a subject of a CO was erased.
///
/// # Errors
/// Those of the database.
pub async fn note<C: ConnectionTrait>(db: &C, co_id: i64, subject: Subject, now: DateTime<Utc>) -> Result<(), DbErr> {
    let sql = "INSERT INTO erasures (subject_kind, subject_id, co_id, since) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (subject_kind, subject_id) DO NOTHING";
    let values: [Value; 4] = [subject.kind.code().into(), subject.id.into(), co_id.into(), now.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Subjects that were erased and that nothing is to be done for any more: no request of theirs is open, no target has them,
/// and nothing may land late. The oldest, no more than `limit`.
///
/// # Errors
/// Those of the database.
pub async fn ripe<C: ConnectionTrait>(db: &C, clock: &Clock, limit: u32) -> Result<Vec<Subject>, DbErr> {
    let backend = db.get_database_backend();
    // Once the time of a late answer is over, and nothing is to be asked for because of it, nothing lands any more. What a
    // target may have, and would not give up, is known by its keys alone.
    let now = batch::now(backend, 2);
    let sql = format!(
        "SELECT e.subject_kind, e.subject_id FROM erasures AS e WHERE NOT EXISTS (\
               SELECT 1 FROM provisioning_requests AS q WHERE q.subject_kind = e.subject_kind \
               AND q.subject_id = e.subject_id AND q.ended IS NULL) AND NOT EXISTS (\
               SELECT 1 FROM subject_states AS s JOIN co_provisioning_targets AS t ON t.id = s.co_provisioning_target_id \
               WHERE s.subject_kind = e.subject_kind AND s.subject_id = e.subject_id \
               AND (s.status = 'Provisioned' OR s.settle_due IS NOT NULL OR s.unsettled_until > {now} \
               OR (s.last_error IS NOT NULL AND EXISTS (SELECT 1 FROM target_keys AS k \
               WHERE k.co_provisioning_target_id = s.co_provisioning_target_id AND k.subject_kind = s.subject_kind \
               AND k.subject_id = s.subject_id)))) \
               ORDER BY e.since LIMIT $1"
    );
    let values: [Value; 2] = [i64::from(limit).into(), clock.of_database(backend).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let kind: String = row.try_get("", "subject_kind")?;
        let id = row.try_get("", "subject_id")?;
        found.extend(Kind::of_code(&kind).map(|kind| Subject { kind, id }));
    }
    Ok(found)
}

/// How many are waited for.
///
/// # Errors
/// Those of the database.
pub async fn count<C: ConnectionTrait>(db: &C) -> Result<i64, DbErr> {
    let sql = "SELECT count(*) AS n FROM erasures";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}

/// What says something of a subject, table by table; what requests and revisions count by stays.
const FORGETTING: [&str; 10] = [
    // A comparison may have met what the subject was called when it was called so no more.
    "DELETE FROM differences WHERE (key, (SELECT r.co_provisioning_target_id FROM provisioning_requests AS r \
     WHERE r.id = differences.request_id)) IN (SELECT k.key, k.co_provisioning_target_id FROM target_keys AS k \
     WHERE k.subject_kind = $1 AND k.subject_id = $2)",
    "DELETE FROM differences WHERE (key, (SELECT r.co_provisioning_target_id FROM provisioning_requests AS r \
     WHERE r.id = differences.request_id)) IN (SELECT s.applied_key, s.co_provisioning_target_id FROM subject_states AS s \
     WHERE s.subject_kind = $1 AND s.subject_id = $2 AND s.applied_key IS NOT NULL)",
    "UPDATE provisioning_attempts SET message = NULL WHERE provisioning_request_id IN (\
     SELECT id FROM provisioning_requests WHERE subject_kind = $1 AND subject_id = $2)",
    "UPDATE provisioning_requests SET last_error = NULL, digest = NULL WHERE subject_kind = $1 AND subject_id = $2",
    "UPDATE subject_states SET digest = NULL, applied_key = NULL, last_error = NULL, unsettled_content = NULL \
     WHERE subject_kind = $1 AND subject_id = $2",
    "DELETE FROM target_keys WHERE subject_kind = $1 AND subject_id = $2",
    "DELETE FROM awaited_names WHERE subject_kind = $1 AND subject_id = $2",
    "DELETE FROM differences WHERE subject_kind = $1 AND subject_id = $2",
    "UPDATE new_events SET message = NULL WHERE subject_kind = $1 AND subject_id = $2",
    "UPDATE events SET message = NULL WHERE subject_kind = $1 AND subject_id = $2",
];

/// Forgets what is known of a subject, and that it is waited for.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, subject: Subject) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    for sql in FORGETTING.iter().chain(&["DELETE FROM erasures WHERE subject_kind = $1 AND subject_id = $2"]) {
        let values: [Value; 2] = [subject.kind.code().into(), subject.id.into()];
        db.execute_raw(Statement::from_sql_and_values(backend, *sql, values)).await?;
    }
    Ok(())
}
