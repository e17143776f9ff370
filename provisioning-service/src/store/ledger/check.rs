//! Whether the ledger agrees with itself and with the requests: each a statement, so that it sees one moment.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

use super::outcome::{self, Outcome};

use crate::domain::ids::{RequestId, TargetId};

/// The numbers of a CO.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Numbers {
    /// The CO.
    pub co_id: i64,
    /// The last one that was given; absent: the CO has entries and no counter.
    pub last_number: Option<i64>,
    /// The first one that is kept; absent: none is.
    pub first_kept: Option<i64>,
    /// The last one that is kept.
    pub last_kept: Option<i64>,
    /// How many are kept.
    pub kept: i64,
}

impl Numbers {
    /// Whether each number from the first one that is kept to the last one that was given is there.
    #[must_use]
    pub fn are_whole(&self) -> bool {
        match (self.first_kept, self.last_kept) {
            (Some(first), Some(last)) => self.last_number == Some(last) && self.kept == last - first + 1,
            _ => self.last_number.is_some(),
        }
    }
}

/// The numbers of all COs.
///
/// # Errors
/// Those of the database.
pub async fn numbers<C: ConnectionTrait>(db: &C) -> Result<Vec<Numbers>, DbErr> {
    let sql = "SELECT c.co_id AS co_id, h.last_number AS last_number, c.first_kept AS first_kept, \
               c.last_kept AS last_kept, c.kept AS kept FROM (SELECT e.co_id, MIN(e.number) AS first_kept, \
               MAX(e.number) AS last_kept, COUNT(DISTINCT e.number) AS kept FROM ledger_entries AS e GROUP BY e.co_id) AS c \
               LEFT JOIN ledger_heads AS h ON h.co_id = c.co_id ORDER BY c.co_id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Numbers::from_query_result(row, "")).collect()
}

/// How many entries name a request that is not there, or that is about something else.
///
/// # Errors
/// Those of the database.
pub async fn astray<C: ConnectionTrait>(db: &C) -> Result<i64, DbErr> {
    number(
        db,
        "SELECT COUNT(*) AS n FROM ledger_entries AS e LEFT JOIN provisioning_requests AS r ON r.id = e.request_id \
         WHERE r.id IS NULL OR r.co_id <> e.co_id OR r.co_provisioning_target_id <> e.co_provisioning_target_id \
         OR r.subject_kind <> e.subject_kind OR r.subject_id <> e.subject_id",
    )
    .await
}

/// The requests that a change or somebody's wish made, since the ledger of their CO begins, and that no entry names; at most
/// ten. Those that inherited a wish are in the ledger by the one it was made for, and those that a process of release 0.1 made,
/// which knows no ledger, are not in it.
///
/// # Errors
/// Those of the database.
pub async fn unentered<C: ConnectionTrait>(db: &C) -> Result<Vec<RequestId>, DbErr> {
    let sql = "SELECT r.id AS n FROM provisioning_requests AS r JOIN (SELECT e.co_id, MIN(e.number) AS number \
               FROM ledger_entries AS e GROUP BY e.co_id) AS f ON f.co_id = r.co_id \
               WHERE r.subject_kind NOT IN ('cou', 'co', 'comparison') AND (r.askers > 0 OR r.changed IS NOT NULL) \
               AND r.entered AND r.created > (SELECT MIN(b.accepted) FROM ledger_entries AS b WHERE b.co_id = f.co_id \
               AND b.number = f.number) \
               AND NOT EXISTS (SELECT 1 FROM ledger_entries AS e WHERE e.request_id = r.id) \
               AND NOT EXISTS (SELECT 1 FROM provisioning_requests AS o WHERE o.replaced_by = r.id) \
               ORDER BY r.id LIMIT 10";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get("", "n")).collect()
}

/// The sums of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many entries it has.
    pub accepted: i64,
    /// How many of them ended how.
    pub counts: HashMap<Outcome, i64>,
    /// How many requests the entries that are not merged have.
    pub requests: i64,
}

impl Sums {
    /// Whether the counts add up: to what was accepted, and one entry for each request beside those that merged.
    #[must_use]
    pub fn add_up(&self) -> bool {
        let merged = self.counts.get(&Outcome::Merged).copied().unwrap_or_default();
        self.counts.values().sum::<i64>() == self.accepted && self.accepted - merged == self.requests
    }
}

/// The sums of all targets, by their ids.
///
/// # Errors
/// Those of the database.
pub async fn sums<C: ConnectionTrait>(db: &C) -> Result<Vec<(TargetId, Sums)>, DbErr> {
    let sql = format!(
        "SELECT o.target_id, o.outcome, COUNT(*) AS n, COUNT(DISTINCT o.request_id) AS requests FROM (\
         SELECT e.co_provisioning_target_id AS target_id, e.request_id, {} AS outcome FROM ledger_entries AS e \
         LEFT JOIN provisioning_requests AS r ON r.id = e.request_id) AS o GROUP BY o.target_id, o.outcome \
         ORDER BY o.target_id",
        outcome::expression()
    );
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let mut all: Vec<(TargetId, Sums)> = Vec::new();
    for row in &rows {
        let (target, n): (TargetId, i64) = (row.try_get("", "target_id")?, row.try_get("", "n")?);
        if all.last().is_none_or(|(last, _)| *last != target) {
            all.push((target, Sums::default()));
        }
        let Some((_, sums)) = all.last_mut() else { continue };
        let outcome = super::outcome_in(row)?;
        sums.accepted += n;
        sums.counts.insert(outcome, n);
        if outcome != Outcome::Merged {
            sums.requests += row.try_get::<i64>("", "requests")?;
        }
    }
    Ok(all)
}

async fn number<C: ConnectionTrait>(db: &C, sql: &str) -> Result<i64, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}
