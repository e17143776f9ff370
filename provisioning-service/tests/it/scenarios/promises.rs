//! What the target may still do when a call has ended without an answer, and the keys it may know.

use chrono::Duration;
use proto::{
    events::v1::Action,
    provisioning::v1::{CoProvisioningTarget, Mode, RequestStatus},
    registry::v1::SubjectKind,
};
use provisioning_service::{
    WorkerSettings,
    app::claim_work,
    domain::{
        eligibility::Work,
        ids::RequestId,
        outcome::ConnectorError,
        status::Status,
        subject::{Kind, Subject},
    },
    store::{
        claim::{self, Room, Scope},
        leases, outcomes,
    },
};
use service_kit::planted::{self, Bug};

use crate::{
    rig::{ADA, CO, GROUP, Rig, fake, settings},
    waiting::eventually,
};

pub(crate) const UNSETTLED: &str = "SELECT COUNT(*) AS n FROM subject_states WHERE unsettled_until IS NOT NULL";

fn lost() -> ConnectorError {
    ConnectorError::unknown("The server answered 504 Gateway Timeout.")
}

async fn settled(rig: &Rig) {
    rig.quiet().await;
    assert_eq!(rig.numbers(UNSETTLED).await, [0], "nothing can land any more");
}

/// A change comes while the call for an older one is under way, whose end is then not known.
async fn overtaken(rig: &Rig, target: i64, newer: Action) {
    rig.connector.hold(target);
    let before = rig.connector.calls().len();
    rig.change("older", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.called(before + 1).await;
    match newer {
        Action::Deleted => rig.registry.gone(SubjectKind::CoPerson, ADA, CO, 9),
        _ => rig.registry.named(ADA, CO, 9, "z@x"),
    }
    rig.change("newer", CO, SubjectKind::CoPerson, ADA, newer).await;
    rig.connector.fail_once(target, lost());
    rig.connector.let_go(target);
    rig.called(before + 2).await;
    rig.quiet().await;
}

pub(crate) async fn a_late_effect_is_followed_by_the_newest_state(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    overtaken(&rig, target, Action::Updated).await;
    // Two; a third if the newer one was taken just when the place was to be settled.
    let soon = rig.connector.calls().len();
    assert!((2..=3).contains(&soon), "{soon}");
    rig.pass(Duration::seconds(16)).await;
    rig.called(soon + 1).await;
    rig.pass(Duration::seconds(45)).await;
    rig.called(soon + 2).await;
    settled(&rig).await;
    rig.pass(Duration::hours(2)).await;
    rig.quiet().await;
    let revisions: Vec<i64> = rig.connector.calls().iter().map(|call| call.revision).collect();
    assert_eq!(revisions.len(), soon + 2, "applied soon after, and when nothing could land any more; then no more");
    assert!(revisions[0] == 1 && revisions[1..].iter().all(|revision| *revision == 9), "{revisions:?}");
    rig.end().await;
}

/// A call that fills it may land late with those who were its members then.
pub(crate) async fn a_group_of_which_a_call_may_land_late_is_filled_again(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.connector.fail_once(target, lost());
    rig.change("1", CO, SubjectKind::CoGroup, GROUP, Action::Updated).await;
    rig.called(1).await;
    rig.quiet().await;
    let soon = rig.connector.calls().len();
    rig.pass(Duration::seconds(16)).await;
    rig.called(soon + 1).await;
    rig.pass(Duration::seconds(45)).await;
    rig.called(soon + 2).await;
    settled(&rig).await;
    let actions: Vec<String> = rig.connector.calls().into_iter().map(|call| call.action).collect();
    let (first, others) = actions.split_first().unwrap();
    assert!(first == "GU" && others.last().is_some_and(|last| last == "GR"), "{actions:?}");
    rig.end().await;
}

pub(crate) async fn a_place_whose_call_another_process_held_is_settled(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    let scope = Scope::AllBut(Vec::new());
    claim::due(rig.database.writer(), (&scope, &Room::endless()), &rig.clock, Duration::seconds(60), 10).await.unwrap();
    rig.clock.advance(Duration::seconds(61));
    rig.run();
    rig.becomes(id, RequestStatus::Succeeded).await;
    assert_eq!(rig.numbers(UNSETTLED).await, [1]);
    rig.pass(Duration::seconds(61)).await;
    rig.called(2).await;
    settled(&rig).await;
    rig.all_ended(target, 2).await;
    rig.end().await;
}

pub(crate) async fn a_target_that_never_answers_is_not_called_at_full_speed(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.fail(target, Some(lost()));
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(2).await;
    rig.quiet().await;
    assert_eq!(rig.connector.calls().len(), 2);
    rig.pass(Duration::seconds(3)).await;
    rig.called(3).await;
    rig.quiet().await;
    let request = rig.becomes(id, RequestStatus::Retrying).await;
    assert!(request.next_attempt.unwrap().seconds >= (rig.clock.now() + Duration::seconds(890)).timestamp());
    assert_eq!(rig.numbers("SELECT tries AS n FROM provisioning_requests").await, [1], "settling uses up no try");
    rig.connector.fail(target, None);
    rig.pass(Duration::seconds(5)).await;
    rig.becomes(id, RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn a_lost_lease_ends_its_call(rig: Rig) {
    rig.run_with(WorkerSettings { lease_seconds: 9, ..settings() }).await;
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.hold(target);
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(1).await;
    // Another process has taken it.
    rig.numbers("UPDATE provisioning_requests SET fence = fence + 1 RETURNING id AS n").await;
    eventually("the call was cut off", async || rig.connector.is_idle().then_some(())).await;
    assert_eq!(rig.request(id).await.status(), RequestStatus::Running, "and nothing was recorded");
    rig.connector.let_go(target);
    rig.clock.advance(Duration::seconds(10));
    rig.becomes(id, RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn a_key_whose_call_did_not_end_is_removed_with_the_person(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.registry.named(ADA, CO, 1, "x@x");
    overtaken(&rig, target, Action::Deleted).await;
    let removal = rig.connector.calls().remove(1);
    assert_eq!((removal.work, removal.former_keys), (Work::Remove, vec!["x@x".to_owned()]));
    rig.connector.keys(target, &[], Some("x@x"));
    rig.pass(Duration::seconds(61)).await;
    settled(&rig).await;
    assert!(rig.connector.known(target).is_empty(), "no orphan is left");
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await, [0]);
    rig.end().await;
}

pub(crate) async fn a_key_that_is_renamed_twice_leaves_nothing_behind(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.registry.named(ADA, CO, 1, "x@x");
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Added).await;
    rig.all_ended(target, 1).await;
    assert_eq!(rig.connector.known(target), ["x@x"]);
    rig.registry.named(ADA, CO, 2, "y@x");
    overtaken(&rig, target, Action::Updated).await;
    assert_eq!(rig.connector.known(target), ["z@x"], "it has its last name");
    rig.connector.keys(target, &["x@x".to_owned()], Some("y@x"));
    rig.pass(Duration::seconds(61)).await;
    settled(&rig).await;
    assert_eq!(rig.connector.known(target), ["z@x"], "no orphan is left");
    rig.end().await;
}

pub(crate) async fn a_key_that_another_subject_has_is_not_taken_away(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    for (person, key) in [(ADA, "k@x"), (11, "other")] {
        rig.registry.named(person, CO, 1, key);
        rig.change(&format!("new {person}"), CO, SubjectKind::CoPerson, person, Action::Added).await;
    }
    rig.all_ended(target, 2).await;
    // As older programs did, which let two have one key.
    rig.registry.named(11, CO, 1, "k@x");
    rig.connector.keys(target, &["other".to_owned()], Some("k@x"));
    let shares = "UPDATE subject_states SET applied_key = 'k@x' WHERE subject_id = 11 RETURNING subject_id AS n";
    assert_eq!(rig.numbers(shares).await, [11]);
    rig.registry.gone(SubjectKind::CoPerson, ADA, CO, 2);
    rig.change("gone", CO, SubjectKind::CoPerson, ADA, Action::Deleted).await;
    // The other one is applied again, whatever came between.
    rig.all_ended(target, 4).await;
    assert_eq!(rig.connector.known(target), ["k@x"]);
    rig.registry.gone(SubjectKind::CoPerson, 11, CO, 2);
    rig.change("gone too", CO, SubjectKind::CoPerson, 11, Action::Deleted).await;
    eventually("nobody has it", async || rig.connector.known(target).is_empty().then_some(())).await;
    eventually("it is forgotten", async || {
        (rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await == [0]).then_some(())
    })
    .await;
    rig.end().await;
}

/// What the target would call one of them is nothing that can be written down.
pub(crate) async fn an_odd_key_keeps_nobody_else(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    for (person, key) in [(ADA, "k".repeat(30_000)), (11, "a\0b".to_owned()), (12, "k@x".to_owned())] {
        rig.registry.named(person, CO, 1, &key);
        rig.provision(target, "copersonid", person).await.unwrap();
    }
    // They are claimed together.
    rig.run();
    rig.all_ended(target, 3).await;
    assert_eq!(rig.connector.known(target), ["k@x"]);
    let told = rig.numbers(
        "SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Failed' AND last_error LIKE '%too long%'",
    );
    assert_eq!(told.await, [2]);
    rig.end().await;
}

pub(crate) async fn a_group_of_which_a_call_leaves_something_is_asked_for(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    *rig.connector.leaves.lock().unwrap() = vec![GROUP, GROUP];
    rig.registry.named(ADA, CO, 1, "k@x");
    rig.change("new", CO, SubjectKind::CoPerson, ADA, Action::Added).await;
    rig.called(2).await;
    let last = rig.connector.calls().pop().unwrap();
    assert_eq!((last.target, last.subject, last.action), (target, Subject::new(Kind::Group, GROUP), "GR".to_owned()));
    rig.all_ended(target, 2).await;
    rig.end().await;
}

pub(crate) async fn what_failed_for_want_of_its_target_resumes_by_itself(rig: Rig) {
    rig.run();
    let flaky = CoProvisioningTarget { max_retry: Some(1), retry_interval: Some(10), ..fake(CO, Mode::Manual) };
    let target = rig.add(&proto::caller::Caller::house(), flaky).await.unwrap();
    rig.connector.fail(target, Some(ConnectorError::retryable("The server answered 503.")));
    let requests = [
        rig.provision(target, "copersonid", ADA).await.unwrap(),
        rig.provision(target, "cogroupid", GROUP).await.unwrap(),
    ];
    for id in requests {
        rig.in_time(rig.becomes(id, RequestStatus::Failed)).await;
    }
    let calls = rig.connector.calls().len();
    assert_eq!(calls, 4);
    // It is tried from time to time.
    rig.in_time(rig.called(calls + 1)).await;
    rig.becomes(requests[0], RequestStatus::Failed).await;
    rig.connector.fail(target, None);
    for id in requests {
        rig.in_time(rig.becomes(id, RequestStatus::Succeeded)).await;
    }
    rig.end().await;
}

pub(crate) async fn a_request_that_is_given_up_leaves_its_place_unsettled(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    let felled = rig.another(WorkerSettings::default()).await.app().clone();
    assert_eq!(claim_work::due(&felled, &Scope::AllBut(Vec::new()), &Room::endless(), 10).await.unwrap().len(), 1);
    for taken in [1, 1, 1, 1, 1, 0] {
        rig.clock.advance(Duration::seconds(61));
        assert_eq!(claim_work::abandoned(&felled, 10).await.unwrap().len(), taken);
    }
    assert_eq!(rig.request(id).await.status(), RequestStatus::Failed);
    rig.run();
    rig.quiet().await;
    assert_eq!(rig.connector.calls().len(), 0, "nobody is felled once more");
    // What the last one called has not landed when a newer state is applied.
    rig.registry.named(ADA, CO, 2, "y@x");
    rig.change("newer", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.called(1).await;
    rig.quiet().await;
    rig.connector.keys(target, &["y@x".to_owned()], Some("p10@example.org"));
    rig.pass(Duration::seconds(61)).await;
    settled(&rig).await;
    assert!(rig.connector.known(target).contains(&"y@x".to_owned()), "the newest state is applied after it");
    rig.end().await;
}

pub(crate) async fn what_was_deleted_while_its_target_was_disabled_goes_with_the_whole_co(rig: Rig) {
    rig.run();
    let me = proto::caller::Caller::house();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.registry.named(ADA, CO, 1, "x@x");
    rig.registry.named(11, CO, 1, "y@x");
    for person in [ADA, 11] {
        rig.change(&format!("new {person}"), CO, SubjectKind::CoPerson, person, Action::Added).await;
    }
    rig.all_ended(target, 2).await;
    // Of this one it is not known whether the target has it.
    rig.registry.named(12, CO, 1, "z@x");
    rig.connector.fail_once(target, ConnectorError::permanent("No."));
    rig.change("new 12", CO, SubjectKind::CoPerson, 12, Action::Added).await;
    rig.all_ended(target, 3).await;
    rig.connector.keys(target, &[], Some("z@x"));
    rig.edit(&me, target, fake(CO, Mode::Disabled), &[]).await.unwrap();
    for person in [ADA, 12] {
        rig.registry.gone(SubjectKind::CoPerson, person, CO, 9);
        rig.change(&format!("gone {person}"), CO, SubjectKind::CoPerson, person, Action::Deleted).await;
    }
    rig.edit(&me, target, fake(CO, Mode::Automatic), &[]).await.unwrap();
    let whole = rig.provision(target, "coid", CO).await.unwrap();
    rig.becomes(whole, RequestStatus::Succeeded).await;
    assert_eq!(rig.connector.known(target), ["y@x"]);
    // What is gone is not asked for again and again: the group and the one who is left.
    let calls = rig.connector.calls().len();
    let whole = rig.provision(target, "coid", CO).await.unwrap();
    rig.becomes(whole, RequestStatus::Succeeded).await;
    assert_eq!(rig.connector.calls().len(), calls + 2);
    rig.end().await;
}

pub(crate) async fn a_late_result_is_not_recorded_and_a_planted_bug_would_be_seen(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    for (bug, subject, id) in [(Bug::LateResultRecorded, "copersonid", ADA), (Bug::NoFence, "cogroupid", GROUP)] {
        let id = rig.provision(target, subject, id).await.unwrap();
        let db = rig.database.writer();
        claim::due(db, (&Scope::AllBut(Vec::new()), &Room::endless()), &rig.clock, Duration::seconds(1), 10)
            .await
            .unwrap();
        rig.clock.advance(Duration::seconds(2));
        claim::abandoned(db, &rig.clock, Duration::seconds(1), 10).await.unwrap();
        let late = || {
            let held = leases::Held { id: RequestId(id), fence: 1 };
            let (status, error, due) = (Status::Succeeded, None, None);
            [outcomes::Change { held, status, error, due, counts: true, uses_try: true, wanting: false }]
        };
        assert!(outcomes::write(db, &late(), &rig.clock).await.unwrap().is_empty());
        assert_eq!(rig.request(id).await.status(), RequestStatus::Running);
        let planted = planted::plant(bug);
        assert_eq!(outcomes::write(db, &late(), &rig.clock).await.unwrap().len(), 1, "{bug:?}");
        drop(planted);
    }
    rig.end().await;
}

/// On one thread, so that what is planted counts for the service.
#[tokio::test]
async fn a_key_that_is_kept_only_after_success_is_noticed() {
    let rig = Rig::sqlite().await;
    let _planted = planted::plant(Bug::KeyAfterSuccess);
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.registry.named(ADA, CO, 1, "x@x");
    overtaken(&rig, target, Action::Deleted).await;
    rig.connector.keys(target, &[], Some("x@x"));
    rig.pass(Duration::seconds(61)).await;
    settled(&rig).await;
    assert_eq!(rig.connector.known(target), ["x@x"], "the orphan");
    rig.end().await;
}
