//! The time of the database: what processes on several hosts compare with one another goes by it.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use service_kit::clock::Clock;

/// The time now, as the database tells it.
///
/// # Errors
/// Those of the database.
pub async fn database_time<C: ConnectionTrait>(db: &C, clock: &Clock) -> Result<DateTime<Utc>, DbErr> {
    let backend = db.get_database_backend();
    if let Some(time) = clock.of_database(backend) {
        return Ok(time);
    }
    let row = db.query_one_raw(Statement::from_string(backend, "SELECT clock_timestamp() AS now")).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("the time".to_owned()))?.try_get("", "now")
}
