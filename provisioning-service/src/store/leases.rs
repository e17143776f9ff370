//! Leases: under which number a request was begun, whether it is held still, and for how long.
//!
//! Guarantee: whoever lost a request to another one writes nothing for it any more. Mechanism: each claim counts the number (`fence`) up,
//! and whatever is written for a request is written under its number.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use serde_json::Value as Json;
use service_kit::clock::Clock;

use crate::{
    domain::ids::RequestId,
    store::batch::{self, Column, row},
};

/// The number under which a request was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// The request.
    pub id: RequestId,
    /// The number.
    pub fence: i64,
}

/// The present and the end of a lease that begins now.
pub(super) fn times(backend: DbBackend) -> (String, String) {
    let now = batch::now(backend, 1);
    let until = match backend {
        DbBackend::Sqlite => "$2".to_owned(),
        _ => format!("{now} + $2 * INTERVAL '1 microsecond'"),
    };
    (now, until)
}

/// The parameters of [`times`].
pub(super) fn times_given(backend: DbBackend, clock: &Clock, lease: Duration) -> [Value; 2] {
    let now = clock.of_database(backend);
    match (backend, now) {
        (DbBackend::Sqlite, Some(now)) => [now.into(), (now + lease).into()],
        _ => [now.into(), lease.num_microseconds().unwrap_or(i64::MAX).into()],
    }
}

/// Says that a request is held still under the number of a row of `v` (its columns `request` and `number`), which is a
/// parameter by its number. Each is looked up by its id: the index of what runs knows for long what ran, so the status is
/// written so that it is not thought to be as good.
#[must_use]
pub fn is_held(backend: DbBackend, request: &str, parameter: usize) -> String {
    let by_number = format!("{request}.id = v.request AND {request}.fence = v.number");
    if backend == DbBackend::Sqlite {
        return format!("{by_number} AND {request}.status = 'Running'");
    }
    let among = batch::among_those(backend, parameter, "request");
    format!("{request}.id {among} AND {by_number} AND {request}.status || '' = 'Running'")
}

/// Holds requests longer; gives those that are still held. The others stay as they are: whoever worked on them has to stop.
/// They are locked in the order of their ids, in which outcomes are written as well: else the two would wait for each other.
///
/// # Errors
/// Those of the database.
pub async fn renew<C: ConnectionTrait>(
    db: &C,
    held: &[Held],
    clock: &Clock,
    lease: Duration,
) -> Result<Vec<Held>, DbErr> {
    let backend = db.get_database_backend();
    let (_, until) = times(backend);
    let held_still = format!(
        "SELECT q.id FROM {} JOIN provisioning_requests AS q ON {} WHERE q.lease_until IS NOT NULL",
        batch::relation_at(backend, 3, &[Column::Int("request"), Column::Int("number")]),
        is_held(backend, "q", 3)
    );
    let (cte, among) = match backend {
        DbBackend::Sqlite => (String::new(), format!("IN ({held_still})")),
        _ => (
            format!("WITH locked AS MATERIALIZED ({held_still} ORDER BY q.id FOR NO KEY UPDATE OF q) "),
            "= ANY (ARRAY(SELECT l.id FROM locked AS l))".to_owned(),
        ),
    };
    let sql =
        format!("{cte}UPDATE provisioning_requests SET lease_until = {until} WHERE id {among} RETURNING id, fence");
    let rows =
        held.iter().map(|held| row([("request", Json::from(held.id)), ("number", Json::from(held.fence))])).collect();
    let mut values = times_given(backend, clock, lease).to_vec();
    values.push(batch::parameter(rows));
    let kept = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    kept.iter().map(|row| Ok(Held { id: row.try_get("", "id")?, fence: row.try_get("", "fence")? })).collect()
}

/// Lets go of everything that runs: to be called at the start by the only process that works on the database, when
/// whoever held it is gone.
///
/// # Errors
/// Those of the database.
pub async fn let_go<C: ConnectionTrait>(db: &C, clock: &Clock) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let now = batch::now(backend, 1);
    let sql = format!(
        "UPDATE provisioning_requests SET lease_until = {now} WHERE status = 'Running' AND lease_until > {now}"
    );
    db.execute_raw(Statement::from_sql_and_values(backend, sql, [clock.of_database(backend).into()])).await?;
    Ok(())
}
