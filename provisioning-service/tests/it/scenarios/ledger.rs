//! The ledger (D56).

use std::collections::BTreeMap;

use chrono::Duration;
use futures::future::join_all;
use proto::{
    caller::Caller,
    events::v1::Action,
    provisioning::v1::{LedgerRequest, LedgerResponse, Mode, RequestStatus},
    refusal::Refusal,
    registry::v1::{DeleteRequest, Provisionable},
};
use provisioning_service::{
    RetentionSettings,
    app::{
        App, sweep,
        take_changes::{self, Change, Part},
        verify_ledger,
        wishes::Wish,
    },
    domain::{
        ids::{RequestId, TargetId},
        outcome::ConnectorError,
        subject::{Kind, Subject},
    },
};

use crate::rig::{ADA, CO, GROUP, OTHER, Rig, by, of_co, phrase, refused, settings};

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

async fn read(rig: &Rig, caller: &Caller, asked: LedgerRequest) -> Result<LedgerResponse, Refusal> {
    rig.targets().ledger(by(caller, asked)).await.map(tonic::Response::into_inner).map_err(refused)
}

/// The counts of a target that are not zero.
async fn counts(rig: &Rig, target: i64) -> (i64, BTreeMap<String, i64>) {
    let asked = LedgerRequest { co_provisioning_target_id: target, ..LedgerRequest::default() };
    let ledger = read(rig, &Caller::house(), asked).await.unwrap();
    assert!(ledger.entries.is_empty(), "they were not asked for");
    let counts = ledger.counts.into_iter().filter(|count| count.count > 0);
    (ledger.accepted, counts.map(|count| (count.outcome, count.count)).collect())
}

fn are<const N: usize>(counts: [(&str, i64); N]) -> (i64, BTreeMap<String, i64>) {
    let counts: BTreeMap<String, i64> = counts.map(|(name, count)| (name.to_owned(), count)).into();
    (counts.values().sum(), counts)
}

async fn is_whole(rig: &Rig) {
    let report = verify_ledger::run(&rig.database).await.unwrap();
    assert_eq!(report.wrong, Vec::<String>::new(), "{:?}", report.told);
}

pub(crate) async fn each_entry_counts_once_as_its_request_stands(rig: Rig) {
    let (app, target) = (rig.app(), rig.target(CO, Mode::Automatic).await);
    take_changes::run(&app, &[change("1", CO, &[ADA]), change("2", CO, &[ADA])]).await.unwrap();
    take_changes::run(&app, &[change("2", CO, &[ADA])]).await.unwrap();
    let group = rig.provision(target, "cogroupid", GROUP).await.unwrap();
    rig.requests().delete(by(&Caller::house(), DeleteRequest { id: group, if_match: None })).await.unwrap();
    assert_eq!(counts(&rig, target).await, are([("Waiting", 1), ("Merged", 1), ("Canceled", 1)]));
    rig.run();
    rig.quiet().await;
    // A removal of what was never there, one of what is there, and one of what is there no more.
    rig.registry.person(11, CO, 1, Provisionable::Nothing);
    for _ in 0..2 {
        let nobody = rig.provision(target, "copersonid", 11).await.unwrap();
        rig.becomes(nobody, RequestStatus::Succeeded).await;
    }
    let expected = are([("Applied", 1), ("Merged", 1), ("Canceled", 1), ("NotEligible", 2)]);
    assert_eq!(counts(&rig, target).await, expected);
    rig.registry.person(ADA, CO, 5, Provisionable::Nothing);
    let removed = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(removed, RequestStatus::Succeeded).await;
    rig.registry.person(ADA, CO, 4, Provisionable::Everything);
    let older = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(older, RequestStatus::Succeeded).await;
    rig.connector.fail(target, Some(ConnectorError::permanent("No.")));
    let failed = rig.provision(target, "cogroupid", GROUP).await.unwrap();
    rig.becomes(failed, RequestStatus::Failed).await;
    let expected =
        [("Applied", 2), ("Merged", 1), ("Canceled", 1), ("NotEligible", 2), ("Superseded", 1), ("Failed", 1)];
    assert_eq!(counts(&rig, target).await, are(expected));
    is_whole(&rig).await;
    rig.end().await;
}

