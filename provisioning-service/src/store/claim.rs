//! Taking work, holding it, and taking what others let go.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use serde_json::Value as Json;
use service_kit::planted::{self, Bug};

use crate::store::{
    batch::{self, Column, row},
    entity::request::Model,
};

/// The number under which a request was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// The request.
    pub id: i64,
    /// The number.
    pub fence: i64,
}

/// At which targets work is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// At all but these.
    AllBut(Vec<i64>),
    /// At this one.
    Only(i64),
}

fn skip_locked(backend: DbBackend) -> &'static str {
    // One process writes a SQLite file, through one connection.
    if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" }
}

/// Takes requests that are due, in their order; none whose subject is being worked on at the same target.
///
/// # Errors
/// Those of the database; the unique index says no if two processes took the same at once.
pub async fn due<C: ConnectionTrait>(
    db: &C,
    scope: &Scope,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let backend = db.get_database_backend();
    let (within, targets) = match scope {
        Scope::AllBut(targets) => ("NOT IN", targets.clone()),
        Scope::Only(target) => ("IN", vec![*target]),
    };
    let within = match targets.is_empty() {
        true => String::new(),
        false => {
            let relation = batch::relation_at(backend, 4, &[Column::Int("id")]);
            format!("AND q.co_provisioning_target_id {within} (SELECT v.id FROM {relation})")
        }
    };
    // With the bug planted, the test takes the unique index away as well.
    let alone = if planted::is(Bug::NoUniqueRunning) {
        ""
    } else {
        "AND NOT EXISTS (SELECT 1 FROM provisioning_requests AS b WHERE b.status = 'Running' \
         AND b.co_provisioning_target_id = q.co_provisioning_target_id AND b.subject_kind = q.subject_kind \
         AND b.subject_id = q.subject_id)"
    };
    let sql = format!(
        "WITH taken AS MATERIALIZED (SELECT q.id FROM provisioning_requests AS q \
         WHERE q.status IN ('Queued', 'Retrying') AND q.due <= $1 {within} {alone} ORDER BY q.due, q.id LIMIT $3 {}) \
         UPDATE provisioning_requests SET status = 'Running', fence = fence + 1, attempts = attempts + 1, \
         tries = tries + 1, lease_until = $2, started = $1, modified = $1 \
         WHERE id IN (SELECT taken.id FROM taken) RETURNING *",
        skip_locked(backend)
    );
    take(db, &sql, &targets, now, lease_until, limit).await
}

/// Takes requests whose holder has not been heard of: it ended, or lost its connection. Its result will not be recorded.
///
/// # Errors
/// Those of the database.
pub async fn abandoned<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let sql = format!(
        "WITH taken AS MATERIALIZED (SELECT q.id FROM provisioning_requests AS q WHERE q.status = 'Running' \
         AND q.lease_until < $1 ORDER BY q.lease_until, q.id LIMIT $3 {}) \
         UPDATE provisioning_requests SET fence = fence + 1, attempts = attempts + 1, lease_until = $2, started = $1, \
         modified = $1 WHERE id IN (SELECT taken.id FROM taken) RETURNING *",
        skip_locked(db.get_database_backend())
    );
    take(db, &sql, &[], now, lease_until, limit).await
}

/// Lets go of everything that runs: to be called at the start by the only process that works on the database, when
/// whoever held it is gone.
///
/// # Errors
/// Those of the database.
pub async fn let_go<C: ConnectionTrait>(db: &C, now: DateTime<Utc>) -> Result<(), DbErr> {
    let sql = "UPDATE provisioning_requests SET lease_until = $1 WHERE status = 'Running' AND lease_until > $1";
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [now.into()])).await?;
    Ok(())
}

async fn take<C: ConnectionTrait>(
    db: &C,
    sql: &str,
    targets: &[i64],
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut values = vec![now.into(), lease_until.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    if !targets.is_empty() {
        values.push(batch::parameter(targets.iter().map(|id| row([("id", Json::from(*id))])).collect()));
    }
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let mut taken = rows.iter().map(|row| Model::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
    taken.sort_unstable_by_key(|row| (row.due, row.id));
    Ok(taken)
}

/// Holds requests longer; those that are not held any more stay as they are.
///
/// # Errors
/// Those of the database.
pub async fn renew<C: ConnectionTrait>(db: &C, held: &[Held], lease_until: DateTime<Utc>) -> Result<u64, DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "UPDATE provisioning_requests SET lease_until = $2 FROM {} WHERE provisioning_requests.id = v.id \
         AND provisioning_requests.fence = v.fence AND provisioning_requests.status = 'Running' \
         AND provisioning_requests.lease_until IS NOT NULL",
        batch::relation(backend, &[Column::Int("id"), Column::Int("fence")])
    );
    let rows = held.iter().map(|held| row([("id", Json::from(held.id)), ("fence", Json::from(held.fence))])).collect();
    Ok(db.execute_raw(batch::statement(backend, sql, rows, vec![lease_until.into()])).await?.rows_affected())
}
