//! Events (D59).

use chrono::Duration;
use proto::{
    caller::Caller,
    events::v1::Action,
    provisioning::v1::{CoProvisioningEvent, Mode, NextEventsRequest, NextEventsResponse, RequestStatus},
    refusal::Refusal,
};
use provisioning_service::{
    RetentionSettings,
    app::{
        App, events, sweep,
        take_changes::{self, Change, Part},
    },
    domain::subject::{Kind, Subject},
};
use tokio_util::sync::CancellationToken;

use crate::{
    rig::{ADA, CO, OTHER, Rig, of_co, phrase, settings},
    waiting::PATIENCE,
};

fn change(event: &str, co_id: i64, people: &[i64]) -> Change {
    let part = |id: &i64| Part {
        co_id,
        subject: Some(Subject::new(Kind::Person, *id)),
        action: Action::Updated,
        erased: false,
        enrolled: false,
        at: None,
    };
    Change { event_id: event.to_owned(), parts: people.iter().map(part).collect(), traceparent: None }
}

async fn next(app: &App, caller: &Caller, asked: &NextEventsRequest) -> Result<NextEventsResponse, Refusal> {
    tokio::time::timeout(PATIENCE, events::next(app, caller, asked)).await.expect("an answer")
}

fn after(number: i64) -> NextEventsRequest {
    NextEventsRequest { after: Some(number), ..NextEventsRequest::default() }
}

const WRITERS: i64 = 4;
const ROUNDS: i64 = 25;

/// Takes changes of its own people, two in a transaction.
async fn write(app: &App, writer: i64) {
    for round in 0..ROUNDS {
        let first = writer * 1000 + round * 2;
        let change = change(&format!("{writer} {round}"), CO, &[first, first + 1]);
        take_changes::run(app, &[change]).await.unwrap();
    }
}

async fn number(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        events::number(app).await.unwrap();
        tokio::task::yield_now().await;
    }
    events::number(app).await.unwrap();
}

/// Reads on until all have come.
async fn read(app: &App) -> Vec<CoProvisioningEvent> {
    let (mut all, mut last) = (Vec::new(), 0);
    while all.len() < usize::try_from(WRITERS * ROUNDS * 2).unwrap() {
        let asked = NextEventsRequest { wait_ms: 10_000, ..after(last) };
        let answer = next(app, &Caller::house(), &asked).await.unwrap();
        assert!(!answer.gone);
        last = answer.last;
        all.extend(answer.events);
    }
    all
}

pub(crate) async fn several_writers_and_readers_see_no_gap(rig: Rig) {
    let (one, other) = (rig.app(), rig.another(settings()).await.app().clone());
    let stop = CancellationToken::new();
    let work = async {
        let read =
            tokio::join!(write(&one, 1), write(&other, 2), write(&one, 3), write(&other, 4), read(&one), read(&other));
        stop.cancel();
        (read.4, read.5)
    };
    let ((here, there), (), ()) = tokio::join!(work, number(&one, &stop), number(&other, &stop));
    assert_eq!(here, there);
    let numbers: Vec<i64> = here.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=WRITERS * ROUNDS * 2).collect::<Vec<_>>());
    for writer in 1..=WRITERS {
        let people: Vec<i64> =
            here.iter().filter_map(|event| event.co_person_id).filter(|id| id / 1000 == writer).collect();
        let written: Vec<i64> = (writer * 1000..writer * 1000 + ROUNDS * 2).collect();
        assert_eq!(people, written, "what one writer wrote comes in its order, and once");
    }
    rig.end().await;
}

