//! Entering what was accepted: its number is the next one of its CO.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use serde_json::Value as Json;

use crate::{
    domain::ids::RequestId,
    store::{
        batch::{self, Column, Row, row},
        states::{self, Place},
    },
};

/// What was accepted, at one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Whose it is.
    pub co_id: i64,
    /// Its place in the order of what was accepted together; what is for several targets has the same at each.
    pub turn: usize,
    /// The target and the subject.
    pub place: Place,
}

const COLUMNS: [Column; 5] = [
    Column::Int("co_id"),
    Column::Int("back"),
    Column::Int("target_id"),
    Column::Text("kind"),
    Column::Int("subject_id"),
];

/// Enters what was accepted, each with the request that it made or merged into. To be called last in the transaction that
/// accepts.
///
/// # Errors
/// Those of the database.
pub async fn enter<C: ConnectionTrait>(
    db: &C,
    accepted: &[(Accepted, RequestId)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if accepted.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let entries: Vec<Accepted> = accepted.iter().map(|(entry, _)| *entry).collect();
    let rows = || {
        let with = |(row, (_, request)): (Row, &(Accepted, RequestId))| row.and("request_id", Json::from(*request));
        rows(&entries).into_iter().zip(accepted).map(with).collect()
    };
    let columns: Vec<Column> = COLUMNS.into_iter().chain([Column::Int("request_id")]).collect();
    let relation = batch::relation(backend, &columns);
    if backend == DbBackend::Sqlite {
        db.execute_raw(batch::statement(backend, heads(&relation), rows(), Vec::new())).await?;
        let sql = entry(&relation, "ledger_heads");
        db.execute_raw(batch::statement(backend, sql, rows(), vec![now.into()])).await?;
        return Ok(());
    }
    let sql = format!(
        "WITH entry AS MATERIALIZED (SELECT * FROM {relation}), head AS ({}) {}",
        counted("entry AS v"),
        entry("entry AS v", "head")
    );
    db.execute_raw(batch::statement(backend, sql, rows(), vec![now.into()])).await?;
    Ok(())
}

/// Enters what was accepted, for the same statement that makes the requests: to stand after `WITH`, behind `made`, which has
/// them with their places. The rows are those of a parameter, the time is `$2`. Of PostgreSQL.
pub(in crate::store) fn entering(parameter: usize) -> String {
    let relation = batch::relation_at(DbBackend::Postgres, parameter, &COLUMNS);
    format!(
        "entry AS MATERIALIZED (SELECT v.*, m.id AS request_id FROM {relation} JOIN made AS m \
         ON m.co_provisioning_target_id = v.target_id AND m.subject_kind = v.kind AND m.subject_id = v.subject_id), \
         head AS ({}), entered AS ({})",
        counted("entry AS v"),
        entry("entry AS v", "head")
    )
}

fn heads(from: &str) -> String {
    format!(
        "INSERT INTO ledger_heads AS h (co_id, last_number) SELECT v.co_id, MAX(v.back) + 1 FROM {from} WHERE true \
         GROUP BY v.co_id ORDER BY v.co_id \
         ON CONFLICT (co_id) DO UPDATE SET last_number = h.last_number + excluded.last_number"
    )
}

fn counted(from: &str) -> String {
    format!("{} RETURNING h.co_id, h.last_number", heads(from))
}

fn entry(from: &str, head: &str) -> String {
    format!(
        "INSERT INTO ledger_entries (co_id, number, co_provisioning_target_id, subject_kind, subject_id, request_id, \
         accepted) SELECT v.co_id, h.last_number - v.back, v.target_id, v.kind, v.subject_id, v.request_id, $2 \
         FROM {from} JOIN {head} AS h ON h.co_id = v.co_id"
    )
}

/// The rows, with how far each is from the last number of its CO.
pub(in crate::store) fn rows(accepted: &[Accepted]) -> Vec<Row> {
    let mut turns: BTreeMap<i64, BTreeSet<usize>> = BTreeMap::new();
    for entry in accepted {
        turns.entry(entry.co_id).or_default().insert(entry.turn);
    }
    let back: HashMap<(i64, usize), usize> = turns
        .iter()
        .flat_map(|(co, turns)| turns.iter().rev().enumerate().map(move |(back, turn)| ((*co, *turn), back)))
        .collect();
    let write = |entry: &Accepted| {
        let [target, kind, subject] = states::place_of(entry.place);
        let back = back.get(&(entry.co_id, entry.turn)).copied().unwrap_or_default();
        row([("co_id", Json::from(entry.co_id)), ("back", Json::from(back)), target, kind, subject])
    };
    accepted.iter().map(write).collect()
}
