//! How many subjects of a kind a target loses within a window, and what is held of it (D53).
//!
//! A window begins with the first removal after the one before has ended. Whoever judges holds the row of the target, so
//! that two cannot both be the last one that is let through.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};
use serde_json::Value as Json;

use crate::{
    domain::{
        ids::{RequestId, TargetId},
        subject::Kind,
        target::Guard,
    },
    store::{
        batch::{self, Column, row},
        states::{Place, place_of},
    },
};

/// What a window says.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// How many were present when it began.
    pub present: i64,
    /// How many removals there are in it: let through, or held.
    pub removals: i64,
}

/// A removal.
#[derive(Clone, Copy, Debug)]
pub struct Removal {
    /// The subject's id.
    pub subject_id: i64,
    /// Whoever asked said that it is not to be held.
    pub forced: bool,
}

/// Judges removals of one kind at a target, whose row the transaction holds. Gives those that are held, each with what the
/// window says of it.
///
/// # Errors
/// Those of the database.
pub async fn judge(
    db: &DatabaseTransaction,
    (target, kind, guard): (TargetId, Kind, Guard),
    removals: &[Removal],
    now: DateTime<Utc>,
) -> Result<BTreeMap<i64, Window>, DbErr> {
    let present = present(db, target, kind, guard, now).await?;
    let mut noted = noted(db, target, kind).await?;
    let (mut judged, mut new) = (BTreeMap::new(), Vec::with_capacity(removals.len()));
    for removal in removals {
        let before = noted.insert(removal.subject_id, false);
        let count = i64::try_from(noted.len()).unwrap_or(i64::MAX);
        let held = !removal.forced && before != Some(false) && guard.holds(count, present);
        if held {
            noted.insert(removal.subject_id, true);
            judged.insert(removal.subject_id, Window { present, removals: count });
        }
        new.push((removal.subject_id, held));
    }
    write(db, (target, kind), &new).await?;
    Ok(judged)
}

/// How many were present when the window began; begins one if there is none.
async fn present(
    db: &DatabaseTransaction,
    target: TargetId,
    kind: Kind,
    guard: Guard,
    now: DateTime<Utc>,
) -> Result<i64, DbErr> {
    let backend = db.get_database_backend();
    let of = "co_provisioning_target_id = $1 AND subject_kind = $2";
    let sql = format!("SELECT present FROM guard_windows WHERE {of} AND began > $3");
    let begun = now - Duration::seconds(guard.window);
    let values = [target.into(), kind.code().into(), begun.into()];
    if let Some(row) = db.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await? {
        return row.try_get("", "present");
    }
    let values = || [target.into(), kind.code().into()];
    let sql = format!("DELETE FROM guard_removals WHERE {of}");
    db.execute_raw(Statement::from_sql_and_values(backend, sql, values())).await?;
    let sql = format!(
        "INSERT INTO guard_windows (co_provisioning_target_id, subject_kind, began, present) \
         SELECT $1, $2, $3, COUNT(*) FROM subject_states WHERE {of} AND status = 'Provisioned' \
         ON CONFLICT (co_provisioning_target_id, subject_kind) DO UPDATE SET began = excluded.began, \
         present = excluded.present RETURNING present"
    );
    let values = [target.into(), kind.code().into(), now.into()];
    let row = db.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    row.ok_or(DbErr::RecordNotInserted)?.try_get("", "present")
}

/// The subjects whose removal is in the window, and whether it is held.
async fn noted(db: &DatabaseTransaction, target: TargetId, kind: Kind) -> Result<BTreeMap<i64, bool>, DbErr> {
    let sql = "SELECT subject_id, held FROM guard_removals WHERE co_provisioning_target_id = $1 AND subject_kind = $2";
    let values = [target.into(), kind.code().into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "subject_id")?, row.try_get("", "held")?))).collect()
}

async fn write(db: &DatabaseTransaction, of: (TargetId, Kind), removals: &[(i64, bool)]) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "INSERT INTO guard_removals (co_provisioning_target_id, subject_kind, subject_id, held) \
         SELECT $2, $3, v.id, v.held FROM {} WHERE true \
         ON CONFLICT (co_provisioning_target_id, subject_kind, subject_id) DO UPDATE SET held = excluded.held",
        batch::relation(backend, &[Column::Int("id"), Column::Bool("held")])
    );
    let rows = removals.iter().map(|(id, held)| row([("id", Json::from(*id)), ("held", Json::from(*held))]));
    let rest = vec![of.0.into(), of.1.code().into()];
    db.execute_raw(batch::statement(backend, sql, rows.collect(), rest)).await?;
    Ok(())
}

/// Takes places out of the window: they were no removals.
///
/// # Errors
/// Those of the database.
pub async fn forgive<C: ConnectionTrait>(db: &C, places: &[Place]) -> Result<(), DbErr> {
    if places.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let columns = [Column::Int("target_id"), Column::Text("kind"), Column::Int("subject_id")];
    let sql = format!(
        "DELETE FROM guard_removals WHERE (co_provisioning_target_id, subject_kind, subject_id) IN \
         (SELECT v.target_id, v.kind, v.subject_id FROM {})",
        batch::relation(backend, &columns)
    );
    let rows = places.iter().map(|place| row(place_of(*place))).collect();
    db.execute_raw(batch::statement(backend, sql, rows, Vec::new())).await?;
    Ok(())
}

/// Begins the windows of a target anew; `all` with the removals that were let through, else only what is held is forgotten.
///
/// # Errors
/// Those of the database.
pub async fn begin_anew<C: ConnectionTrait>(db: &C, target: TargetId, all: bool) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let statements: &[&str] = match all {
        true => &[
            "DELETE FROM guard_removals WHERE co_provisioning_target_id = $1",
            "DELETE FROM guard_windows WHERE co_provisioning_target_id = $1",
        ],
        false => &["DELETE FROM guard_removals WHERE co_provisioning_target_id = $1 AND held"],
    };
    for sql in statements {
        db.execute_raw(Statement::from_sql_and_values(backend, *sql, [target.into()])).await?;
    }
    Ok(())
}

/// Lets go what is held at a target; gives the requests.
///
/// # Errors
/// Those of the database.
pub async fn release<C: ConnectionTrait>(
    db: &C,
    target: TargetId,
    now: DateTime<Utc>,
) -> Result<Vec<RequestId>, DbErr> {
    let what = "status = 'Queued', forced = true, due = $2, modified = $2";
    end_holding(db, target, what, vec![now.into()]).await
}

/// Cancels what is held at a target; gives the requests.
///
/// # Errors
/// Those of the database.
pub async fn cancel<C: ConnectionTrait>(db: &C, target: TargetId, now: DateTime<Utc>) -> Result<Vec<RequestId>, DbErr> {
    let why = "What the guard held was dropped.";
    let what = "status = 'Canceled', ended = $2, modified = $2, last_error = $3";
    end_holding(db, target, what, vec![now.into(), why.into()]).await
}

async fn end_holding<C: ConnectionTrait>(
    db: &C,
    target: TargetId,
    what: &str,
    rest: Vec<sea_orm::Value>,
) -> Result<Vec<RequestId>, DbErr> {
    let sql = format!(
        "UPDATE provisioning_requests SET {what} WHERE co_provisioning_target_id = $1 AND status = 'Held' RETURNING id"
    );
    let values: Vec<sea_orm::Value> = [vec![target.into()], rest].concat();
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}
