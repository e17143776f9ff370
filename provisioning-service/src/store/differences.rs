//! What comparisons of targets with the registry found (D57).

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};
use serde_json::Value as Json;

use crate::{
    domain::{ids::RequestId, subject::Subject},
    store::batch::{self, Column, row},
};

/// How a subject, or a key, differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Difference {
    /// It is to be there, and is not.
    Missing,
    /// It is there otherwise.
    Different,
    /// This target wrote it, and it is not to be there.
    Extra,
    /// Somebody else wrote it.
    Foreign,
    /// It is as it is to be: noted while the comparison runs, so that its key is not taken for somebody else's.
    Same,
}

impl Difference {
    /// As the API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "Missing",
            Self::Different => "Different",
            Self::Extra => "Extra",
            Self::Foreign => "Foreign",
            Self::Same => "Same",
        }
    }
}

/// A difference that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub difference: Difference,
    /// Of which subject, if it is one's.
    pub subject: Option<Subject>,
    /// What the target calls it.
    pub key: Option<String>,
}

/// A difference as it was written down.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Row {
    /// In the order in which they were found.
    pub id: i64,
    /// Its name.
    pub difference: String,
    /// The kind of its subject.
    pub subject_kind: Option<String>,
    /// Its subject.
    pub subject_id: Option<i64>,
    /// What the target calls it.
    pub key: Option<String>,
}

/// Writes differences down.
///
/// # Errors
/// Those of the database.
pub async fn insert<C: ConnectionTrait>(db: &C, request: RequestId, found: &[Found]) -> Result<(), DbErr> {
    if found.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let columns = [Column::Text("difference"), Column::Text("kind"), Column::Int("subject_id"), Column::Text("key")];
    let sql = format!(
        "INSERT INTO differences (request_id, difference, subject_kind, subject_id, key) \
         SELECT $2, v.difference, v.kind, v.subject_id, v.key FROM {} WHERE true",
        batch::relation(backend, &columns)
    );
    let rows = found.iter().map(|found| {
        row([
            ("difference", Json::from(found.difference.name())),
            ("kind", Json::from(found.subject.map(|subject| subject.kind.code()))),
            ("subject_id", Json::from(found.subject.map(|subject| subject.id))),
            ("key", Json::from(found.key.clone())),
        ])
    });
    db.execute_raw(batch::statement(backend, sql, rows.collect(), vec![request.into()])).await?;
    Ok(())
}

/// Of keys, those that no subject of the comparison has.
///
/// # Errors
/// Those of the database.
pub async fn unclaimed<C: ConnectionTrait>(db: &C, request: RequestId, keys: &[String]) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "SELECT v.key FROM {} WHERE NOT EXISTS (SELECT 1 FROM differences AS d WHERE d.request_id = $2 AND d.key = v.key)",
        batch::relation(backend, &[Column::Text("key")])
    );
    let rows = keys.iter().map(|key| row([("key", Json::from(key.as_str()))])).collect();
    let found = db.query_all_raw(batch::statement(backend, sql, rows, vec![request.into()])).await?;
    found.iter().map(|row| row.try_get("", "key")).collect()
}

/// A page of the differences that a comparison found.
///
/// # Errors
/// Those of the database.
pub async fn list<C: ConnectionTrait>(db: &C, request: RequestId, after: i64, limit: u64) -> Result<Vec<Row>, DbErr> {
    let sql = "SELECT id, difference, subject_kind, subject_id, key FROM differences \
               WHERE request_id = $1 AND id > $2 AND difference <> 'Same' ORDER BY id LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values: [Value; 3] = [request.into(), after.into(), limit.into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| Row::from_query_result(row, "")).collect()
}

/// Forgets what a comparison wrote down: all, or what is as it is to be.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, request: RequestId, all: bool) -> Result<(), DbErr> {
    let of = if all { "" } else { "AND difference = 'Same'" };
    let sql = format!("DELETE FROM differences WHERE request_id = $1 {of}");
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [request.into()])).await?;
    Ok(())
}
