//! Events as they come (D59): what is told of changes and outcomes, giving numbers, and reading on from one.

use std::time::Duration;

use chrono::{DateTime, Utc};
use proto::{
    caller::Caller,
    events::v1::Action,
    provisioning::v1::{CoProvisioningEvent, NextEventsRequest, NextEventsResponse},
    refusal::Refusal,
    table::Table,
};
use service_kit::database::refusal_of;
use tokio::time::{Instant, timeout_at};

use crate::{
    app::{App, list_requests, privileged, take_changes::Part, view_targets},
    domain::{ids::TargetId, status::Status, subject::Kind},
    store::{
        DbErr,
        entity::request::Model,
        events::{self, Event, Filter, New, What},
    },
};

/// What changes tell.
#[must_use]
pub fn of_changes<'a>(parts: impl Iterator<Item = &'a Part>, now: DateTime<Utc>) -> Vec<New> {
    let tell = |part: &Part| New {
        kind: What::Change,
        co_id: part.co_id,
        target_id: None,
        subject: part.subject,
        what: match part.action {
            Action::Added => "Added",
            Action::Deleted => "Deleted",
            Action::Updated | Action::Unspecified => "Updated",
        }
        .to_owned(),
        request_id: None,
        message: None,
        happened: now,
    };
    parts.map(tell).collect()
}

/// What the end of an attempt tells; nothing of what waits as before.
#[must_use]
pub fn of_outcome(request: &Model, stands: Status, message: Option<&str>, now: DateTime<Utc>) -> Option<New> {
    let subject = request.subject().ok()?;
    (!matches!(stands, Status::Queued | Status::Running | Status::Expanded)).then(|| New {
        kind: What::Outcome,
        co_id: request.co_id,
        target_id: Some(request.co_provisioning_target_id),
        subject: Some(subject),
        what: stands.code().to_owned(),
        request_id: Some(request.id),
        message: message.map(str::to_owned),
        happened: now,
    })
}

/// Gives numbers to what has none, and wakes those who wait; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn number(app: &App) -> Result<u64, DbErr> {
    let mut all = 0;
    loop {
        let some = events::number(&app.database).await?;
        all += some;
        if some > 0 {
            app.signals.numbered.notify_waiters();
        }
        if some < events::STEP {
            return Ok(all);
        }
    }
}

/// The most events of an answer.
const PAGE: u32 = 200;
/// The longest that an answer waits for an event.
const LONGEST: Duration = Duration::from_secs(10);
/// How often the log is looked at for what another process numbered.
const LOOK: Duration = Duration::from_millis(500);

/// Reads on from a number; waits a while if there is nothing yet.
///
/// # Errors
/// 401, 404 for what filters name, 400 for a kind that there is none of.
pub async fn next(app: &App, caller: &Caller, asked: &NextEventsRequest) -> Result<NextEventsResponse, Refusal> {
    privileged(caller)?;
    // What happens, as it happens: that is the history (D61).
    if Table::at("history_records").is_some_and(|table| !caller.allows(table, "List")) {
        return Err(Refusal::not_privileged());
    }
    let filter = filter(app, caller, asked).await?;
    let wait = Duration::from_millis(u64::from(asked.wait_ms)).min(LONGEST);
    let end = Instant::now() + wait;
    loop {
        // Before looking, so that nothing is missed in between.
        let numbered = app.signals.numbered.notified();
        let answer = read(app, asked.after, filter).await.map_err(|error| refusal_of(&error))?;
        if answer.gone || !answer.events.is_empty() || Instant::now() >= end {
            return Ok(answer);
        }
        let _ = timeout_at(end.min(Instant::now() + LOOK), numbered).await;
    }
}

async fn read(app: &App, after: Option<i64>, filter: Filter) -> Result<NextEventsResponse, DbErr> {
    let db = app.database.reader();
    let numbers = events::numbers(db).await?;
    let Some(after) = after else {
        return Ok(NextEventsResponse { last: numbers.last, ..NextEventsResponse::default() });
    };
    if after < numbers.forgotten || after > numbers.last {
        return Ok(NextEventsResponse { gone: true, last: numbers.last, ..NextEventsResponse::default() });
    }
    if after == numbers.last {
        return Ok(NextEventsResponse { last: after, ..NextEventsResponse::default() });
    }
    let events = events::read(db, after, numbers.last, filter, PAGE).await?;
    // What was forgotten while it was read may be missing.
    let gone = after < events::numbers(db).await?.forgotten;
    let full = events.len() >= PAGE as usize;
    let last = events.last().filter(|_| full).map_or(numbers.last, |event| event.number);
    Ok(NextEventsResponse { events: events.into_iter().map(message).collect(), last, gone })
}

async fn filter(app: &App, caller: &Caller, asked: &NextEventsRequest) -> Result<Filter, Refusal> {
    let mut filter = Filter { co_id: caller.co_id, ..Filter::default() };
    if let Some(co) = &asked.co_id {
        filter.co_id = Some(view_targets::co_of_filter(app, caller, co, filter.co_id).await?);
    }
    if let Some(target) = &asked.co_provisioning_target_id {
        let id = target.parse().ok().filter(|id| *id > 0).map(TargetId);
        filter.target_id = Some(list_requests::target(app, caller, id).await?.0);
    }
    if let Some(kind) = &asked.kind {
        let known = What::of_code(kind);
        filter.kind = Some(known.ok_or_else(|| Refusal::field("kind", "\"kind\" must be one of change, outcome"))?);
    }
    Ok(filter)
}

fn message(event: Event) -> CoProvisioningEvent {
    let Event { number, told } = event;
    let of = |kind: Kind| told.subject.filter(|subject| subject.kind == kind).map(|subject| subject.id);
    CoProvisioningEvent {
        number,
        kind: told.kind.code().to_owned(),
        co_id: told.co_id,
        co_provisioning_target_id: told.target_id.map(i64::from),
        co_person_id: of(Kind::Person),
        co_group_id: of(Kind::Group),
        co_email_list_id: of(Kind::EmailList),
        co_service_id: of(Kind::Service),
        cou_id: of(Kind::Cou),
        what: told.what,
        request_id: told.request_id.map(i64::from),
        message: told.message,
        at: Some(prost_types::Timestamp { seconds: told.happened.timestamp(), nanos: 0 }),
    }
}
