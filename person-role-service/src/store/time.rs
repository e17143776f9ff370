//! The time of the database: what processes on several hosts compare with one another goes by it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, Statement};
use service_kit::{clock::Clock, database::Database};

use crate::store::entity::watermark;

/// The watermark up to which dates that passed were told.
pub const DATES: &str = "membership-dates";

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

/// A time that whatever is not committed yet bears, or a later one: the present; where transactions are under way, when the
/// first of them began.
///
/// # Errors
/// Those of the database.
pub async fn settled_until(database: &Database, clock: &Clock) -> Result<DateTime<Utc>, DbErr> {
    if database.backend() == DbBackend::Sqlite {
        // There is one writer, which is held here. The end comes with the commit of those before it.
        let transaction = database.begin().await?;
        let time = database_time(&transaction, clock).await?;
        transaction.commit().await?;
        return Ok(time);
    }
    if let Some(time) = clock.of_database(database.backend()) {
        return Ok(time);
    }
    let sql = "SELECT LEAST(statement_timestamp(), MIN(a.xact_start)) AS now FROM pg_stat_activity AS a \
               WHERE a.datname = current_database() AND a.backend_type = 'client backend' \
               AND a.pid <> pg_backend_pid()";
    let row = database.reader().query_one_raw(Statement::from_string(database.backend(), sql)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("the time".to_owned()))?.try_get("", "now")
}

/// The time by which what is provisioned is read: up to when dates that passed were told. What is read by it changes in the
/// transaction that tells, together with the revision.
///
/// # Errors
/// Those of the database.
pub async fn told_until<C: ConnectionTrait>(db: &C, clock: &Clock) -> Result<DateTime<Utc>, DbErr> {
    match told_at_last(db).await? {
        Some(reached) => Ok(reached),
        None => database_time(db, clock).await,
    }
}

/// Up to when dates were told, if ever.
///
/// # Errors
/// Those of the database.
pub async fn told_at_last<C: ConnectionTrait>(db: &C) -> Result<Option<DateTime<Utc>>, DbErr> {
    Ok(watermark::Entity::find_by_id(DATES.to_owned()).one(db).await?.map(|known| known.reached))
}

/// Up to when dates were told, as this process saw it last: it may be later by now. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct DatesTold(Arc<AtomicI64>);

impl DatesTold {
    /// Notes what stands in the database, committed.
    pub fn saw(&self, reached: DateTime<Utc>) {
        self.0.fetch_max(reached.timestamp_micros(), Ordering::Relaxed);
    }

    /// The last that was seen, if anything was.
    #[must_use]
    pub fn until(&self) -> Option<DateTime<Utc>> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            micros => DateTime::from_timestamp_micros(micros),
        }
    }
}
