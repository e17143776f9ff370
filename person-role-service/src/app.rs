//! The use cases, one file each. A use case owns its transaction.

use messaging::outbox::Relay;
use proto::refusal::Refusal;
use sea_orm::DbErr;
use service_kit::{clock::Clock, database::Database};

pub mod add;
pub mod automatic_groups;
pub mod bootstrap;
pub mod change;
pub mod delete;
pub mod edit;
pub mod follow_membership_dates;
pub mod follow_validity;
pub mod key;
pub mod list;
pub mod list_subjects;
pub mod membership;
pub mod person_status;
pub mod read_subjects;
pub mod record_outcomes;
pub mod references;
pub mod rotate_key;
pub mod verify_key;
pub mod view;

/// What every use case works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// The registry's database.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// Sends what the outbox holds.
    pub relay: Relay,
    /// Hashes and checks keys.
    pub hashing: key::Hasher,
}

/// Why a use case ended without success.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The caller is told no.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The database did not do what was asked.
    #[error("the database failed")]
    Database(#[from] DbErr),
}

impl Fault {
    /// Whether the same use case may succeed if it is begun anew: two transactions stood in each other's way. What a
    /// caller wants and somebody else has is refused by its resource; a unique index that speaks up here was met by
    /// something that the use case makes on its own, which the other one has made now.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Database(error) if service_kit::database::is_conflict(error) || service_kit::database::is_taken(error))
    }

    /// What the caller hears.
    #[must_use]
    pub fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Database(error) => service_kit::database::refusal_of(&error),
        }
    }
}