pub(crate) async fn a_request_for_many_counts_by_its_subjects(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.registry.own("Cou", 5, CO);
    for person in [ADA, 11, 12] {
        rig.registry.person(person, CO, 1, Provisionable::Everything);
    }
    rig.registry.in_cou(5, CO, &[ADA, 11, 12]);
    let many = rig.provision(target, "couid", 5).await.unwrap();
    rig.becomes(many, RequestStatus::Succeeded).await;
    assert_eq!(counts(&rig, target).await, are([("Applied", 3)]));
    is_whole(&rig).await;
    rig.end().await;
}

pub(crate) async fn entries_are_told_by_their_numbers(rig: Rig) {
    let (app, target) = (rig.app(), rig.target(CO, Mode::Automatic).await);
    let other = rig.target(CO, Mode::Automatic).await;
    take_changes::run(&app, &[change("1", CO, &[ADA, 11]), change("2", CO, &[ADA])]).await.unwrap();
    rig.provision(other, "cogroupid", GROUP).await.unwrap();
    rig.provision(target, "copersonid", 11).await.unwrap_err();
    rig.provision(target, "copersonid", ADA).await.unwrap();
    let asked = LedgerRequest { co_provisioning_target_id: target, entries: true, ..LedgerRequest::default() };
    let ledger = read(&rig, &of_co(CO), asked).await.unwrap();
    let told: Vec<_> = ledger.entries.iter().map(|e| (e.number, e.co_person_id, e.outcome.as_str(), e.into)).collect();
    let (ada, bob) = (Some(ADA), Some(11));
    assert_eq!(
        told,
        [
            (1, ada, "Waiting", None),
            (2, bob, "Waiting", None),
            (3, ada, "Merged", Some(1)),
            (5, ada, "Merged", Some(1))
        ]
    );
    assert_eq!((ledger.from, ledger.to, ledger.accepted), (1, 5, 4));
    let part = LedgerRequest { from: Some(2), to: Some(4), ..asked };
    let ledger = read(&rig, &of_co(CO), part).await.unwrap();
    assert_eq!((ledger.from, ledger.to, ledger.accepted, ledger.entries.len()), (2, 4, 2, 2));
    let rest = LedgerRequest { after: Some(3), ..asked };
    assert_eq!(read(&rig, &of_co(CO), rest).await.unwrap().entries.len(), 1);
    assert_eq!(phrase(read(&rig, &of_co(OTHER), asked).await), "CoProvisioningTarget Unknown");
    let unknown = LedgerRequest { co_provisioning_target_id: 999, ..asked };
    assert_eq!(phrase(read(&rig, &Caller::house(), unknown).await), "CoProvisioningTarget Unknown");
    rig.targets().delete(by(&Caller::house(), DeleteRequest { id: target, if_match: None })).await.unwrap();
    assert_eq!(counts(&rig, target).await, are([("Canceled", 2), ("Merged", 2)]), "of a target that was deleted too");
    rig.end().await;
}

/// The first of the people of whom wishes are.
fn people_of(co: i64) -> i64 {
    if co == CO { 10 } else { 50 }
}

/// Takes changes of two COs and wishes, in rounds of its own.
async fn write(app: &App, name: &str, targets: [(i64, i64); 2]) {
    for round in 0..15 {
        let changes: Vec<Change> = targets
            .iter()
            .enumerate()
            .map(|(nth, (co, _))| {
                change(&format!("{name} {round} {nth}"), *co, &[people_of(*co) + round % 4, 30 + round % 3])
            })
            .collect();
        let subject = |co: i64| Subject::new(Kind::Person, people_of(co) + round % 5);
        let wishes = targets.map(|(co, target)| app.wishes.grant(Wish::of(&of_co(co), TargetId(target), subject(co))));
        let (taken, wished) = tokio::join!(take_changes::run(app, &changes), join_all(wishes));
        taken.unwrap();
        wished.into_iter().for_each(|id| assert!(id.unwrap() > RequestId(0)));
    }
}

