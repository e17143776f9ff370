//! Recording how requests ended, many in one transaction.
//!
//! Guarantee: a result is recorded only under the number that its request was begun with, together with the attempt, what
//! is known of the subject now, and the message that makes it history (D42). Failure: nothing is recorded; when the lease
//! runs out the request is worked on again.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use messaging::outbox::{self, Outgoing};
use prost::Message;
use proto::{events::v1::ProvisioningOutcome, time};
use sea_orm::DbErr;
use service_kit::database::{is_conflict, is_taken};

pub use self::land::Landed;
use self::land::land;
use crate::{
    app::{App, events},
    domain::{
        backoff::{self, Policy},
        eligibility::Work,
        ids::RequestId,
        outcome::{self, Attempt, ConnectorError, Verdict},
        status::Status,
        subject::Subject,
        target::Target,
    },
    store::{
        attempts, children,
        entity::request::Model,
        events::note,
        guard,
        leases::Held,
        ledger::outcome::note_idle,
        outcomes::{self, Change, Written},
        requests,
        states::{self, Place},
    },
};

mod land;

/// A request that was worked on.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The request, as it was begun.
    pub request: Model,
    /// Its subject.
    pub subject: Subject,
    /// Its target; absent if it was deleted.
    pub target: Option<Arc<Target>>,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub ended: DateTime<Utc>,
    /// How it ended.
    pub attempt: Attempt,
    /// What became of its place; absent if it was not looked at.
    pub landed: Option<Landed>,
}

impl Finished {
    /// The number it was begun with.
    #[must_use]
    pub fn held(&self) -> Held {
        Held { id: self.request.id, fence: self.request.fence }
    }

    fn verdict(&self, app: &App) -> Verdict {
        let target = self.target.as_deref();
        let policy = Policy {
            interval: target.and_then(|target| target.retry_interval),
            max_retry: target.and_then(|target| target.max_retry),
        };
        let (now, request) = (app.clock.now(), &self.request);
        let verdict = outcome::judge(&self.attempt, policy, request.tries, request.turn, now, (app.random)());
        // The target answers all others, and each answer would have this one tried again.
        let is_taken = matches!(self.attempt, Attempt::Broke(ConnectorError::Taken { .. })) && verdict.wanting;
        // Who waits for what is our own waits longer each time.
        let is_busy = matches!(self.attempt, Attempt::Broke(ConnectorError::Busy { .. }));
        let due = match (is_taken, is_busy) {
            (_, true) => verdict.due.max(Some(now + backoff::rest_of_busy(request.attempts))),
            (true, _) => Some(now + backoff::rest(request.attempts)),
            _ => verdict.due,
        };
        Verdict { due, ..verdict }
    }
}

/// How often recording begins anew when others change the same requests.
const TRIES: usize = 10;

/// Records how requests ended; gives how many were recorded.
///
/// # Errors
/// Those of the database.
pub async fn run(app: &App, finished: &[Finished]) -> Result<usize, DbErr> {
    let verdicts: Vec<Verdict> = finished.iter().map(|finished| finished.verdict(app)).collect();
    let mut left = TRIES;
    let written = loop {
        match record(app, finished, &verdicts).await {
            Err(error) if left > 0 && (is_taken(&error) || is_conflict(&error)) => left -= 1,
            Ok(None) if left > 0 => left -= 1,
            Ok(None) => return Err(DbErr::RecordNotUpdated),
            Ok(Some(written)) => break written,
            Err(error) => return Err(error),
        }
    };
    let ids: Vec<RequestId> = written.iter().map(|written| written.held.id).collect();
    if ids.len() < finished.len() {
        tracing::warn!(results = finished.len() - ids.len(), "results came too late and were not recorded");
    }
    let answered = |finished: &&Finished| {
        matches!(finished.attempt, Attempt::Done { .. } | Attempt::Broke(ConnectorError::Taken { .. }))
    };
    for finished in finished.iter().filter(answered) {
        app.signals.answered(finished.request.co_provisioning_target_id);
    }
    app.relay.wake();
    app.signals.waiters.ended(&ids);
    // What merged into nothing because these ran may begin now.
    app.signals.work.notify_one();
    app.signals.settle.notify_one();
    count(finished, &verdicts);
    Ok(ids.len())
}

