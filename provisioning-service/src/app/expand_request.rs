//! Expanding a request that stands for many (D36): lists first, then groups, then people.
//!
//! Of a CO the target may have what the registry has no more, because it took no changes meanwhile: that is taken away
//! (D36 says what a CO stands for; who asks for the whole of it wishes the target to be right).
//!
//! Each page is a transaction that makes its requests and notes how far the expansion is, so that it goes on from there
//! when the worker ends in the middle.

use std::sync::Arc;

use sea_orm::DbErr;

use crate::{
    app::{App, compare, ledger::of_wishes, wake_others},
    domain::{
        action, mode,
        outcome::Attempt,
        subject::{Kind, Subject},
        target::Target,
    },
    store::{
        cancel, children, entity::request::Model, leases::Held, ledger::enter, parents, requests, states, targets,
    },
};

/// How many subjects a page has.
const PAGE: u32 = 500;

/// Why an expansion does not go on.
pub(super) enum Stop {
    /// Another process holds the request.
    Lost,
    /// This is to be recorded.
    Ended(Attempt),
    /// Nobody wishes it any more.
    Withdrawn,
    /// The database cannot be used.
    Broke(DbErr),
}

impl From<DbErr> for Stop {
    fn from(error: DbErr) -> Self {
        Self::Broke(error)
    }
}

/// Expands a request; what is left to be recorded, if it could not be expanded to its end.
///
/// # Errors
/// Those of the database.
pub async fn run(app: &App, request: &Model) -> Result<Option<Attempt>, DbErr> {
    match expand(app, request).await {
        // What was expanded of one that is canceled is withdrawn by who looks after requests for many.
        Ok(()) | Err(Stop::Withdrawn) => {}
        Err(Stop::Lost) => return Ok(None),
        Err(Stop::Ended(attempt)) => return Ok(Some(attempt)),
        Err(Stop::Broke(error)) => return Err(error),
    }
    parents::advance(app.database.writer(), held(request), None, app.lease, &app.clock).await?;
    app.signals.settle.notify_one();
    Ok(None)
}

fn held(request: &Model) -> Held {
    Held { id: request.id, fence: request.fence }
}

async fn expand(app: &App, request: &Model) -> Result<(), Stop> {
    let many = request.subject()?;
    if many.kind == Kind::Comparison {
        return compare::carry_out(app, request).await;
    }
    let phases: &[Kind] = if many.kind == Kind::Cou { &[Kind::Person] } else { &Kind::ORDER };
    let cursor = cursor_of(request);
    let begin = cursor.and_then(|cursor| phases.iter().position(|phase| *phase == cursor.kind)).unwrap_or(0);
    for phase in phases.iter().skip(begin) {
        list(app, request, many, *phase, cursor).await?;
        if many.kind == Kind::Co {
            list_gone(app, request, *phase).await?;
        }
    }
    Ok(())
}

/// Makes requests for what the registry has of a kind.
async fn list(app: &App, request: &Model, many: Subject, phase: Kind, cursor: Option<Subject>) -> Result<(), Stop> {
    let cou = (many.kind == Kind::Cou).then_some(many.id);
    let mut after = cursor.filter(|cursor| cursor.kind == phase).or_else(|| before(phase));
    loop {
        let target = place(app, request).await?;
        let page = app.registry.list(request.co_id, cou, after, PAGE).await.map_err(|status| away(request, &status))?;
        let subjects: Vec<Subject> = page.into_iter().take_while(|subject| subject.kind == phase).collect();
        let Some(last) = subjects.last().copied() else { return Ok(()) };
        make(app, request, &target, &subjects, last).await?;
        if subjects.len() < PAGE as usize {
            return Ok(());
        }
        after = Some(last);
    }
}

