//! Many rows as one parameter.
//!
//! A batch is a JSON array of objects, which PostgreSQL reads with `json_to_recordset` and SQLite with `json_each`. The
//! relation is called `v` in both.

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{DbBackend, EntityTrait, IdenStatic, Iterable, Statement, Value};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// A column of a batch.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// A whole number.
    Int(&'static str),
    /// A text.
    Text(&'static str),
    /// True or false.
    Bool(&'static str),
    /// A moment.
    Time(&'static str),
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Int(name) | Self::Text(name) | Self::Bool(name) | Self::Time(name) => name,
        }
    }

    const fn postgres(self) -> &'static str {
        match self {
            Self::Int(_) => "bigint",
            Self::Text(_) => "text",
            Self::Bool(_) => "boolean",
            Self::Time(_) => "timestamptz",
        }
    }
}

/// The columns of a table that this program knows, for a statement that gives whole rows. PostgreSQL carries out a statement
/// with `*` no more, on connections that have prepared it, once a newer program has added a column.
#[must_use]
pub fn columns<E: EntityTrait>() -> String {
    E::Column::iter().map(|column| column.as_str().to_owned()).collect::<Vec<_>>().join(", ")
}

/// The relation `v` of parameter `$1`, to stand after FROM.
#[must_use]
pub fn relation(backend: DbBackend, columns: &[Column]) -> String {
    relation_at(backend, 1, columns)
}

/// The relation `v` of a parameter, by its number.
#[must_use]
pub fn relation_at(backend: DbBackend, parameter: usize, columns: &[Column]) -> String {
    if backend == DbBackend::Sqlite {
        let columns: Vec<String> = columns.iter().map(|c| format!("value->>'{0}' AS {0}", c.name())).collect();
        return format!("(SELECT {} FROM json_each(${parameter})) AS v", columns.join(", "));
    }
    let columns: Vec<String> =
        columns.iter().map(|column| format!("{} {}", column.name(), column.postgres())).collect();
    format!("json_to_recordset(${parameter}::json) AS v({})", columns.join(", "))
}

/// Says that a column is among the ids of a parameter that [`ids`] made. PostgreSQL gets them as an array, so that it
/// looks each up in an index, whatever it believes of the table.
#[must_use]
pub fn among(backend: DbBackend, parameter: usize) -> String {
    among_those(backend, parameter, "id")
}

/// Says that a column is among what the rows of a parameter have in one of theirs, as in [`among`].
#[must_use]
pub fn among_those(backend: DbBackend, parameter: usize, column: &str) -> String {
    if backend == DbBackend::Sqlite {
        return format!("IN (SELECT value->>'{column}' FROM json_each(${parameter}))");
    }
    format!("= ANY (ARRAY(SELECT (value->>'{column}')::bigint FROM json_array_elements(${parameter}::json)))")
}

/// The time of the database: that of a parameter, or its own ([`service_kit::clock::Clock::of_database`]).
#[must_use]
pub fn now(backend: DbBackend, parameter: usize) -> String {
    if backend == DbBackend::Sqlite {
        return format!("${parameter}");
    }
    // Asked once for each statement, so that an index can be used.
    format!("(SELECT COALESCE(${parameter}::timestamptz, clock_timestamp()))")
}

/// A row of a batch: its columns, without those that are null.
#[derive(Clone, Debug)]
pub struct Row(Vec<(&'static str, Json)>);

impl Row {
    /// The same, with one column more.
    #[must_use]
    pub fn and(mut self, name: &'static str, value: Json) -> Self {
        self.0.push((name, value));
        self
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (*name, value)))
    }
}

/// The rows of ids.
#[must_use]
pub fn ids<I: Copy + Into<i64>>(ids: &[I]) -> Vec<Row> {
    ids.iter().map(|id| row([("id", Json::from((*id).into()))])).collect()
}

/// Rows as a parameter.
#[must_use]
pub fn parameter(rows: Vec<Row>) -> Value {
    // All names are texts, so that it can be written.
    Value::from(serde_json::to_string(&rows).unwrap_or_default())
}

/// A statement with a batch as `$1` and further parameters from `$2`.
#[must_use]
pub fn statement(backend: DbBackend, sql: impl Into<String>, rows: Vec<Row>, rest: Vec<Value>) -> Statement {
    let values = std::iter::once(parameter(rows)).chain(rest);
    Statement::from_sql_and_values(backend, sql, values)
}

/// A moment as a batch writes it: just as the SQLite driver does, so that texts compare like times.
#[must_use]
pub fn time(time: DateTime<Utc>) -> Json {
    Json::from(time.to_rfc3339_opts(SecondsFormat::AutoSi, false))
}

/// A row of a batch. What is null is left out, which reads as NULL.
#[must_use]
pub fn row<const N: usize>(columns: [(&'static str, Json); N]) -> Row {
    Row(columns.into_iter().filter(|(_, value)| !value.is_null()).collect())
}
