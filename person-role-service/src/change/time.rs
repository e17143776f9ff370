//! When a change is made: by the database's time, told once, and not long before the commit (D45).

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryResult, QueryTrait, Select,
    sea_query::{Alias, Expr, Query, SelectStatement},
};

use crate::{change::Change, store::late_dates};

/// How long after its time a change may be committed. With [`IDLE`] it is less than a minute.
const LATEST: Duration = Duration::from_secs(35);

/// How long PostgreSQL waits for the next statement of a change, such as its commit, before it takes the change back.
const IDLE: Duration = Duration::from_secs(20);

/// A change is committed within less than this after its time.
const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// The column that tells the time.
pub(super) const TIME: &str = "told_at";

/// Adds the time to what a statement reads. From then on a process that stands still loses its change.
pub(super) fn with_time(query: &mut SelectStatement) -> &SelectStatement {
    let idle = format!("set_config('idle_in_transaction_session_timeout', '{}', true)", IDLE.as_millis());
    query.expr_as(Expr::cust("clock_timestamp()"), TIME).expr_as(Expr::cust(idle), "idle")
}

/// When the time that stands in a row or a version was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told(Instant);

impl Told {
    /// Refuses the commit of a change whose time is too long ago.
    ///
    /// # Errors
    /// That it has to be made again.
    pub(super) fn in_time(self) -> Result<(), DbErr> {
        match self.0.elapsed() > LATEST {
            true => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
            false => Ok(()),
        }
    }
}

impl Change<'_> {
    /// When the change is made, by the database's time: when the first row was held, or when this is asked for the first
    /// time.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn time(&self) -> Result<DateTime<Utc>, DbErr> {
        if let Some((time, _)) = self.time.get() {
            return Ok(*time);
        }
        let mut query = Query::select();
        let row = self.tx.query_one(with_time(&mut query)).await?;
        self.time_of_row(&row.ok_or_else(|| DbErr::RecordNotFound("the time".to_owned()))?)
    }

    /// The time that is written into rows and versions. A change that writes it is committed within `LATEST` of it or
    /// not at all: what was true a minute ago does not change any more (D45).
    ///
    /// # Errors
    /// Those of the database.
    pub async fn stamp(&self) -> Result<DateTime<Utc>, DbErr> {
        self.stamped.store(true, Ordering::Relaxed);
        let time = self.time().await?;
        // What cannot be committed any more holds nobody up with the rest of it.
        self.told_if_stamped().map_or(Ok(()), Told::in_time)?;
        Ok(time)
    }

    /// Reads a row by a query that may wait for a lock, and the time in the same statement: that is the time after the
    /// wait, so that changes of one row have times in the order in which they are made.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn held<E: EntityTrait>(&self, query: Select<E>) -> Result<Option<E::Model>, DbErr> {
        if self.time.get().is_some() {
            return query.one(&self.tx).await;
        }
        let mut outer = Query::select();
        outer.expr(Expr::cust("*")).from_subquery(query.into_query(), Alias::new("held"));
        let Some(row) = self.tx.query_one(with_time(&mut outer)).await? else { return Ok(None) };
        self.time_of_row(&row)?;
        E::Model::from_query_result(&row, "").map(Some)
    }

    /// Asks what gives no row to work with, and for the time in the same statement if it is not known yet. The time may be
    /// that before a wait.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn asked(&self, mut query: SelectStatement) -> Result<(), DbErr> {
        if self.time.get().is_some() {
            return self.tx.query_one(&query).await.map(drop);
        }
        match self.tx.query_one(with_time(&mut query)).await? {
            Some(row) => self.time_of_row(&row).map(drop),
            None => Ok(()),
        }
    }

    /// Notes the dates that a record was given, those that may pass before the commit and were not told as passed yet: whoever
    /// tells of dates that pass may have looked before, and looks for them once more ([`crate::store::late_dates`]).
    pub(super) fn mind_dates(
        &self,
        (resource, id): (&'static str, i64),
        dates: impl Iterator<Item = DateTime<Utc>>,
        now: DateTime<Utc>,
    ) {
        if late_dates::are_told(resource) && self.tx.get_database_backend() == DbBackend::Postgres {
            let told = self.app.dates_told.until();
            let late = dates.filter(|date| *date <= now + MINUTE && told.is_none_or(|told| *date > told));
            let mut dated = self.dated.lock().unwrap_or_else(PoisonError::into_inner);
            dated.extend(late.map(|date| (resource, id, date)));
        }
    }

    /// Has dates of a record looked at once more by whoever tells of dates next.
    pub fn look_again(&self, (resource, id): (&'static str, i64), dates: impl Iterator<Item = DateTime<Utc>>) {
        let mut dated = self.dated.lock().unwrap_or_else(PoisonError::into_inner);
        dated.extend(dates.map(|date| (resource, id, date)));
    }

    /// Has the rest of the change wait for locks no longer than some milliseconds each: what the house does of its own
    /// accord comes back to it, and others are waiting for the house.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn wait_at_most(&self, milliseconds: u32) -> Result<(), DbErr> {
        match self.tx.get_database_backend() {
            DbBackend::Postgres => {
                let sql = format!("SET LOCAL lock_timeout = {milliseconds}");
                self.tx.execute_unprepared(&sql).await.map(drop)
            }
            // Who writes is alone.
            _ => Ok(()),
        }
    }

    /// When the time was told, if it was written.
    pub(super) fn told_if_stamped(&self) -> Option<Told> {
        let stamped = self.stamped.load(Ordering::Relaxed);
        self.time.get().filter(|_| stamped).map(|(_, told)| Told(*told))
    }

    fn time_of_row(&self, row: &QueryResult) -> Result<DateTime<Utc>, DbErr> {
        let time = row.try_get("", TIME)?;
        self.tell_time(time);
        Ok(time)
    }

    pub(super) fn tell_time(&self, time: DateTime<Utc>) {
        self.time.get_or_init(|| (time, Instant::now()));
    }
}