/// Records them; nothing if one that was to take the place of another was canceled meanwhile: the same again will do.
async fn record(app: &App, finished: &[Finished], verdicts: &[Verdict]) -> Result<Option<Vec<Written>>, DbErr> {
    let now = app.clock.now();
    let changes: Vec<Change> =
        finished.iter().zip(verdicts).map(|(finished, verdict)| change(finished, verdict)).collect();
    let transaction = app.database.begin().await?;
    let written = outcomes::write(&transaction, &changes, &app.clock).await?;
    // By number as well: two results of one request may come at once when its first worker was given up.
    let stands: HashMap<Held, Status> = written.iter().map(|written| (written.held, written.status)).collect();
    let recorded: Vec<(&Finished, &Verdict)> =
        finished.iter().zip(verdicts).filter(|(finished, _)| stands.contains_key(&finished.held())).collect();
    let replaced: Vec<RequestId> = recorded
        .iter()
        .filter(|(finished, verdict)| {
            verdict.status != Status::Canceled && stands.get(&finished.held()) == Some(&Status::Canceled)
        })
        .map(|(finished, _)| finished.request.id)
        .collect();
    if !replaced.is_empty() {
        if !requests::inherit(&transaction, &replaced).await? {
            return Ok(None);
        }
        children::hand_over(&transaction, &replaced).await?;
    }
    let ended: Vec<RequestId> =
        written.iter().filter(|written| written.status.has_ended()).map(|written| written.held.id).collect();
    children::end(&transaction, &ended).await?;
    let counted = || recorded.iter().copied().filter(|(_, verdict)| verdict.counts);
    let attempts: Vec<_> = counted().map(|(finished, verdict)| attempt(finished, verdict)).collect();
    attempts::insert(&transaction, &attempts).await?;
    note_idle(&transaction, &removals(&recorded)).await?;
    states::write(&transaction, &new_states(counted()), now).await?;
    land(&transaction, &recorded, now).await?;
    // What the guard held, and is there to stay after all, was no removal.
    let stays = recorded.iter().filter(|(finished, _)| {
        finished.request.held && matches!(finished.attempt, Attempt::Done { work: Work::Apply, .. })
    });
    guard::forgive(&transaction, &stays.map(|(finished, _)| place(finished)).collect::<Vec<_>>()).await?;
    let outcomes = counted().filter_map(|(finished, verdict)| outcome_of(app, finished, verdict)).collect();
    outbox::enqueue(&transaction, &app.clock, together(outcomes).into_iter().collect()).await?;
    let told = recorded.iter().filter_map(|(finished, verdict)| {
        let stands = stands.get(&finished.held())?;
        events::of_outcome(&finished.request, *stands, verdict.error.as_deref(), now)
    });
    note(&transaction, &told.collect::<Vec<_>>()).await?;
    transaction.commit().await?;
    app.signals.noted.notify_one();
    Ok(Some(written))
}

fn place(finished: &Finished) -> Place {
    Place { target_id: finished.request.co_provisioning_target_id, subject: finished.subject }
}

fn change(finished: &Finished, verdict: &Verdict) -> Change {
    Change {
        held: finished.held(),
        status: verdict.status,
        error: verdict.error.clone(),
        due: verdict.due,
        counts: verdict.counts,
        uses_try: verdict.uses_try,
        wanting: verdict.wanting,
    }
}

fn attempt(finished: &Finished, verdict: &Verdict) -> attempts::Attempt {
    attempts::Attempt {
        held: finished.held(),
        status: verdict.status,
        outcome: match &finished.attempt {
            Attempt::Done { .. } => "Succeeded",
            Attempt::Outdated | Attempt::Broke(ConnectorError::Outdated { .. }) => "Superseded",
            Attempt::Broke(ConnectorError::Unknown { .. }) => "Unknown",
            _ => "Failed",
        },
        message: verdict.error.clone(),
        started: finished.started,
        ended: finished.ended,
    }
}