pub(crate) async fn events_are_narrowed_by_rights_and_filters(rig: Rig) {
    let (app, target) = (rig.app(), rig.target(CO, Mode::Manual).await);
    take_changes::run(&app, &[change("1", CO, &[ADA]), change("2", OTHER, &[11])]).await.unwrap();
    events::number(&app).await.unwrap();
    rig.run();
    let request = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(request, RequestStatus::Succeeded).await;
    // The worker gives it its number, and may be about it just now.
    next(&app, &Caller::house(), &NextEventsRequest { wait_ms: 10_000, ..after(2) }).await.unwrap();
    let told = async |caller: &Caller, asked: NextEventsRequest| {
        let events = next(&app, caller, &asked).await.unwrap().events;
        events.into_iter().map(|event| (event.number, event.kind, event.what)).collect::<Vec<_>>()
    };
    let told_as = |number: i64, kind: &str, what: &str| (number, kind.to_owned(), what.to_owned());
    let (first, second) = (told_as(1, "change", "Updated"), told_as(2, "change", "Updated"));
    let third = told_as(3, "outcome", "Succeeded");
    assert_eq!(told(&Caller::house(), after(0)).await, [first.clone(), second.clone(), third.clone()]);
    assert_eq!(told(&Caller::house(), after(2)).await, std::slice::from_ref(&third));
    assert_eq!(told(&of_co(CO), after(0)).await, [first.clone(), third.clone()]);
    assert_eq!(told(&of_co(OTHER), after(0)).await, std::slice::from_ref(&second));
    let of = |co: i64| NextEventsRequest { co_id: Some(co.to_string()), ..after(0) };
    assert_eq!(told(&Caller::house(), of(OTHER)).await, [second]);
    let kind = |kind: &str| NextEventsRequest { kind: Some(kind.to_owned()), ..after(0) };
    assert_eq!(told(&of_co(CO), kind("change")).await, [first]);
    let at = |id: String| NextEventsRequest { co_provisioning_target_id: Some(id), ..after(0) };
    assert_eq!(told(&Caller::house(), at(target.to_string())).await, [third]);
    for (asked, expected) in [
        (of(OTHER), "CO Unknown"),
        (NextEventsRequest { co_id: Some("x".to_owned()), ..after(0) }, "CO Unknown"),
        (at("999".to_owned()), "CO Provisioning Target Unknown"),
        (kind("other"), "kind"),
    ] {
        assert_eq!(phrase(next(&app, &of_co(CO), &asked).await), expected);
    }
    let nobody = Caller { privileged: false, ..of_co(CO) };
    assert_eq!(phrase(next(&app, &nobody, &after(0)).await), "Unauthorized");
    let from_now = next(&app, &of_co(CO), &NextEventsRequest::default()).await.unwrap();
    assert_eq!((from_now.last, from_now.events.len()), (3, 0));
    rig.end().await;
}

pub(crate) async fn what_is_not_kept_any_more_is_gone(rig: Rig) {
    let app = rig.app();
    let keep = RetentionSettings::default();
    for (event, hours) in [("1", 0), ("2", 20), ("3", 20)] {
        rig.clock.advance(Duration::hours(hours));
        take_changes::run(&app, &[change(event, CO, &[ADA])]).await.unwrap();
        events::number(&app).await.unwrap();
    }
    sweep::forget(&app, &keep).await.unwrap();
    let gone = async |number: i64| {
        let answer = next(&app, &Caller::house(), &after(number)).await.unwrap();
        (answer.gone, answer.events.len())
    };
    assert_eq!(gone(0).await, (true, 0), "the first one is older than a day");
    assert_eq!(gone(1).await, (false, 2));
    assert_eq!(gone(4).await, (true, 0), "a number that was never given: of a database that was there before");
    rig.clock.advance(Duration::hours(100));
    sweep::forget(&app, &keep).await.unwrap();
    assert_eq!((gone(2).await, gone(3).await), ((true, 0), (false, 0)));
    take_changes::run(&app, &[change("4", CO, &[ADA])]).await.unwrap();
    events::number(&app).await.unwrap();
    assert_eq!(next(&app, &Caller::house(), &after(3)).await.unwrap().last, 4, "numbers go on");
    rig.end().await;
}
