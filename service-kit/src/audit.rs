//! The security log of a service: who may do what, and who changed that (D60).
//!
//! Guarantee: what is audited and committed is in the log, in the order of the commits; nothing in it can be changed or
//! taken away without [`verify`] finding it. Mechanism: records are written in the transaction of the change, last of all;
//! each bears a hash over itself and the hash of the one before it, and a row beside them says where the chain ends. That
//! row is held from then until the commit: only audited changes wait for one another, and only for that long. Failure: a
//! change that cannot be written down is refused with 503; if `audit.required` is false it is made, and an error logged.

use chrono::{DateTime, Utc};
use proto::{caller::Caller, table::Table};
use sea_orm::{DbErr, TransactionTrait};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::database::{Transaction, is_away, is_conflict, not_written_down};

mod chain;
pub mod changes;
pub mod read;
pub mod tables;
pub mod verify;

pub use chain::Written;

/// The path of the resource.
pub const PATH: &str = "audit_records";

/// The resource.
#[must_use]
#[expect(clippy::expect_used, reason = "the descriptors are part of the program; every test would find them broken")]
pub fn table() -> &'static Table {
    Table::at(PATH).expect("audit records are a resource")
}

/// `[audit]`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditSettings {
    /// Whether a change that cannot be written down is refused.
    pub required: bool,
}

/// The service that keeps a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// person-role-service.
    Registry,
    /// provisioning-service.
    Provisioning,
}

impl Source {
    /// As records write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Provisioning => "provisioning",
        }
    }

    /// The log in which a record with an id is: even ids are the registry's.
    #[must_use]
    pub fn of_id(id: i64) -> Self {
        if id & 1 == 0 { Self::Registry } else { Self::Provisioning }
    }

    /// The id of a record of a time that follows another one: microseconds since 1970, and one bit for the service. So the
    /// ids of both logs are different, and in the order of time.
    fn id_after(self, last: i64, at: DateTime<Utc>) -> i64 {
        let bit = i64::from(self == Self::Provisioning);
        let by_time = at.timestamp_micros().saturating_mul(2) | bit;
        by_time.max((last | 1) + 1 + bit)
    }
}

/// Something that is to be written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What was done: `Add`, `Edit`, `Delete`, `RotateKey`, …
    pub action: &'static str,
    /// The singular name of the resource.
    pub resource: String,
    /// The record.
    pub resource_id: Option<i64>,
    /// Its CO; none is the platform.
    pub co_id: Option<i64>,
    /// What changed ([`changes::between`]).
    pub changes: Vec<Json>,
}

/// The log of a service.
#[derive(Clone, Copy, Debug)]
pub struct Log {
    source: Source,
    required: bool,
}

impl Log {
    /// A log without which nothing is changed.
    #[must_use]
    pub fn of(source: Source) -> Self {
        Self { source, required: true }
    }

    /// The same, as it is set.
    #[must_use]
    pub fn with(self, settings: AuditSettings) -> Self {
        Self { required: settings.required, ..self }
    }

    /// Writes entries down in the transaction of their change, as the last of it. What was written is to be told
    /// ([`Written::tell`]) after the commit.
    ///
    /// # Errors
    /// That they cannot be written down, where that is required: the change must not be committed then.
    pub async fn write(
        self,
        tx: &Transaction,
        at: DateTime<Utc>,
        caller: &Caller,
        entries: Vec<Entry>,
    ) -> Result<Written, DbErr> {
        if entries.is_empty() {
            return Ok(Written::default());
        }
        if self.required {
            return chain::append(&**tx, self.source, at, caller, entries).await.map_err(refused);
        }
        // In a savepoint: a statement that fails takes no more along.
        let inner = tx.begin().await?;
        match chain::append(&inner, self.source, at, caller, entries).await {
            Ok(written) => inner.commit().await.map(|()| written),
            Err(error) if is_conflict(&error) => Err(error),
            Err(error) => {
                tracing::error!(%error, "a change is made that could not be written into the security log");
                inner.rollback().await?;
                Ok(Written::default())
            }
        }
    }
}

fn refused(error: DbErr) -> DbErr {
    if is_away(&error) || is_conflict(&error) {
        return error;
    }
    tracing::error!(%error, "the security log cannot be written; the change is refused");
    not_written_down()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_time_and_tell_the_service() {
        let at = |micros| DateTime::from_timestamp_micros(micros).unwrap();
        for source in [Source::Registry, Source::Provisioning] {
            let first = source.id_after(0, at(1_000));
            let ids = [first, source.id_after(first, at(1_000)), source.id_after(first, at(999))];
            assert!(ids[1] > ids[0] && ids[2] > ids[0], "{ids:?}");
            assert!(ids.iter().all(|id| Source::of_id(*id) == source), "{ids:?}");
        }
        assert_eq!(Source::Registry.id_after(7, at(1_000)), 2_000);
        assert_eq!(Source::Provisioning.id_after(7, at(1_000)), 2_001);
    }
}
