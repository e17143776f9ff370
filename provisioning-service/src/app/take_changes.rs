//! Taking changes of the registry in: requests for the targets that follow them.
//!
//! Guarantee: a change that was acknowledged has its requests; one that comes twice makes none the second time. Mechanism:
//! one transaction for a batch: the ids of the events, the requests, the message that wakes the workers. Failure: nothing
//! of the batch counts, and it is handed in again.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use proto::{
    caller::Caller,
    events::v1::{Action, RegistryEvent},
    time,
};
use sea_orm::DbErr;

use self::early::Early;
use crate::{
    app::{App, audit, delete_target, events, ledger, wake_others},
    domain::{
        action,
        ids::TargetId,
        mode,
        subject::{Kind, Subject},
        target::Target,
    },
    store::{cancel, erasures, events::note, inbox, ledger::enter, requests, states, targets},
};

mod early;

/// What one transaction of the registry changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// Unique.
    pub event_id: String,
    /// One by one.
    pub parts: Vec<Part>,
    /// The trace of who changed it.
    pub traceparent: Option<String>,
}

/// A change of one subject, or the end of a CO.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Whose it is.
    pub co_id: i64,
    /// What changed; absent if the CO was deleted.
    pub subject: Option<Subject>,
    /// How.
    pub action: Action,
    /// What is known of it is to be forgotten when no target has it any more.
    pub erased: bool,
    /// An enrollment of the person was finished by it.
    pub enrolled: bool,
    /// When it began, by the registry's time.
    pub at: Option<DateTime<Utc>>,
}

impl Change {
    /// Reads what a message tells of: the change of its event, and those that go the same way with it. Those that cannot be
    /// understood are left out; it says whether all were.
    #[must_use]
    pub fn all_of(event: &RegistryEvent, traceparent: Option<&str>) -> (Vec<Self>, bool) {
        let others = event.together.iter().filter(|other| !other.event_id.is_empty());
        let others =
            others.map(|other| Self::of(other, Some(other.traceparent.as_str()).filter(|text| !text.is_empty())));
        let all: Vec<Option<Self>> = std::iter::once(Self::of(event, traceparent)).chain(others).collect();
        let understood = all.iter().all(Option::is_some);
        (all.into_iter().flatten().collect(), understood)
    }

    /// Reads an event with those of the same transaction; `None` if one of them cannot be understood.
    fn of(event: &RegistryEvent, traceparent: Option<&str>) -> Option<Self> {
        let own = event.together.iter().filter(|other| other.event_id.is_empty());
        let parts = std::iter::once(event).chain(own).map(Part::of).collect::<Option<Vec<Part>>>()?;
        (!event.event_id.is_empty()).then(|| Self {
            event_id: event.event_id.clone(),
            parts,
            traceparent: traceparent.map(str::to_owned),
        })
    }
}

impl Part {
    fn of(event: &RegistryEvent) -> Option<Self> {
        let subject = event.subject.as_ref().map(Subject::of_wire);
        let understood = match (&subject, event.action()) {
            (Some(subject), action) => subject.is_some() && action != Action::Unspecified,
            (None, action) => action == Action::Deleted,
        };
        understood.then(|| Self {
            co_id: event.co_id,
            subject: subject.flatten(),
            action: event.action(),
            erased: event.erased,
            enrolled: event.enrolled,
            at: event.occurred_at.as_ref().and_then(time::told),
        })
    }

    fn is_before(&self, time: DateTime<Utc>) -> bool {
        self.at.is_some_and(|at| at < time)
    }
}

