//! The ledger: what was accepted, numbered for each CO without gaps (D56).
//!
//! Guarantee: each change and request that was accepted has a number of its CO, which no other has, and a row for each
//! target that it is for; numbers follow one another without gaps. Mechanism: the rows are written in the transaction that
//! accepts, and the counter of the CO is the last thing that it locks, several of them in the order of the COs: whoever
//! has a number commits, or nobody does. Failure: a transaction that is rolled back gives its numbers back.
//!
//! What became of an entry is not written a second time: it is read from its request ([`outcome`]).

pub mod check;
mod enter;
pub mod outcome;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

pub use self::enter::{Accepted, enter};
pub(super) use self::enter::{entering, rows};
use self::outcome::Outcome;
use crate::{
    domain::ids::{RequestId, TargetId},
    store::states::{self, Place},
};

/// Numbers of a CO: from the first to the last, both counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The CO.
    pub co_id: i64,
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
}

/// The numbers of a CO that are kept.
///
/// # Errors
/// Those of the database.
pub async fn kept<C: ConnectionTrait>(db: &C, co_id: i64) -> Result<Range, DbErr> {
    let sql = "SELECT h.last_number AS last_number, (SELECT MIN(e.number) FROM ledger_entries AS e WHERE e.co_id = $1) \
               AS first_number FROM ledger_heads AS h WHERE h.co_id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [co_id.into()]);
    let Some(row) = db.query_one_raw(statement).await? else { return Ok(Range { co_id, from: 1, to: 0 }) };
    let to: i64 = row.try_get("", "last_number")?;
    let from: Option<i64> = row.try_get("", "first_number")?;
    Ok(Range { co_id, from: from.unwrap_or(to + 1), to })
}

/// How many entries of a target ended how.
///
/// # Errors
/// Those of the database.
pub async fn counts<C: ConnectionTrait>(
    db: &C,
    target_id: TargetId,
    range: Range,
) -> Result<HashMap<Outcome, i64>, DbErr> {
    let sql = format!(
        "SELECT o.outcome, COUNT(*) AS n FROM (SELECT {} AS outcome FROM {ENTRIES}) AS o GROUP BY o.outcome",
        outcome::expression()
    );
    let values = values(target_id, range);
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| Ok((outcome_in(row)?, row.try_get("", "n")?))).collect()
}

/// The entries of a target, with their requests.
const ENTRIES: &str = "ledger_entries AS e LEFT JOIN provisioning_requests AS r ON r.id = e.request_id \
                       WHERE e.co_id = $1 AND e.number >= $2 AND e.number <= $3 AND e.co_provisioning_target_id = $4";

fn values(target_id: TargetId, range: Range) -> Vec<Value> {
    vec![range.co_id.into(), range.from.into(), range.to.into(), target_id.into()]
}

/// An entry as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub number: i64,
    /// The target and the subject.
    pub place: Place,
    /// The request that it made, or merged into.
    pub request_id: RequestId,
    /// When it was accepted.
    pub accepted: DateTime<Utc>,
    /// What became of it.
    pub outcome: Outcome,
    /// The entry that it merged into.
    pub into: Option<i64>,
}

/// The entries of a target by their numbers, no more than `limit`.
///
/// # Errors
/// Those of the database.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    target_id: TargetId,
    range: Range,
    limit: u64,
) -> Result<Vec<Entry>, DbErr> {
    let sql = format!(
        "SELECT e.number, e.co_provisioning_target_id, e.subject_kind, e.subject_id, e.request_id, e.accepted, \
         {} AS outcome, {} AS maker FROM {ENTRIES} ORDER BY e.number LIMIT $5",
        outcome::expression(),
        outcome::MAKER
    );
    let mut values = values(target_id, range);
    values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        let outcome = outcome_in(row)?;
        let maker: i64 = row.try_get("", "maker")?;
        // A newer program wrote what is not understood.
        let Some(place) = states::place_in(row)? else { continue };
        entries.push(Entry {
            number: row.try_get("", "number")?,
            place,
            request_id: row.try_get("", "request_id")?,
            accepted: row.try_get("", "accepted")?,
            outcome,
            into: (outcome == Outcome::Merged).then_some(maker),
        });
    }
    Ok(entries)
}

fn outcome_in(row: &QueryResult) -> Result<Outcome, DbErr> {
    let code: String = row.try_get("", "outcome")?;
    Outcome::of_code(&code).ok_or_else(|| DbErr::Type(format!("the outcome {code} is not known")))
}

/// Forgets the first entries of a CO, down from the last of some that was accepted before a time; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, co_id: i64, before: DateTime<Utc>, some: u32) -> Result<u64, DbErr> {
    let sql = "DELETE FROM ledger_entries WHERE co_id = $1 AND number <= (SELECT MAX(f.number) FROM (\
               SELECT e.number, e.accepted FROM ledger_entries AS e WHERE e.co_id = $1 ORDER BY e.number LIMIT $3) AS f \
               WHERE f.accepted < $2)";
    let values = [co_id.into(), before.into(), i64::from(some).into()];
    Ok(db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?.rows_affected())
}

/// The COs that have a ledger, after one of them, no more than `limit`.
///
/// # Errors
/// Those of the database.
pub async fn cos<C: ConnectionTrait>(db: &C, after: i64, limit: u32) -> Result<Vec<i64>, DbErr> {
    let sql = "SELECT co_id FROM ledger_heads WHERE co_id > $1 ORDER BY co_id LIMIT $2";
    let values: [Value; 2] = [after.into(), i64::from(limit).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "co_id")).collect()
}
