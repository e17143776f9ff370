//! The time, as a parameter: programs take the system's, tests move their own.
//!
//! Clocks of hosts differ, by milliseconds or by half a minute. What several processes compare with one another (leases,
//! what is due, dates that have passed) goes by the time of the database that they share: [`Clock::of_database`].

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Duration, Utc};
use sea_orm::DbBackend;

/// Tells the time. Cheap to clone; clones of a manual clock move together.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    manual: Option<Arc<AtomicI64>>,
    offset_us: i64,
}

impl Clock {
    /// The system's clock. In debug builds a test may say in `COHORT_CLOCK_AHEAD_MS` how many milliseconds this host is
    /// ahead of others.
    #[must_use]
    pub fn system() -> Self {
        Self { manual: None, offset_us: ahead_ms().saturating_mul(1000) }
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self { manual: Some(Arc::new(AtomicI64::new(start.timestamp_micros()))), offset_us: 0 }
    }

    /// The same clock as a host sees it that is ahead by so much, or behind if it is negative. The database's time stays.
    #[must_use]
    pub fn ahead_by(&self, offset: Duration) -> Self {
        Self { manual: self.manual.clone(), offset_us: offset.num_microseconds().unwrap_or(0) }
    }

    /// The time now, in UTC, to the microsecond: what the databases keep.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.micros().saturating_add(self.offset_us)).unwrap_or_default()
    }

    /// The time of a database, as a parameter of a statement: `None` says that the statement is to take the database's
    /// own (`COALESCE($1, clock_timestamp())`), as it does with PostgreSQL, whose clients are on many hosts. A SQLite
    /// file has one process, whose time it is. A manual clock is that of the database too, whatever a host is ahead.
    #[must_use]
    pub fn of_database(&self, backend: DbBackend) -> Option<DateTime<Utc>> {
        let shared = self.manual.is_some() || backend != DbBackend::Postgres;
        shared.then(|| DateTime::from_timestamp_micros(self.micros()).unwrap_or_default())
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    fn micros(&self) -> i64 {
        match &self.manual {
            Some(manual) => manual.load(Ordering::SeqCst),
            None => Utc::now().timestamp_micros(),
        }
    }

    /// Moves a manual clock; does nothing to the system's.
    pub fn advance(&self, by: Duration) {
        if let Some(manual) = &self.manual {
            manual.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }
}

#[cfg(not(debug_assertions))]
const fn ahead_ms() -> i64 {
    0
}

#[cfg(debug_assertions)]
#[expect(clippy::disallowed_methods, reason = "it is no setting: it is there for tests alone, in debug builds alone")]
fn ahead_ms() -> i64 {
    let said = std::env::var("COHORT_CLOCK_AHEAD_MS").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_ahead_sees_another_time_than_the_database() {
        let clock = Clock::manual(DateTime::from_timestamp(1000, 0).unwrap());
        let host = clock.ahead_by(Duration::seconds(30));
        clock.advance(Duration::seconds(5));
        assert_eq!(host.now().timestamp(), 1035);
        assert_eq!(host.of_database(DbBackend::Postgres).map(|time| time.timestamp()), Some(1005));
        assert_eq!(Clock::system().of_database(DbBackend::Postgres), None);
        assert!(Clock::system().of_database(DbBackend::Sqlite).is_some());
    }
}