/// Takes changes in, in their order.
///
/// # Errors
/// Those of the database.
pub async fn run(app: &App, changes: &[Change]) -> Result<(), DbErr> {
    let now = app.clock.now();
    let transaction = app.database.begin().await?;
    let ids: Vec<&str> = changes.iter().map(|change| change.event_id.as_str()).collect();
    let mut fresh: HashSet<String> = inbox::take(&transaction, &ids, now).await?.into_iter().collect();
    // An event that stands twice in one batch counts once.
    let changes: Vec<&Change> = changes.iter().filter(|change| fresh.remove(&change.event_id)).collect();
    let parts = || changes.iter().flat_map(|change| &change.parts);
    let gone: Vec<i64> = parts().filter(|part| part.subject.is_none()).map(|part| part.co_id).collect();
    let (mut canceled, mut deleted_rows) = (Vec::new(), Vec::new());
    if !gone.is_empty() {
        deleted_rows = targets::delete_of_cos(&transaction, gone).await?;
        let deleted: Vec<TargetId> = deleted_rows.iter().map(|row| row.id).collect();
        canceled = cancel::of_targets(&transaction, &deleted, delete_target::REASON, now).await?;
        states::forget(&transaction, &deleted).await?;
    }
    for part in parts().filter(|part| part.erased) {
        if let Some(subject) = part.subject {
            erasures::note(&transaction, part.co_id, subject, now).await?;
        }
    }
    let new = wanted(app, &transaction, &changes).await?;
    let made = requests::enqueue(&transaction, &new, &app.clock).await?;
    wake_others(&transaction, &app.clock, made.clone()).await?;
    let written = audit::deleted(app, &transaction, now, &Caller::house(), &deleted_rows).await?;
    note(&transaction, &events::of_changes(parts(), now)).await?;
    enter(&transaction, &ledger::of_changes(parts(), &new, &made), now).await?;
    transaction.commit().await?;
    app.signals.noted.notify_one();
    written.tell();
    if !made.is_empty() {
        app.wake();
    }
    app.signals.waiters.ended(&canceled);
    Ok(())
}

/// The requests that changes make.
async fn wanted(
    app: &App,
    db: &sea_orm::DatabaseTransaction,
    changes: &[&Change],
) -> Result<Vec<requests::New>, DbErr> {
    let parts = changes.iter().flat_map(|change| &change.parts);
    let mut cos: Vec<i64> = parts.clone().filter(|part| part.subject.is_some()).map(|part| part.co_id).collect();
    cos.sort_unstable();
    cos.dedup();
    if cos.is_empty() {
        return Ok(Vec::new());
    }
    let mut by_co: HashMap<i64, Vec<Target>> = HashMap::new();
    let following = targets::following(db, cos).await?;
    let early = Early::among(db, &following, parts).await?;
    for target in following {
        by_co.entry(target.co_id).or_default().push(targets::target(target));
    }
    Ok(merge(app, changes, &by_co, &early))
}

/// One request for each target that is told of a change and each subject that it serves. In the order of the changes and of
/// the targets; what is removed is removed from the last target first (provisioning-engine.md §4).
fn merge(app: &App, changes: &[&Change], by_co: &HashMap<i64, Vec<Target>>, early: &Early) -> Vec<requests::New> {
    let mut new: Vec<requests::New> = Vec::new();
    let mut places: HashMap<(TargetId, Subject), usize> = HashMap::new();
    let parts = changes.iter().flat_map(|change| change.parts.iter().map(move |part| (part, &change.traceparent)));
    for (part, traceparent) in parts {
        let (Some(subject), Some(targets)) = (part.subject, by_co.get(&part.co_id)) else { continue };
        let backwards = part.action == Action::Deleted && matches!(subject.kind, Kind::Person | Kind::Group);
        let ordered: Box<dyn Iterator<Item = &Target>> =
            if backwards { Box::new(targets.iter().rev()) } else { Box::new(targets.iter()) };
        let follows = match part {
            Part { erased: true, .. } => mode::follows_erasures,
            Part { enrolled: true, .. } => mode::follows_enrollments,
            _ => mode::follows_changes,
        };
        let ordered = ordered.filter(|target| early.is_told(target.id, part) && follows(target.mode));
        let ordered = ordered.filter(|target| app.connectors.serves(target, subject.kind));
        for target in ordered {
            let action = Some(match part.enrolled {
                true => action::OF_ENROLLMENT.to_owned(),
                false => action::of_change(subject.kind, part.action),
            });
            match places.get(&(target.id, subject)).and_then(|at| new.get_mut(*at)) {
                Some(request) => request.action = action,
                None => {
                    places.insert((target.id, subject), new.len());
                    new.push(requests::New {
                        co_id: target.co_id,
                        target_id: target.id,
                        subject,
                        action,
                        askers: 0,
                        actor: None,
                        traceparent: traceparent.clone(),
                        wish: requests::Wish::default(),
                    });
                }
            }
        }
    }
    new
}
