//! Requests that stand for many (D36): how far they are, and whether they have ended.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use service_kit::clock::Clock;

use crate::{
    domain::{ids::RequestId, subject::Subject},
    store::{batch, leases::Held},
};

/// Notes how far a request has been expanded, and holds it longer; `None` when it has been expanded to its end, from
/// when on nobody holds it. Gives whether it was still held.
///
/// # Errors
/// Those of the database.
pub async fn advance<C: ConnectionTrait>(
    db: &C,
    held: Held,
    cursor: Option<Subject>,
    lease: Duration,
    clock: &Clock,
) -> Result<bool, DbErr> {
    let backend = db.get_database_backend();
    let database = clock.of_database(backend);
    let (until, lease): (&str, Value) = match (backend, database) {
        (DbBackend::Sqlite, Some(now)) => ("COALESCE($8, $6)", (now + lease).into()),
        _ => (
            "COALESCE($6::timestamptz, clock_timestamp()) + $8 * INTERVAL '1 microsecond'",
            lease.num_microseconds().unwrap_or(i64::MAX).into(),
        ),
    };
    let sql = format!(
        "UPDATE provisioning_requests SET cursor_kind = $3, cursor_id = $4, expanded = $5, \
         lease_until = CASE WHEN $5 THEN NULL ELSE {until} END, modified = $7, \
         status = CASE WHEN $5 THEN 'Expanded' ELSE status END, takeovers = 0 \
         WHERE id = $1 AND fence = $2 AND status = 'Running'"
    );
    let values = [
        held.id.into(),
        held.fence.into(),
        cursor.map(|subject| subject.kind.code().to_owned()).into(),
        cursor.map(|subject| subject.id).into(),
        cursor.is_none().into(),
        database.into(),
        clock.now().into(),
        lease,
    ];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected() > 0)
}

/// Ends the requests whose children have all ended: `Failed` when some of those failed, with their number; `Canceled`
/// when some were canceled, with their number as well, or it was canceled itself; `Succeeded` otherwise. One that was canceled because another took
/// its place counts through that one, which is a child too: a subject is canceled if all its children are. Gives their ids.
///
/// Whether one has ended is one look into the index of open children; they are counted once, when it has.
///
/// # Errors
/// Those of the database.
pub async fn settle<C: ConnectionTrait>(db: &C, clock: &Clock) -> Result<Vec<RequestId>, DbErr> {
    let backend = db.get_database_backend();
    let (materialized, lock) = match backend {
        DbBackend::Sqlite => ("", ""),
        _ => ("MATERIALIZED", "FOR UPDATE SKIP LOCKED"),
    };
    let subject = "c.subject_kind || ':' || c.subject_id";
    let sql = format!(
        "WITH done AS {materialized} (SELECT p.id, p.withdrawn FROM provisioning_requests AS p \
         WHERE p.status = 'Expanded' AND NOT EXISTS (SELECT 1 FROM provisioning_request_children AS l \
         WHERE l.parent_id = p.id AND NOT l.ended) {lock}), \
         tally AS {materialized} (SELECT d.id AS parent, d.withdrawn AS unwanted, \
         (SELECT COUNT(*) FROM provisioning_request_children AS l JOIN provisioning_requests AS c ON c.id = l.child_id \
         WHERE l.parent_id = d.id AND c.status = 'Failed') AS failed, \
         (SELECT COUNT(DISTINCT {subject}) - COUNT(DISTINCT CASE WHEN c.status <> 'Canceled' THEN {subject} END) \
         FROM provisioning_request_children AS l JOIN provisioning_requests AS c ON c.id = l.child_id \
         WHERE l.parent_id = d.id) AS canceled FROM done AS d) \
         UPDATE provisioning_requests SET status = CASE WHEN t.unwanted THEN 'Canceled' WHEN t.failed > 0 THEN 'Failed' \
         WHEN t.canceled > 0 THEN 'Canceled' ELSE 'Succeeded' END, \
         last_error = CASE WHEN t.unwanted AND t.canceled = 0 THEN 'It was canceled.' \
         WHEN t.unwanted THEN 'It was canceled, and ' || t.canceled || ' of the requests it stands for with it.' \
         WHEN t.failed > 0 THEN t.failed || ' of the requests it stands for failed.' \
         WHEN t.canceled = 1 THEN '1 of the requests it stands for was canceled.' \
         WHEN t.canceled > 1 THEN t.canceled || ' of the requests it stands for were canceled.' ELSE NULL END, \
         ended = {ended}, modified = $1 FROM tally AS t WHERE provisioning_requests.id = t.parent RETURNING id",
        ended = batch::now(backend, 2)
    );
    let values = [clock.now().into(), clock.of_database(backend).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// Notes as ended the children that ended without word of it, and as expanded the requests for many that run on with
/// nothing left to expand: by a process of the version before. Gives how many children.
///
/// # Errors
/// Those of the database.
pub async fn catch_up<C: ConnectionTrait>(db: &C) -> Result<u64, DbErr> {
    db.execute_unprepared(
        "UPDATE provisioning_requests SET status = 'Expanded', lease_until = NULL WHERE status = 'Running' AND expanded",
    )
    .await?;
    let sql = "UPDATE provisioning_request_children SET ended = true WHERE NOT ended AND EXISTS (\
               SELECT 1 FROM provisioning_requests AS c WHERE c.id = provisioning_request_children.child_id \
               AND c.status IN ('Succeeded', 'Failed', 'Canceled'))";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    Ok(db.execute_raw(statement).await?.rows_affected())
}