pub(crate) async fn several_writers_leave_no_gap(rig: Rig) {
    let targets = [(CO, rig.target(CO, Mode::Automatic).await), (OTHER, rig.target(OTHER, Mode::Automatic).await)];
    for (co, person) in [CO, OTHER].into_iter().flat_map(|co| (0..5).map(move |nth| (co, people_of(co) + nth))) {
        rig.registry.person(person, co, 1, Provisionable::Everything);
    }
    let [mut forth, mut back] = [targets, targets];
    forth.sort_unstable();
    back.reverse();
    let (one, other) = (rig.app(), rig.another(settings()).await.app().clone());
    tokio::join!(write(&one, "a", forth), write(&other, "b", back), write(&other, "c", forth));
    let numbers = rig.numbers("SELECT last_number AS n FROM ledger_heads ORDER BY co_id").await;
    assert_eq!(numbers, [3 * 15 * 3, 3 * 15 * 3], "two changes and a wish, in each round, of each writer, for each CO");
    is_whole(&rig).await;
    rig.numbers("DELETE FROM ledger_entries WHERE number = 7 RETURNING number AS n").await;
    let wrong = verify_ledger::run(&rig.database).await.unwrap().wrong;
    assert!(wrong.iter().any(|wrong| wrong.contains("CO 2: of the numbers 1 to 135 there are 134")), "{wrong:?}");
    rig.end().await;
}

pub(crate) async fn a_request_without_an_entry_is_found_unless_release_0_1_made_it(rig: Rig) {
    let (app, target) = (rig.app(), rig.target(CO, Mode::Automatic).await);
    take_changes::run(&app, &[change("1", CO, &[ADA])]).await.unwrap();
    // Its statement, in which later columns are missing.
    let former = format!(
        "INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, status, manual, attempts, \
         tries, fence, due, expanded, created, modified, askers) VALUES ({CO}, {target}, 'co_person', 12, 'Queued', true, 0, 0, 0, \
         '2100-01-01 00:00:00+00:00', false, '2100-01-01 00:00:00+00:00', '2100-01-01 00:00:00+00:00', 1) RETURNING id AS n"
    );
    rig.numbers(&former).await;
    is_whole(&rig).await;
    rig.clock.advance(Duration::seconds(1));
    take_changes::run(&app, &[change("2", CO, &[13])]).await.unwrap();
    let [request] = rig.numbers("DELETE FROM ledger_entries WHERE number = 2 RETURNING request_id AS n").await[..]
    else {
        panic!("there is a second entry");
    };
    let wrong = verify_ledger::run(&rig.database).await.unwrap().wrong;
    assert!(wrong.contains(&format!("Request {request} has no entry.")), "{wrong:?}");
    rig.end().await;
}

pub(crate) async fn old_entries_are_forgotten_before_their_requests(rig: Rig) {
    rig.run();
    let (app, target) = (rig.app(), rig.target(CO, Mode::Automatic).await);
    let keep = RetentionSettings { requests_days: 30, inbox_days: 14, events_hours: 24 };
    take_changes::run(&app, &[change("1", CO, &[ADA])]).await.unwrap();
    rig.pass(Duration::days(20)).await;
    take_changes::run(&app, &[change("2", CO, &[ADA])]).await.unwrap();
    rig.pass(Duration::days(20)).await;
    sweep::forget(&app, &keep).await.unwrap();
    let asked = LedgerRequest { co_provisioning_target_id: target, from: Some(1), ..LedgerRequest::default() };
    let ledger = read(&rig, &Caller::house(), asked).await.unwrap();
    assert_eq!((ledger.from, ledger.to, ledger.accepted), (2, 2, 1));
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM provisioning_requests").await, [1]);
    rig.pass(Duration::days(20)).await;
    sweep::forget(&app, &keep).await.unwrap();
    take_changes::run(&app, &[change("3", CO, &[ADA])]).await.unwrap();
    let ledger = read(&rig, &Caller::house(), asked).await.unwrap();
    assert_eq!((ledger.from, ledger.to, ledger.accepted), (3, 3, 1), "numbers are never given twice");
    is_whole(&rig).await;
    rig.end().await;
}
