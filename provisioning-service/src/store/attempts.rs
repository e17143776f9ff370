//! Each call of a connector.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value as Json;

use crate::{
    domain::status::Status,
    store::{
        batch::{self, Column, row, time},
        leases::Held,
    },
};

/// A call of a connector.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Of which request, under which number.
    pub held: Held,
    /// What became of the request by it.
    pub status: Status,
    /// How it ended: `Succeeded`, `Failed`, `Unknown` or `Superseded` (D52).
    pub outcome: &'static str,
    /// What went wrong.
    pub message: Option<String>,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub ended: DateTime<Utc>,
}

const COLUMNS: [Column; 7] = [
    Column::Int("id"),
    Column::Int("fence"),
    Column::Text("status"),
    Column::Text("outcome"),
    Column::Text("message"),
    Column::Time("started"),
    Column::Time("ended"),
];

/// Writes attempts down.
///
/// # Errors
/// Those of the database.
pub async fn insert<C: ConnectionTrait>(db: &C, attempts: &[Attempt]) -> Result<(), DbErr> {
    if attempts.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "INSERT INTO provisioning_attempts (provisioning_request_id, fence, status, outcome, message, started, ended) \
         SELECT v.id, v.fence, v.status, v.outcome, v.message, v.started, v.ended FROM {} WHERE true",
        batch::relation(backend, &COLUMNS)
    );
    let rows = attempts.iter().map(|attempt| {
        row([
            ("id", Json::from(attempt.held.id)),
            ("fence", Json::from(attempt.held.fence)),
            ("status", Json::from(attempt.status.code())),
            ("outcome", Json::from(attempt.outcome)),
            ("message", Json::from(attempt.message.clone())),
            ("started", time(attempt.started)),
            ("ended", time(attempt.ended)),
        ])
    });
    db.execute_raw(batch::statement(backend, sql, rows.collect(), Vec::new())).await?;
    Ok(())
}