/// Makes requests for what the target has of a kind, and the registry has no more: it was deleted while the target took no
/// changes.
async fn list_gone(app: &App, request: &Model, phase: Kind) -> Result<(), Stop> {
    let db = app.database.reader();
    let listed = Subject::new(phase, i64::MAX);
    let mut after = 0;
    loop {
        let target = place(app, request).await?;
        let there = states::there(db, target.id, phase, after, PAGE).await?;
        let Some(last) = there.last().copied() else { return Ok(()) };
        let resource = phase.resource();
        let references: Vec<(&str, i64)> = there.iter().map(|id| (resource, *id)).collect();
        let owners = app.registry.resolve(&references).await.map_err(|status| away(request, &status))?;
        let gone = there.iter().filter(|id| owners.co_of(resource, **id) != Some(request.co_id));
        let gone: Vec<Subject> = gone.map(|id| Subject::new(phase, *id)).collect();
        if !gone.is_empty() {
            make(app, request, &target, &gone, listed).await?;
        }
        if there.len() < PAGE as usize {
            return Ok(());
        }
        after = last;
    }
}

pub(super) fn away(request: &Model, status: &tonic::Status) -> Stop {
    tracing::warn!(%status, request.id = request.id.0, "the registry cannot list subjects");
    Stop::Ended(Attempt::Postponed("The registry cannot be reached at the moment.".to_owned()))
}

fn cursor_of(request: &Model) -> Option<Subject> {
    let kind = request.cursor_kind.as_deref().and_then(Kind::of_code)?;
    Some(Subject::new(kind, request.cursor_id?))
}

/// After which subject those of a kind are listed.
fn before(kind: Kind) -> Option<Subject> {
    let at = Kind::LISTED.iter().position(|listed| *listed == kind)?;
    let former = Kind::LISTED.get(at.checked_sub(1)?)?;
    Some(Subject::new(*former, i64::MAX))
}

/// The target, if there is something to be done there still.
pub(super) async fn place(app: &App, request: &Model) -> Result<Target, Stop> {
    let called_off = |why: &str| Err(Stop::Ended(Attempt::CalledOff(why.to_owned())));
    match cancel::standing(app.database.reader(), request.id).await? {
        Some((_, true)) => return Err(Stop::Withdrawn),
        // Whoever was silent for too long writes nothing beside the one who took it.
        Some((fence, false)) if fence != request.fence => return Err(Stop::Lost),
        _ => {}
    }
    match targets::find(app.database.reader(), request.co_provisioning_target_id).await? {
        None => called_off("The target was deleted."),
        Some(target) if !mode::takes_requests(mode::of_code(&target.status)) => called_off("The target is disabled."),
        Some(target) => {
            let mut target = targets::target(target);
            app.secrets.open(&mut target).await;
            Ok(target)
        }
    }
}

/// The target of a request, if it is there and can be read.
pub async fn target(app: &App, request: &Model) -> Option<Arc<Target>> {
    let found = targets::find(app.database.reader(), request.co_provisioning_target_id).await.ok().flatten()?;
    Some(Arc::new(targets::target(found)))
}

/// Makes the requests of a page, and notes how far the expansion is.
pub(super) async fn make(
    app: &App,
    request: &Model,
    target: &Target,
    subjects: &[Subject],
    cursor: Subject,
) -> Result<(), Stop> {
    let new: Vec<requests::New> = subjects
        .iter()
        .filter(|subject| app.connectors.serves(target, subject.kind))
        .map(|subject| requests::New {
            co_id: request.co_id,
            target_id: request.co_provisioning_target_id,
            subject: *subject,
            action: Some(action::of_request(subject.kind)),
            askers: 1,
            actor: request.actor_identifier.clone(),
            traceparent: request.traceparent.clone(),
            wish: requests::Wish { force: request.forced, ..requests::Wish::default() },
        })
        .collect();
    let transaction = app.database.begin().await?;
    if !parents::advance(&transaction, held(request), Some(cursor), app.lease, &app.clock).await? {
        transaction.rollback().await?;
        return Err(Stop::Lost);
    }
    let made = requests::enqueue(&transaction, &new, &app.clock).await?;
    children::count_once(&transaction, request.id, &made).await?;
    children::add(&transaction, request.id, &made).await?;
    wake_others(&transaction, &app.clock, made.clone()).await?;
    enter(&transaction, &of_wishes(new.iter().zip(made)), app.clock.now()).await?;
    transaction.commit().await?;
    app.wake();
    Ok(())
}
