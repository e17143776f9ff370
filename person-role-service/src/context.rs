//! What everything works with, and why it ends without success.

use chrono::Duration;
use messaging::outbox::Relay;
use proto::refusal::Refusal;
use sea_orm::DbErr;
use service_kit::{audit::Log, clock::Clock, database::Database, idempotency::InUse, turns::Turns};

use crate::{
    keys::Hasher,
    store::{revisions::floor::Floor, time::DatesTold, uses::Uses},
};

/// What every use case works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// The registry's database.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// Sends what the outbox holds.
    pub relay: Relay,
    /// Logins that are to be written down.
    pub uses: Uses,
    /// The security log (D60).
    pub audit: Log,
    /// Hashes and checks keys.
    pub hashing: Hasher,
    /// The turns of searches: they take at most a quarter of the connections.
    pub searches: Turns,
    /// The turns of changes: they take at most half of the connections, so that some always stay for those who read, and no CO
    /// has more than half of them.
    pub changes: Turns,
    /// Above what the revisions of subjects are counted.
    pub floor: Floor,
    /// Up to when dates that passed were told.
    pub dates_told: DatesTold,
    /// The idempotency keys of what is under way.
    pub in_use: InUse,
    /// How long an invitation can be answered.
    pub invite_validity: Duration,
    /// How many invitations the users of a CO may send in an hour; 0: any number.
    pub invites_per_hour: u32,
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
