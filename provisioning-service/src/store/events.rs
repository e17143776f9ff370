//! Events (D59), numbered in the order in which they became visible.
//!
//! Guarantee: who has read up to a number has missed nothing below it, however many write. Mechanism: the transactions that
//! make events write them down without a number; afterwards one numberer at a time, which holds the row of `event_numbers`
//! until it commits, moves what is visible into the numbered log. Readers see only that. Failure: what was not numbered
//! when a process ended is numbered by the next one.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};
use serde_json::Value as Json;
use service_kit::database::Database;

use crate::{
    domain::{
        ids::{RequestId, TargetId},
        subject::{Kind, Subject},
    },
    store::batch::{self, Column, row, time},
};

/// What kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Something changed in the registry.
    Change,
    /// A request ended, or an attempt of it.
    Outcome,
}

impl What {
    /// Its name, on the wire too.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Outcome => "outcome",
        }
    }

    /// Reads its name.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Change, Self::Outcome].into_iter().find(|what| what.code() == code)
    }
}

/// An event that has no number yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// What kind.
    pub kind: What,
    /// Whose it is.
    pub co_id: i64,
    /// At which target; of outcomes.
    pub target_id: Option<TargetId>,
    /// About what; none: the CO itself.
    pub subject: Option<Subject>,
    /// How it changed, or how it ended.
    pub what: String,
    /// The request that ended.
    pub request_id: Option<RequestId>,
    /// What went wrong.
    pub message: Option<String>,
    /// When.
    pub happened: DateTime<Utc>,
}

/// A numbered event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub number: i64,
    /// What it tells.
    pub told: New,
}

const COLUMNS: [Column; 9] = [
    Column::Text("kind"),
    Column::Int("co_id"),
    Column::Int("co_provisioning_target_id"),
    Column::Text("subject_kind"),
    Column::Int("subject_id"),
    Column::Text("what"),
    Column::Int("request_id"),
    Column::Text("message"),
    Column::Time("happened"),
];
const NAMES: &str =
    "kind, co_id, co_provisioning_target_id, subject_kind, subject_id, what, request_id, message, happened";

/// Writes events down, in the transaction that makes them.
///
/// # Errors
/// Those of the database.
pub async fn note<C: ConnectionTrait>(db: &C, new: &[New]) -> Result<(), DbErr> {
    if new.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!("INSERT INTO new_events ({NAMES}) SELECT {NAMES} FROM {}", batch::relation(backend, &COLUMNS));
    let rows = new.iter().map(|new| {
        row([
            ("kind", Json::from(new.kind.code())),
            ("co_id", Json::from(new.co_id)),
            ("co_provisioning_target_id", Json::from(new.target_id)),
            ("subject_kind", Json::from(new.subject.map(|subject| subject.kind.code()))),
            ("subject_id", Json::from(new.subject.map(|subject| subject.id))),
            ("what", Json::from(new.what.clone())),
            ("request_id", Json::from(new.request_id)),
            ("message", Json::from(new.message.clone())),
            ("happened", time(new.happened)),
        ])
    });
    db.execute_raw(batch::statement(backend, sql, rows.collect(), Vec::new())).await?;
    Ok(())
}

/// How many events get their numbers at a time.
pub const STEP: u64 = 1000;

/// Gives numbers to some of what is visible; gives how many. None if another process is about it.
///
/// # Errors
/// Those of the database.
pub async fn number(database: &Database) -> Result<u64, DbErr> {
    let backend = database.backend();
    // Most of the time there is nothing, and nobody has to be kept away for that.
    let any = "SELECT id FROM new_events LIMIT 1";
    if database.reader().query_one_raw(Statement::from_string(backend, any)).await?.is_none() {
        return Ok(0);
    }
    let transaction = database.begin().await?;
    let lock = if backend == DbBackend::Sqlite { "" } else { "FOR UPDATE SKIP LOCKED" };
    let head = format!("SELECT last_number FROM event_numbers WHERE id = 1 {lock}");
    let Some(head) = transaction.query_one_raw(Statement::from_string(backend, head)).await? else {
        transaction.rollback().await?;
        return Ok(0);
    };
    let last: i64 = head.try_get("", "last_number")?;
    let some = format!("(SELECT n.id FROM new_events AS n ORDER BY n.id LIMIT {STEP})");
    let numbered =
        format!("INSERT INTO events (number, {NAMES}) SELECT $1 + ROW_NUMBER() OVER (ORDER BY t.id), {NAMES}");
    let count = match backend {
        DbBackend::Sqlite => {
            let sql = format!("{numbered} FROM new_events AS t WHERE t.id IN {some}");
            let count = transaction
                .execute_raw(Statement::from_sql_and_values(backend, sql, [last.into()]))
                .await?
                .rows_affected();
            let sql = format!("DELETE FROM new_events WHERE id IN {some}");
            transaction.execute_raw(Statement::from_string(backend, sql)).await?;
            count
        }
        // As one statement: what is visible to a second one may be more.
        _ => {
            let sql = format!("WITH t AS (DELETE FROM new_events WHERE id IN {some} RETURNING *) {numbered} FROM t");
            transaction.execute_raw(Statement::from_sql_and_values(backend, sql, [last.into()])).await?.rows_affected()
        }
    };
    let next = last + i64::try_from(count).unwrap_or_default();
    let sql = "UPDATE event_numbers SET last_number = $1 WHERE id = 1";
    transaction.execute_raw(Statement::from_sql_and_values(backend, sql, [next.into()])).await?;
    transaction.commit().await?;
    Ok(count)
}

