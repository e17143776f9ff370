//! Wishes to provision, many at once: what arrives while others are checked or written goes together with the next.
//!
//! Guarantee: each wish has its own answer, and one that is refused does not harm the others. Mechanism: all that wait are
//! checked with one question to the database and one to the registry, each with its caller's rights; those that pass are
//! written at once. Failure: if that fails, each is written alone.

use std::{fmt, sync::Arc};

use proto::{caller::Caller, refusal::Refusal};
use service_kit::{batch::Batch, clock::Clock, database::Database, telemetry};

use crate::{
    domain::{
        action,
        ids::{RequestId, TargetId},
        subject::{Kind, Subject},
    },
    registry::Registry,
    store::requests::{self, New},
};

mod check;
mod write;

use write::Woken;

/// How many wishes go together.
const MOST: usize = 128;
/// How many rounds are under way at a time, and how many wait before one begins beside another.
const ROUNDS: (usize, usize) = (2, 16);

/// A wish.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Who has it.
    pub caller: Caller,
    /// The target.
    pub target_id: TargetId,
    /// What is to be provisioned there.
    pub subject: Subject,
    /// The trace of its call.
    pub traceparent: Option<String>,
}

impl Wish {
    /// That of the call under way.
    #[must_use]
    pub fn of(caller: &Caller, target_id: TargetId, subject: Subject) -> Self {
        Self { caller: caller.clone(), target_id, subject, traceparent: telemetry::traceparent() }
    }

    /// The request that it makes, in the CO of its target.
    #[must_use]
    pub fn request(&self, co_id: i64) -> New {
        let kind = self.subject.kind;
        New {
            co_id,
            target_id: self.target_id,
            subject: self.subject,
            action: (kind != Kind::Co).then(|| action::of_request(kind)),
            askers: 1,
            actor: Some(self.caller.username.clone()),
            traceparent: self.traceparent.clone(),
            wish: requests::Wish::default(),
        }
    }
}

/// Checks and writes wishes.
pub struct Wishes {
    checks: Batch<Wish, Result<i64, Refusal>>,
    requests: Batch<Wish, Result<RequestId, Refusal>>,
}

impl Wishes {
    /// By a database and the registry; `wake` says to this process that requests were made.
    #[must_use]
    pub fn new(
        database: &Database,
        registry: &Registry,
        clock: &Clock,
        wake: impl Fn() + Clone + Send + Sync + 'static,
    ) -> Self {
        let of_checks = (database.clone(), registry.clone());
        let checks = Batch::in_crowds("check wishes", MOST, ROUNDS, move |wishes| {
            let (database, registry) = of_checks.clone();
            async move { check::all(&database, &registry, &wishes).await }
        });
        let of_requests = (database.clone(), registry.clone(), clock.clone(), Arc::new(Woken::default()));
        let requests = Batch::in_rounds("grant wishes", MOST, ROUNDS, move |wishes| {
            let (database, registry, clock, woken) = of_requests.clone();
            let wake = wake.clone();
            async move {
                let granted = grant((&database, &clock, &woken), &registry, &wishes).await;
                // Here, since who asked may have gone.
                if granted.iter().any(Result::is_ok) {
                    wake();
                }
                granted
            }
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
    /// As in [`Self::check`], and those of the database.
    pub async fn grant(&self, wish: Wish) -> Result<RequestId, Refusal> {
        self.requests.ask(wish).await.unwrap_or_else(|_| Err(Refusal::of_the_server()))
    }
}

/// Checks wishes, and makes the requests of those that pass.
async fn grant(
    written: (&Database, &Clock, &Woken),
    registry: &Registry,
    wishes: &[Wish],
) -> Vec<Result<RequestId, Refusal>> {
    let checked = check::all(written.0, registry, wishes).await;
    let passed = wishes.iter().zip(&checked).filter_map(|(wish, co)| Some(wish.request(*co.as_ref().ok()?)));
    let passed: Vec<New> = passed.collect();
    let mut made = write::all(written, &passed).await.into_iter();
    let mut next = || made.next().unwrap_or_else(|| Err(Refusal::of_the_server()));
    checked.into_iter().map(|co| co.and_then(|_| next())).collect()
}

impl fmt::Debug for Wishes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wishes").finish_non_exhaustive()
    }
}
