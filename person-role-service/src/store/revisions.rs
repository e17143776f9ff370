//! The revision of each subject: a number that every change of it raises.
//!
//! Guarantee: of two states of a subject that were read, the one with the greater revision is the newer one, and states
//! that differ never have the same. Mechanism: a change raises the counters of its subjects in its own transaction, and a
//! state is read with its counter in one snapshot. A counter has many rows (`stripe`), each connection raising its own,
//! and the revision is their sum: a group that every change of a CO concerns would otherwise put all writers of the CO one
//! behind the other. Failure: a change that is rolled back leaves the counter as it was.
//!
//! Release 0.1 counted otherwise ([`floor`]).

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use crate::domain::ids::Subject;

pub mod floor;

/// The statement that raises the counters of subjects, which come in the order of [`Subject`], so that two changes never
/// wait for one another in a circle; none for no subjects.
#[must_use]
pub fn raising(backend: DbBackend, subjects: &[Subject]) -> Option<Statement> {
    if subjects.is_empty() {
        return None;
    }
    let stripe = if backend == DbBackend::Postgres {
        // Only a group is shared by changes that do not hold one another up anyway.
        "CASE WHEN v.kind = 1 THEN 0 ELSE pg_backend_pid() % 64 END"
    } else {
        "0"
    };
    let sql = format!(
        "INSERT INTO subject_revisions AS r (kind, subject_id, stripe, revision) \
         SELECT v.kind, v.id, {stripe}, {} FROM {} WHERE true ORDER BY v.kind, v.id \
         ON CONFLICT (kind, subject_id, stripe) DO UPDATE SET \
         revision = CASE WHEN r.revision < excluded.revision THEN excluded.revision ELSE r.revision + 1 END",
        floor::first(),
        relation(backend)
    );
    Some(Statement::from_sql_and_values(backend, sql, parameter(subjects)))
}

/// The revisions of subjects; one that never changed has none.
///
/// # Errors
/// Those of the database.
pub async fn of<C: ConnectionTrait>(db: &C, subjects: &[Subject]) -> Result<HashMap<(i64, i64), i64>, DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "SELECT r.kind, r.subject_id, CAST(SUM(r.revision) AS bigint) AS revision \
         FROM {} CROSS JOIN LATERAL (SELECT * FROM subject_revisions AS s WHERE s.kind = v.kind AND s.subject_id = v.id) AS r \
         GROUP BY r.kind, r.subject_id",
        relation(backend)
    );
    let sql = match backend {
        DbBackend::Postgres => sql,
        // SQLite has no LATERAL, and takes the index for a join with a list.
        _ => format!(
            "SELECT r.kind, r.subject_id, SUM(r.revision) AS revision FROM {} JOIN subject_revisions AS r \
             ON r.kind = v.kind AND r.subject_id = v.id GROUP BY r.kind, r.subject_id",
            relation(backend)
        ),
    };
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, parameter(subjects))).await?;
    let read = |row: &sea_orm::QueryResult| {
        let key = (row.try_get("", "kind")?, row.try_get("", "subject_id")?);
        Ok((key, row.try_get("", "revision")?))
    };
    rows.iter().map(read).collect()
}

/// The subjects as a relation `v(kind, id)`, one text for any number of them.
fn relation(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "json_to_recordset($1::json) AS v(kind bigint, id bigint)",
        _ => "(SELECT value->>'kind' AS kind, value->>'id' AS id FROM json_each($1)) AS v",
    }
}

fn parameter(subjects: &[Subject]) -> [Value; 1] {
    let kind = |subject: &Subject| i64::from(i32::from(subject.kind()));
    let rows = subjects.iter().map(|subject| serde_json::json!({ "kind": kind(subject), "id": subject.id() }));
    [serde_json::Value::Array(rows.collect()).to_string().into()]
}

/// The kind, the id and the revision of subjects by kind and id, after one of them, no more than `limit`. The revision is 0
/// where it cannot be compared with what targets have: the subject has not changed since release 0.1 was upgraded.
///
/// # Errors
/// Those of the database.
pub async fn page<C: ConnectionTrait>(db: &C, after: (i64, i64), limit: u32) -> Result<Vec<(i64, i64, i64)>, DbErr> {
    let sql = "SELECT r.kind, r.subject_id, CAST(CASE WHEN SUM(r.revision) > \
               COALESCE((SELECT f.floor FROM revision_floor AS f WHERE f.id = 1), 9223372036854775807) \
               THEN SUM(r.revision) ELSE 0 END AS bigint) AS revision FROM subject_revisions AS r \
               WHERE r.kind > $1 OR (r.kind = $1 AND r.subject_id > $2) GROUP BY r.kind, r.subject_id \
               ORDER BY r.kind, r.subject_id LIMIT $3";
    let values: [Value; 3] = [after.0.into(), after.1.into(), i64::from(limit).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let read = |row: &sea_orm::QueryResult| {
        Ok((row.try_get("", "kind")?, row.try_get("", "subject_id")?, row.try_get("", "revision")?))
    };
    rows.iter().map(read).collect()
}

/// How many messages about subjects have not been sent.
///
/// # Errors
/// Those of the database.
pub async fn unsent<C: ConnectionTrait>(db: &C) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) AS n FROM outbox";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}