/// Which numbers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The last one that was given.
    pub last: i64,
    /// The last one that is not kept any more.
    pub forgotten: i64,
}

/// Which numbers there are.
///
/// # Errors
/// Those of the database.
pub async fn numbers<C: ConnectionTrait>(db: &C) -> Result<Numbers, DbErr> {
    let sql = "SELECT last_number, forgotten FROM event_numbers WHERE id = 1";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the numbers of events".to_owned()))?;
    Ok(Numbers { last: row.try_get("", "last_number")?, forgotten: row.try_get("", "forgotten")? })
}

/// What events are narrowed by; all must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this CO.
    pub co_id: Option<i64>,
    /// At this target.
    pub target_id: Option<TargetId>,
    /// Of this kind.
    pub kind: Option<What>,
}

/// The events after a number up to another one, no more than `limit`.
///
/// # Errors
/// Those of the database.
pub async fn read<C: ConnectionTrait>(
    db: &C,
    after: i64,
    to: i64,
    by: Filter,
    limit: u32,
) -> Result<Vec<Event>, DbErr> {
    let mut sql = format!("SELECT number, {NAMES} FROM events WHERE number > $1 AND number <= $2");
    let mut values: Vec<Value> = vec![after.into(), to.into()];
    let mut narrow = |column: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {column} = ${}", values.len()));
        }
    };
    narrow("co_id", by.co_id.map(Value::from));
    narrow("co_provisioning_target_id", by.target_id.map(Value::from));
    narrow("kind", by.kind.map(|kind| kind.code().into()));
    sql.push_str(&format!(" ORDER BY number LIMIT {limit}"));
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(event).collect()
}

fn event(row: &QueryResult) -> Result<Event, DbErr> {
    let kind: String = row.try_get("", "kind")?;
    let subject_kind: Option<String> = row.try_get("", "subject_kind")?;
    let subject_id: Option<i64> = row.try_get("", "subject_id")?;
    let subject = subject_kind.as_deref().and_then(Kind::of_code).zip(subject_id);
    let told = New {
        kind: What::of_code(&kind).ok_or_else(|| DbErr::Type(format!("the event {kind} is not known")))?,
        co_id: row.try_get("", "co_id")?,
        target_id: row.try_get("", "co_provisioning_target_id")?,
        subject: subject.map(|(kind, id)| Subject::new(kind, id)),
        what: row.try_get("", "what")?,
        request_id: row.try_get("", "request_id")?,
        message: row.try_get("", "message")?,
        happened: row.try_get("", "happened")?,
    };
    Ok(Event { number: row.try_get("", "number")?, told })
}

/// Forgets the first events, down from the last of `some` that happened before a time; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, before: DateTime<Utc>, some: u32) -> Result<u64, DbErr> {
    let backend = db.get_database_backend();
    let sql = "UPDATE event_numbers SET forgotten = (SELECT MAX(f.number) FROM (SELECT e.number, e.happened \
               FROM events AS e ORDER BY e.number LIMIT $2) AS f WHERE f.happened < $1) WHERE id = 1 \
               AND EXISTS (SELECT 1 FROM (SELECT e.number, e.happened FROM events AS e ORDER BY e.number LIMIT $2) AS f \
               WHERE f.happened < $1)";
    db.execute_raw(Statement::from_sql_and_values(backend, sql, [before.into(), i64::from(some).into()])).await?;
    let sql = "DELETE FROM events WHERE number <= (SELECT h.forgotten FROM event_numbers AS h WHERE h.id = 1)";
    Ok(db.execute_raw(Statement::from_string(backend, sql)).await?.rows_affected())
}
