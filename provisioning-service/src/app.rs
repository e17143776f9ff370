//! The use cases, one file each. A use case owns its transaction.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::Duration;
use messaging::outbox::{self, Outgoing, Relay};
use prost::Message;
use proto::{caller::Caller, events::v1::ProvisioningWakeUp, refusal::Refusal, table::Table};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use service_kit::{
    audit::Log,
    clock::Clock,
    database::{Database, refusal_of},
    idempotency::{self, InUse},
    turns::Turns,
};
use tokio::sync::Notify;

use crate::{
    connector::registry::Connectors,
    domain::ids::{RequestId, TargetId},
    registry::Registry,
};

pub mod add_target;
pub mod audit;
pub mod await_outcome;
pub mod cancel_request;
pub mod claim_work;
pub mod compare;
pub mod delete_target;
pub mod edit_target;
pub mod events;
pub mod expand_request;
pub mod explain;
pub mod give_up;
pub mod guard_removals;
pub mod joined;
pub mod ledger;
pub mod list_requests;
pub mod load_work;
pub mod names;
pub mod plan;
pub mod plan_retention;
pub mod progress;
pub mod provision;
pub mod record_outcomes;
pub mod resume_failed;
pub mod retry_request;
pub mod retry_target;
pub mod rotate_secrets;
pub mod secrets;
pub mod secrets_at_start;
pub mod secrets_status;
pub mod settle_places;
pub mod surroundings;
pub mod sweep;
pub mod take_changes;
pub mod target_rules;
pub mod verify_ledger;
pub mod view_request;
pub mod view_targets;
pub mod wishes;

/// How long a target may take to be reached or read while somebody waits for it: for a plan, or a check.
const REACH: std::time::Duration = std::time::Duration::from_secs(15);

/// Gives numbers from 0 up to 1; tests give their own.
pub type Random = Arc<dyn Fn() -> f64 + Send + Sync>;

/// What the use cases work with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database of this service.
    pub database: Database,
    /// The registry.
    pub registry: Registry,
    /// The security log (D60).
    pub audit: Log,
    /// Opens and seals the secrets of targets.
    pub secrets: secrets::Secrets,
    /// The connectors that there are.
    pub connectors: Connectors,
    /// The time.
    pub clock: Clock,
    /// Jitter.
    pub random: Random,
    /// How many targets the users of a CO may make for it; 0: any number.
    pub targets_of_co: u32,
    /// How long a request is held without word from its holder.
    pub lease: Duration,
    /// How long after its end a call whose end is not known may still take effect at a target.
    pub late_effect: Duration,
    /// What tells this service's database from one that is made in its place.
    pub identity: Arc<str>,
    /// Checks and writes what is asked for by name.
    pub wishes: Arc<wishes::Wishes>,
    /// Sends what is in the outbox.
    pub relay: Relay,
    /// The idempotency keys of what is under way.
    pub in_use: InUse,
    /// How far requests for many were not long ago.
    pub counts: Arc<progress::Counts>,
    /// The turns of those who wait while a target is reached or read: plans and checks.
    pub looks: Turns,
    /// What this process tells itself.
    pub signals: Arc<Signals>,
}

/// What the parts of this process tell each other; other processes are told by the broker.
#[derive(Debug, Default)]
pub struct Signals {
    /// There may be work.
    pub work: Notify,
    /// Requests that stand for many may have ended.
    pub settle: Notify,
    /// There may be events without a number.
    pub noted: Notify,
    /// Events were given numbers.
    pub numbered: Notify,
    /// Who waits for requests to end.
    pub waiters: await_outcome::Waiters,
    /// Targets that answered since somebody looked.
    answered: Mutex<BTreeSet<TargetId>>,
}

impl Signals {
    /// Notes that a target answered.
    pub fn answered(&self, target: TargetId) {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).insert(target);
    }

    /// The targets that answered since this was asked last.
    pub fn take_answered(&self) -> BTreeSet<TargetId> {
        std::mem::take(&mut *self.answered.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl App {
    /// Says that requests were made, after the commit.
    pub fn wake(&self) {
        self.relay.wake();
        self.signals.work.notify_one();
    }

    /// Whether targets of a connector can be compared with the registry (D57).
    #[must_use]
    pub fn compares(&self, plugin: &str) -> bool {
        self.connectors.get(plugin).is_some_and(|connector| connector.reads_back())
    }
}

/// The routing key of messages that wake workers.
pub const WAKE_UP: &str = "provisioning.request";

/// Writes the message that wakes the workers of other processes, in the transaction that made requests. A SQLite file has
/// one process, which wakes itself.
///
/// # Errors
/// Those of the database.
pub async fn wake_others<C: ConnectionTrait>(db: &C, clock: &Clock, request_ids: Vec<RequestId>) -> Result<(), DbErr> {
    if request_ids.is_empty() || db.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    outbox::enqueue(db, clock, vec![wake_up(request_ids)]).await
}

/// The message that wakes workers, with the requests that were made, as far as they are known.
fn wake_up(request_ids: Vec<RequestId>) -> Outgoing {
    let mut id = [0_u8; 16];
    rand::fill(&mut id);
    Outgoing {
        message_id: format!("wake-{:032x}", u128::from_be_bytes(id)),
        routing_key: WAKE_UP.to_owned(),
        body: ProvisioningWakeUp { request_ids: request_ids.into_iter().map(i64::from).collect() }.encode_to_vec(),
    }
}

/// The statements that write the message, where the requests are made beside it. Of PostgreSQL.
#[must_use]
pub fn waking_others(clock: &Clock) -> Vec<Statement> {
    outbox::statements(DbBackend::Postgres, clock, vec![wake_up(Vec::new())])
}

/// The id that the first answer to a caller's request named, if it was done before under the same idempotency key (D44).
///
/// # Errors
/// 409 and 422 for a key that is in use or another request's; those of the database.
pub async fn repeated<C: ConnectionTrait>(db: &C, clock: &Clock, caller: &Caller) -> Result<Option<i64>, Refusal> {
    idempotency::standing(db, clock, caller).await.map_err(|error| refusal_of(&error))?.answer()
}

/// Lets only privileged callers pass (D13).
///
/// # Errors
/// 401.
pub fn privileged(caller: &Caller) -> Result<(), Refusal> {
    if caller.privileged { Ok(()) } else { Err(Refusal::not_privileged()) }
}

/// Lets pass whose scopes allow a method at a target (D61).
///
/// # Errors
/// 401.
pub fn scoped(caller: &Caller, path: &str, method: &str, target: TargetId) -> Result<(), Refusal> {
    let allowed = Table::at(path).is_none_or(|table| caller.allows_at(table, method, target.0));
    if allowed { Ok(()) } else { Err(Refusal::not_privileged()) }
}
