//! Wishes to provision, many at once: what arrives while others are checked or written goes together with the next.
//!
//! Guarantee: each wish has its own answer, and one that is refused does not harm the others. Mechanism: all that wait are
//! checked with one question to the database and one to the registry, each with its caller's rights; those that pass are
//! written in one transaction. Failure: if that fails, each is written alone.

use std::fmt;

use proto::{caller::Caller, refusal::Refusal};
use service_kit::{batch::Batch, clock::Clock, database::Database};

use crate::{
    domain::{
        ids::{RequestId, TargetId},
        subject::Subject,
    },
    registry::Registry,
    store::requests::New,
};

mod check;
mod write;

/// How many wishes are checked, or written, at a time.
const MOST: usize = 128;
/// How many checks are under way at a time, and how many wait before one begins beside another.
const CHECKS: (usize, usize) = (2, 16);

/// A wish as it is checked.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Who has it.
    pub caller: Caller,
    /// The target.
    pub target_id: TargetId,
    /// What is to be provisioned there.
    pub subject: Subject,
}

/// Checks and writes wishes.
pub struct Wishes {
    checks: Batch<Wish, Result<i64, Refusal>>,
    requests: Batch<New, Result<RequestId, Refusal>>,
}

impl Wishes {
    /// By a database and the registry.
    #[must_use]
    pub fn new(database: &Database, registry: &Registry, clock: &Clock) -> Self {
        let (of_checks, registry) = (database.clone(), registry.clone());
        let checks = Batch::in_crowds("check wishes", MOST, CHECKS, move |wishes| {
            let (database, registry) = (of_checks.clone(), registry.clone());
            async move { check::all(&database, &registry, &wishes).await }
        });
        let (database, clock) = (database.clone(), clock.clone());
        let requests = Batch::new("write wishes", MOST, 1, move |new| {
            let (database, clock) = (database.clone(), clock.clone());
            async move { write::all(&database, &clock, &new).await }
        });
        Self { checks, requests }
    }

    /// Finds out whether a wish can be granted; gives the CO of its target.
    ///
    /// # Errors
    /// 404, 409 `CoProvisioningTarget Disabled`, or that something is away.
    pub async fn check(&self, wish: Wish) -> Result<i64, Refusal> {
        self.checks.ask(wish).await.unwrap_or_else(|_| Err(Refusal::of_the_server()))
    }

    /// Makes the request of a wish, or lets it join one that waits; gives its id when it is on the disk.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn write(&self, new: New) -> Result<RequestId, Refusal> {
        self.requests.ask(new).await.unwrap_or_else(|_| Err(Refusal::of_the_server()))
    }
}

impl fmt::Debug for Wishes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wishes").finish_non_exhaustive()
    }
}