fn new_states<'a>(recorded: impl Iterator<Item = (&'a Finished, &'a Verdict)>) -> Vec<states::New> {
    let mut seen = HashSet::new();
    let state = |(finished, verdict): (&Finished, &Verdict)| {
        let place = place(finished);
        let failed =
            states::New { place, status: None, revision: 0, digest: None, key: None, error: verdict.error.clone() };
        match &finished.attempt {
            Attempt::Done { work, applied, revision } => Some(states::New {
                status: Some(if *work == Work::Apply { "Provisioned" } else { "Removed" }),
                revision: *revision,
                digest: applied.digest.clone(),
                key: applied.key.clone(),
                ..failed
            }),
            Attempt::Broke(_) | Attempt::Taken(_) => Some(failed),
            Attempt::Outdated
            | Attempt::CalledOff(_)
            | Attempt::Postponed(_)
            | Attempt::Held(_)
            | Attempt::PlanOutdated => None,
        }
    };
    // One subject is never worked on twice at once at one target, so each place occurs once.
    recorded.filter_map(state).filter(|state| seen.insert(state.place)).collect()
}

fn removals(recorded: &[(&Finished, &Verdict)]) -> Vec<RequestId> {
    let removed =
        recorded.iter().filter(|(finished, _)| matches!(finished.attempt, Attempt::Done { work: Work::Remove, .. }));
    removed.map(|(finished, _)| finished.request.id).collect()
}

/// What becomes history of how a request ended.
fn outcome_of(app: &App, finished: &Finished, verdict: &Verdict) -> Option<ProvisioningOutcome> {
    let succeeded = match verdict.status {
        Status::Succeeded => true,
        Status::Failed | Status::Retrying => false,
        Status::Queued | Status::Running | Status::Expanded | Status::Canceled | Status::Held => return None,
    };
    let target = finished.target.as_deref().filter(|_| finished.subject.kind.has_history())?;
    let request = &finished.request;
    Some(ProvisioningOutcome {
        // Where the database is made anew, its numbers begin anew; the registry remembers those of before.
        event_id: format!("{}-{}-{}", app.identity, request.id, request.fence),
        co_id: request.co_id,
        subject: Some(finished.subject.wire()),
        co_provisioning_target_id: request.co_provisioning_target_id.0,
        target: target.name().to_owned(),
        succeeded,
        manual: request.manual,
        message: verdict.error.clone().unwrap_or_default(),
        actor: request.actor_identifier.clone().unwrap_or_default(),
        occurred_at: Some(time::moment(finished.ended)),
        together: Vec::new(),
    })
}

/// One message for all that is recorded together. A result is recorded once under its number, so it is in one message only.
fn together(mut outcomes: Vec<ProvisioningOutcome>) -> Option<Outgoing> {
    let mut last = outcomes.pop()?;
    last.together = outcomes;
    Some(Outgoing {
        message_id: format!("outcome-{}", last.event_id),
        routing_key: "provisioning.outcome.2".to_owned(),
        body: last.encode_to_vec(),
    })
}

fn count(finished: &[Finished], verdicts: &[Verdict]) {
    for (finished, verdict) in finished.iter().zip(verdicts) {
        let plugin = finished.target.as_deref().map_or_else(String::new, |target| target.plugin.clone());
        let target = finished.request.co_provisioning_target_id.to_string();
        let outcome = if verdict.counts { verdict.status.code() } else { "Postponed" };
        let labels = [("target", target), ("plugin", plugin.clone()), ("outcome", outcome.to_owned())];
        metrics::counter!("cohort_provisioning_attempts_total", &labels).increment(1);
        if let Ok(took) = (finished.ended - finished.started).to_std() {
            metrics::histogram!("cohort_provisioning_attempt_duration_seconds", "plugin" => plugin).record(took);
        }
    }
}
