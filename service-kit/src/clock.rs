//! The time, as a parameter: programs take the system's, tests move their own.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Duration, Utc};

/// Tells the time. Cheap to clone; clones of a manual clock move together.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    manual: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self { manual: Some(Arc::new(AtomicI64::new(start.timestamp_micros()))) }
    }

    /// The time now, in UTC, to the microsecond: what the databases keep.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.manual {
            Some(manual) => manual.load(Ordering::SeqCst),
            None => Utc::now().timestamp_micros(),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// Moves a manual clock; does nothing to the system's.
    pub fn advance(&self, by: Duration) {
        if let Some(manual) = &self.manual {
            manual.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }
}
