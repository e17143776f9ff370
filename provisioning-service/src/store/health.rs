//! How targets fare (D55): what the processes that call them say, and what waits, failed or is held there.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::Value as Json;

use crate::{
    domain::ids::TargetId,
    store::batch::{self, Column, row, time},
};

/// What a process says of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The target.
    pub target: TargetId,
    /// `Good`, `Slow` or `Broken`.
    pub health: &'static str,
    /// Why, for people.
    pub sentence: String,
    /// Calls at once.
    pub concurrency: i64,
    /// When a call last succeeded, if one did since it was last said.
    pub last_success: Option<DateTime<Utc>>,
}

/// How a target fares.
#[derive(Clone, Debug, Default, FromQueryResult)]
pub struct Health {
    /// The target.
    pub target: TargetId,
    /// As it was said last; none if it was never called.
    pub health: Option<String>,
    /// Why.
    pub sentence: Option<String>,
    /// Calls at once.
    pub concurrency: Option<i64>,
    /// When a call last succeeded.
    pub last_success: Option<DateTime<Utc>>,
    /// Requests that wait for their turn or run.
    pub waiting: i64,
    /// Since when the oldest of them waits.
    pub oldest: Option<DateTime<Utc>>,
    /// Subjects whose last call failed.
    pub failing: i64,
    /// Requests that the guard holds.
    pub held: i64,
}

/// How targets fare.
///
/// # Errors
/// Those of the database.
pub async fn of<C: ConnectionTrait>(db: &C, targets: &[TargetId]) -> Result<Vec<Health>, DbErr> {
    let backend = db.get_database_backend();
    let waiting = "FROM provisioning_requests AS r WHERE r.co_provisioning_target_id = v.id AND r.status IN";
    let sql = format!(
        "SELECT v.id AS target, h.health, h.sentence, h.concurrency, h.last_success, \
         (SELECT COUNT(*) {waiting} ('Queued', 'Retrying')) AS waiting, \
         (SELECT MIN(r.created) {waiting} ('Queued', 'Retrying')) AS oldest, \
         (SELECT COUNT(*) FROM subject_states AS s WHERE s.co_provisioning_target_id = v.id \
         AND s.last_error IS NOT NULL) AS failing, \
         (SELECT COUNT(*) {waiting} ('Held')) AS held \
         FROM {} LEFT JOIN target_health AS h ON h.co_provisioning_target_id = v.id",
        batch::relation(backend, &[Column::Int("id")])
    );
    let rows = db.query_all_raw(batch::statement(backend, sql, batch::ids(targets), Vec::new())).await?;
    rows.iter().map(|row| Health::from_query_result(row, "")).collect()
}

/// Writes down what a process says.
///
/// # Errors
/// Those of the database.
pub async fn write<C: ConnectionTrait>(db: &C, said: &[Said], now: DateTime<Utc>) -> Result<(), DbErr> {
    if said.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let columns = [
        Column::Int("id"),
        Column::Text("health"),
        Column::Text("sentence"),
        Column::Int("concurrency"),
        Column::Time("success"),
    ];
    let sql = format!(
        "INSERT INTO target_health AS h (co_provisioning_target_id, health, sentence, concurrency, last_success, modified) \
         SELECT v.id, v.health, v.sentence, v.concurrency, v.success, $2 FROM {} WHERE true ORDER BY v.id \
         ON CONFLICT (co_provisioning_target_id) DO UPDATE SET health = excluded.health, sentence = excluded.sentence, \
         concurrency = excluded.concurrency, last_success = COALESCE(excluded.last_success, h.last_success), \
         modified = excluded.modified",
        batch::relation(backend, &columns)
    );
    let rows = said.iter().map(|said| {
        row([
            ("id", Json::from(said.target)),
            ("health", Json::from(said.health)),
            ("sentence", Json::from(said.sentence.clone())),
            ("concurrency", Json::from(said.concurrency)),
            ("success", said.last_success.map_or(Json::Null, time)),
        ])
    });
    db.execute_raw(batch::statement(backend, sql, rows.collect(), vec![now.into()])).await?;
    Ok(())
}

/// Forgets what was said of targets.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, targets: &[TargetId]) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    for table in ["target_health", "guard_windows", "guard_removals"] {
        let sql = format!("DELETE FROM {table} WHERE co_provisioning_target_id {}", batch::among(backend, 1));
        db.execute_raw(batch::statement(backend, sql, batch::ids(targets), Vec::new())).await?;
    }
    Ok(())
}
