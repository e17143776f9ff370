//! Expanding a request that stands for many (D36): lists first, then groups, then people.
//!
//! Each page is a transaction that makes its requests and notes how far the expansion is, so that it goes on from there
//! when the worker ends in the middle.

use sea_orm::DbErr;

use crate::{
    app::{App, wake_others},
    domain::{
        action, mode,
        outcome::Attempt,
        subject::{Kind, Subject},
    },
    store::{children, claim::Held, entity::request::Model, parents, requests, targets},
};

/// How many subjects a page has.
const PAGE: u32 = 500;

/// Expands a request; what is left to be recorded, if it could not be expanded to its end.
///
/// # Errors
/// Those of the database.
pub async fn run(app: &App, request: &Model) -> Result<Option<Attempt>, DbErr> {
    let held = Held { id: request.id, fence: request.fence };
    let many = request.subject()?;
    let phases: &[Kind] = if many.kind == Kind::Cou { &[Kind::Person] } else { &Kind::ORDER };
    let mut cursor = cursor_of(request);
    let begin = cursor.and_then(|cursor| phases.iter().position(|phase| *phase == cursor.kind)).unwrap_or(0);
    for phase in phases.iter().skip(begin) {
        loop {
            let plugin = match place(app, request).await? {
                Ok(plugin) => plugin,
                Err(why) => return Ok(Some(Attempt::CalledOff(why))),
            };
            let after = cursor.filter(|cursor| cursor.kind == *phase).or_else(|| before(*phase));
            let cou = (many.kind == Kind::Cou).then_some(many.id);
            let page = match app.registry.list(request.co_id, cou, after, PAGE).await {
                Ok(page) => page,
                Err(status) => {
                    tracing::warn!(%status, request.id, "the registry cannot list subjects");
                    return Ok(Some(Attempt::Postponed("The registry cannot be reached at the moment.".to_owned())));
                }
            };
            let subjects: Vec<Subject> = page.iter().copied().take_while(|subject| subject.kind == *phase).collect();
            let last = subjects.len() < PAGE as usize;
            if let Some(end) = subjects.last() {
                cursor = Some(*end);
                if !make(app, request, held, &plugin, &subjects).await? {
                    return Ok(None);
                }
            }
            if last {
                break;
            }
        }
    }
    parents::advance(app.database.writer(), held, None, app.lease, &app.clock).await?;
    app.signals.settle.notify_one();
    Ok(None)
}

fn cursor_of(request: &Model) -> Option<Subject> {
    let kind = request.cursor_kind.as_deref().and_then(Kind::of_code)?;
    Some(Subject::new(kind, request.cursor_id?))
}

/// Where the subjects of a kind begin: the registry lists people, groups, lists, services.
fn before(kind: Kind) -> Option<Subject> {
    let last_of = |kind| Some(Subject::new(kind, i64::MAX));
    match kind {
        Kind::Person | Kind::Cou | Kind::Co => None,
        Kind::Group => last_of(Kind::Person),
        Kind::EmailList => last_of(Kind::Group),
        Kind::Service => last_of(Kind::EmailList),
    }
}

/// The plugin of the target, or why there is nothing to be done any more.
async fn place(app: &App, request: &Model) -> Result<Result<String, String>, DbErr> {
    let target = targets::find(app.database.reader(), request.co_provisioning_target_id).await?;
    Ok(match target {
        None => Err("The target was deleted.".to_owned()),
        Some(target) if !mode::takes_requests(mode::of_code(&target.status)) => {
            Err("The target is disabled.".to_owned())
        }
        Some(target) => Ok(target.plugin),
    })
}

/// Makes the requests of a page; gives whether the request is still held.
async fn make(app: &App, request: &Model, held: Held, plugin: &str, subjects: &[Subject]) -> Result<bool, DbErr> {
    let new: Vec<requests::New> = subjects
        .iter()
        .filter(|subject| app.connectors.serves(plugin, subject.kind))
        .map(|subject| requests::New {
            co_id: request.co_id,
            target_id: request.co_provisioning_target_id,
            subject: *subject,
            action: Some(action::of_request(subject.kind)),
            askers: 1,
            actor: request.actor_identifier.clone(),
            traceparent: request.traceparent.clone(),
        })
        .collect();
    let transaction = app.database.begin().await?;
    if !parents::advance(&transaction, held, subjects.last().copied(), app.lease, &app.clock).await? {
        transaction.rollback().await?;
        return Ok(false);
    }
    let made = requests::enqueue(&transaction, &new, &app.clock).await?;
    children::add(&transaction, request.id, &made).await?;
    wake_others(&transaction, &app.clock, made).await?;
    transaction.commit().await?;
    app.wake();
    Ok(true)
}
