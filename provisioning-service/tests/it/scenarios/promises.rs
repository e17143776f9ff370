//! What the target may still do when a call has ended without an answer, and the keys it may know.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    extract::{Path, State},
    http::{Method, StatusCode},
    routing::any,
};
use chrono::Duration;
use proto::{
    events::v1::Action,
    provisioning::v1::{CoProvisioningTarget, Mode, RequestStatus},
    registry::v1::SubjectKind,
};
use provisioning_service::{
    WorkerSettings,
    domain::{eligibility::Work, outcome::ConnectorError, status::Status},
    store::{
        claim::{self, Scope},
        outcomes,
    },
};
use serde_json::json;
use service_kit::planted::{self, Bug};
use tokio::sync::Notify;

use crate::{
    rig::{ADA, CO, GROUP, Rig, changelog, fake, settings},
    waiting::eventually,
};

const UNSETTLED: &str = "SELECT COUNT(*) AS n FROM subject_states WHERE unsettled_until IS NOT NULL";

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
    rig.pass(Duration::seconds(16)).await;
    rig.called(3).await;
    rig.pass(Duration::seconds(45)).await;
    rig.called(4).await;
    settled(&rig).await;
    rig.pass(Duration::hours(2)).await;
    rig.quiet().await;
    let revisions: Vec<i64> = rig.connector.calls().iter().map(|call| call.revision).collect();
    assert_eq!(revisions, [1, 9, 9, 9], "applied soon after, and when nothing could land any more; then no more");
    rig.end().await;
}

pub(crate) async fn a_place_whose_call_another_process_held_is_settled(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    let scope = Scope::AllBut(Vec::new());
    claim::due(rig.database.writer(), &scope, &rig.clock, Duration::seconds(60), 10).await.unwrap();
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
    for person in [ADA, 11] {
        rig.registry.named(person, CO, 1, "k@x");
        rig.change(&format!("new {person}"), CO, SubjectKind::CoPerson, person, Action::Added).await;
    }
    rig.all_ended(target, 2).await;
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

pub(crate) async fn a_late_result_is_not_recorded_and_a_planted_bug_would_be_seen(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    for (bug, subject, id) in [(Bug::LateResultRecorded, "copersonid", ADA), (Bug::NoFence, "cogroupid", GROUP)] {
        let id = rig.provision(target, subject, id).await.unwrap();
        let db = rig.database.writer();
        claim::due(db, &Scope::AllBut(Vec::new()), &rig.clock, Duration::seconds(1), 10).await.unwrap();
        rig.clock.advance(Duration::seconds(2));
        let now = rig.clock.now();
        claim::abandoned(db, &rig.clock, Duration::seconds(1), 10).await.unwrap();
        let late = || {
            let held = claim::Held { id, fence: 1 };
            let (status, error, due) = (Status::Succeeded, None, None);
            [outcomes::Change { held, status, error, due, counts: true, uses_try: true, wanting: false }]
        };
        assert!(outcomes::write(db, &late(), now).await.unwrap().is_empty());
        assert_eq!(rig.request(id).await.status(), RequestStatus::Running);
        let planted = planted::plant(bug);
        assert_eq!(outcomes::write(db, &late(), now).await.unwrap().len(), 1, "{bug:?}");
        drop(planted);
    }
    rig.end().await;
}

/// A server that never answers a call that makes `x`: that takes effect at once, or when it is told.
#[derive(Clone, Debug, Default)]
struct Server {
    documents: Arc<Mutex<BTreeSet<String>>>,
    at_once: Arc<AtomicBool>,
    go_on: Arc<Notify>,
    taken: Arc<Notify>,
}

impl Server {
    fn effect(&self, method: &Method, key: String) {
        let mut documents = self.documents.lock().unwrap();
        if method == Method::PUT {
            documents.insert(key)
        } else {
            documents.remove(&key)
        };
    }

    fn keys(&self) -> Vec<String> {
        self.documents.lock().unwrap().iter().cloned().collect()
    }

    async fn call(State(server): State<Self>, Path(key): Path<String>, method: Method) -> StatusCode {
        if method != Method::PUT || key != "x" {
            server.effect(&method, key);
            return StatusCode::NO_CONTENT;
        }
        if server.at_once.load(Ordering::SeqCst) {
            server.effect(&method, key);
        } else {
            let server = server.clone();
            // It goes on when the client is gone.
            tokio::spawn(async move {
                server.go_on.notified().await;
                server.effect(&method, key);
            });
        }
        server.taken.notify_one();
        std::future::pending().await
    }

    async fn target(&self, rig: &Rig) -> i64 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/people/{key}", any(Self::call)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let configuration =
            json!({"ServerUrl": format!("http://{address}/people"), "Mode": "PUT", "IdentifierType": "eppn"});
        let api = CoProvisioningTarget {
            plugin: Some("ApiProvisioner".to_owned()),
            status: Some(Mode::Automatic.into()),
            ..changelog(CO, configuration)
        };
        rig.add(&proto::caller::Caller::house(), api).await.unwrap()
    }
}

pub(crate) async fn real_targets_that_work_late_end_right(rig: Rig) {
    rig.run_with(WorkerSettings { call_seconds: 1, ..settings() }).await;
    for (n, (at_once, newer)) in
        [(true, Action::Updated), (false, Action::Updated), (true, Action::Deleted), (false, Action::Deleted)]
            .into_iter()
            .enumerate()
    {
        let person = 100 + i64::try_from(n).unwrap();
        let server = Server::default();
        server.at_once.store(at_once, Ordering::SeqCst);
        let target = server.target(&rig).await;
        let change = async |name: &str, action| {
            rig.change(&format!("{n} {name}"), CO, SubjectKind::CoPerson, person, action).await;
        };
        rig.registry.named(person, CO, 1, "x");
        change("first", Action::Added).await;
        server.taken.notified().await;
        let last = match newer {
            Action::Deleted => {
                rig.registry.gone(SubjectKind::CoPerson, person, CO, 2);
                Vec::new()
            }
            _ => {
                rig.registry.named(person, CO, 2, "y");
                vec!["y".to_owned()]
            }
        };
        change("newer", newer).await;
        let succeeded = format!(
            "SELECT COUNT(*) AS n FROM provisioning_attempts AS a JOIN provisioning_requests AS r \
             ON r.id = a.provisioning_request_id WHERE r.co_provisioning_target_id = {target} AND a.status = 'Succeeded'"
        );
        // On a busy machine one of these calls may take too long as well; each that does leaves the place unsettled anew.
        let applied =
            eventually("the newer one was applied", async || (rig.numbers(&succeeded).await[0] > 0).then_some(()));
        rig.in_time(applied).await;
        rig.quiet().await;
        assert_eq!(server.keys(), last, "at once: {at_once}, {newer:?}");
        if !at_once {
            server.go_on.notify_waiters();
            let late = || server.keys().contains(&"x".to_owned()).then_some(());
            eventually("the late effect", async || late()).await;
        }
        let settled =
            eventually("nothing can land any more", async || (rig.numbers(UNSETTLED).await == [0]).then_some(()));
        rig.in_time(settled).await;
        assert_eq!(server.keys(), last);
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
