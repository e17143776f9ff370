//! Leases, crashes, and workers side by side.

use chrono::Duration;
use proto::{
    events::v1::Action,
    provisioning::v1::{CoProvisioningTarget, Mode, RequestStatus},
    registry::v1::{Provisionable, SubjectKind},
};
use provisioning_service::{
    WorkerSettings,
    app::claim_work,
    domain::{ids::RequestId, outcome::ConnectorError},
    store::{
        claim::{self, Room, Scope},
        leases,
    },
};
use serde_json::json;
use service_kit::{
    database::Database,
    rpc::in_trace,
    telemetry::{LogFormat, LogSettings, OtlpSettings, Telemetry},
};

use crate::{
    rig::{ADA, CO, GROUP, OTHER, Rig, changelog, of_co, settings},
    waiting::{PATIENCE_MS, eventually},
};

pub(crate) async fn a_worker_that_is_not_heard_of_loses_its_request(rig: Rig) {
    // The first holder is a process that has stopped answering: it holds a number, and nothing else.
    let target = rig.target(CO, Mode::Manual).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    let scope = Scope::AllBut(Vec::new());
    let held = claim::due(rig.database.writer(), (&scope, &Room::endless()), &rig.clock, Duration::seconds(60), 10)
        .await
        .unwrap();
    assert_eq!(held.iter().map(|row| (row.id.0, row.fence)).collect::<Vec<_>>(), [(id, 1)]);
    rig.clock.advance(Duration::seconds(59));
    assert!(claim_work::abandoned(&rig.app(), 10).await.unwrap().is_empty(), "the lease holds");
    assert_eq!(rig.request(id).await.status(), RequestStatus::Running);
    rig.clock.advance(Duration::seconds(2));
    rig.run();
    rig.becomes(id, RequestStatus::Succeeded).await;

    // It answers again, too late: its result is not recorded.
    let change = provisioning_service::store::outcomes::Change {
        held: leases::Held { id: RequestId(id), fence: 1 },
        status: provisioning_service::domain::status::Status::Failed,
        error: Some("late".to_owned()),
        due: None,
        counts: true,
        uses_try: true,
        wanting: false,
    };
    let written =
        provisioning_service::store::outcomes::write(rig.database.writer(), &[change], &rig.clock).await.unwrap();
    assert!(written.is_empty());
    let request = rig.request(id).await;
    assert_eq!((request.status(), request.attempts(), request.last_error), (RequestStatus::Succeeded, 2, None));
    rig.end().await;
}

pub(crate) async fn what_was_done_and_not_recorded_is_done_again(rig: Rig) {
    // Renewals come with the real time: none within this test.
    rig.run_with(WorkerSettings { lease_seconds: 1000, ..settings() }).await;
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.hold(target);
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(1).await;
    // The call is under way when the lease runs out; a second worker takes the request, and waits in its turn.
    rig.clock.advance(Duration::seconds(1001));
    eventually("it was taken again", async || (rig.request(id).await.attempts() == 2).then_some(())).await;
    rig.connector.overlapped.store(false, std::sync::atomic::Ordering::SeqCst);
    rig.called(2).await;
    rig.connector.let_go(target);
    rig.becomes(id, RequestStatus::Succeeded).await;
    assert_eq!(
        rig.numbers("SELECT fence AS n FROM provisioning_attempts").await,
        [2],
        "one result, under the newer number"
    );
    rig.outcomes(1).await;
    rig.connector.overlapped.store(false, std::sync::atomic::Ordering::SeqCst);
    rig.end().await;
}

pub(crate) async fn a_change_that_comes_while_a_request_runs_is_carried_out_after_it(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.connector.hold(target);
    let first = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(1).await;
    rig.registry.person(ADA, CO, 2, Provisionable::Everything);
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.change("2", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.connector.let_go(target);
    rig.becomes(first, RequestStatus::Succeeded).await;
    rig.all_ended(target, 2).await;
    let revisions: Vec<i64> = rig.connector.calls().iter().map(|call| call.revision).collect();
    assert_eq!(revisions, [1, 2]);
    rig.end().await;
}

pub(crate) async fn a_failure_makes_room_for_the_newer_request(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.connector.hold(target);
    rig.connector.fail(target, Some(ConnectorError::retryable("Away.")));
    let first = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(1).await;
    let second = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.connector.let_go(target);
    let replaced = rig.becomes(first, RequestStatus::Canceled).await;
    assert!(replaced.last_error().contains("Away.") && replaced.last_error().contains("newer request"));
    rig.becomes(second, RequestStatus::Retrying).await;
    rig.connector.fail(target, None);
    rig.clock.advance(Duration::hours(1));
    rig.becomes(second, RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn two_workers_never_work_on_one_subject_at_once(rig: Rig) {
    rig.run();
    rig.run_another().await;
    let targets = [rig.target(CO, Mode::Automatic).await, rig.target(CO, Mode::Queue).await];
    for person in 100..110 {
        rig.registry.person(person, CO, 1, Provisionable::Everything);
    }
    for round in 0..20 {
        for person in 100..110 {
            let event = format!("{round}-{person}");
            rig.change(&event, CO, SubjectKind::CoPerson, person, Action::Updated).await;
        }
    }
    for target in targets {
        let all_ended = eventually("all have ended", async || {
            let requests =
                rig.list(&proto::caller::Caller::house(), &[("coprovisioningtargetid", &target.to_string())]).await;
            requests.unwrap().iter().all(|request| request.status() == RequestStatus::Succeeded).then_some(())
        });
        rig.in_time(all_ended).await;
    }
    let called = rig.connector.calls().len() as i64;
    assert!(called >= 20);
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM provisioning_attempts").await, [called]);
    // That no subject was worked on twice at once is asserted at the end of every test.
    rig.end().await;
}

pub(crate) async fn a_registry_that_is_away_costs_no_retry(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.hold(target);
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(1).await;
    let next = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.registry.is_away(true);
    rig.connector.let_go(target);
    rig.becomes(id, RequestStatus::Succeeded).await;
    let request = eventually("it was postponed", async || {
        let request = rig.request(next).await;
        (request.status() == RequestStatus::Queued && request.last_error().contains("registry")).then_some(request)
    })
    .await;
    assert_eq!((request.attempts(), request.next_attempt.is_some()), (0, true));
    rig.registry.is_away(false);
    rig.clock.advance(Duration::seconds(3));
    let request = rig.becomes(next, RequestStatus::Succeeded).await;
    assert_eq!((request.attempts(), request.last_error), (1, None));
    rig.end().await;
}

pub(crate) async fn who_waits_for_a_request_that_is_put_off_waits_on(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.hold(target);
    for person in 1000..1008 {
        rig.registry.person(person, CO, 1, Provisionable::Everything);
        rig.provision(target, "copersonid", person).await.unwrap();
    }
    rig.called(8).await;
    let caller = of_co(CO);
    let mut waiting = Box::pin(rig.provision_by(&caller, target, "copersonid", ADA, PATIENCE_MS));
    let put_off = eventually("it was put off", async || {
        let asked = rig.list(&caller, &[("copersonid", &ADA.to_string())]).await.ok()?;
        asked.into_iter().find(|request| request.last_error().contains("busy"))
    });
    let request = tokio::select! {
        answer = &mut waiting => panic!("who waits was answered: {answer:?}"),
        request = put_off => request,
    };
    assert_eq!((request.status(), request.attempts()), (RequestStatus::Queued, 0));
    rig.connector.let_go(target);
    assert!(rig.in_time(waiting).await.unwrap().processed);
    rig.end().await;
}

pub(crate) async fn a_slow_target_does_not_hold_up_the_others(rig: Rig) {
    rig.run();
    let (slow, quick) = (rig.target(CO, Mode::Automatic).await, rig.target(CO, Mode::Manual).await);
    for person in 1000..1700 {
        rig.registry.person(person, CO, 1, Provisionable::Everything);
    }
    rig.connector.hold(slow);
    let many = rig.provision(slow, "coid", CO).await.unwrap();
    // The slow one has taken its share.
    rig.called(8).await;
    let other = rig.provision(quick, "cogroupid", GROUP).await.unwrap();
    rig.becomes(other, RequestStatus::Succeeded).await;
    rig.connector.let_go(slow);
    rig.in_time(rig.becomes(many, RequestStatus::Succeeded)).await;
    rig.end().await;
}

/// Not even one that has many targets, each of which takes long, though none keeps its requests waiting.
pub(crate) async fn a_co_with_many_slow_targets_does_not_hold_up_the_others(rig: Rig) {
    rig.run_with(WorkerSettings { batch: 4, concurrency: 8, ..settings() }).await;
    let mut slow = Vec::new();
    for _ in 0..12 {
        let target = rig.target(CO, Mode::Manual).await;
        rig.connector.hold(target);
        rig.provision(target, "copersonid", ADA).await.unwrap();
        slow.push(target);
    }
    let theirs = rig.target(OTHER, Mode::Manual).await;
    rig.registry.named(200, OTHER, 1, "k200");
    rig.called(4).await;
    let other = rig.provision(theirs, "copersonid", 200).await.unwrap();
    rig.becomes(other, RequestStatus::Succeeded).await;
    for target in slow {
        rig.connector.let_go(target);
    }
    rig.quiet().await;
    rig.end().await;
}

pub(crate) async fn what_takes_long_is_held_on_to(rig: Rig) {
    // It is renewed each three seconds of the real time.
    rig.run_with(WorkerSettings { lease_seconds: 9, ..settings() }).await;
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.hold(target);
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(1).await;
    let lease = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE lease_until > modified AND started = modified";
    assert_eq!(rig.numbers(lease).await, [1]);
    for _ in 0..2 {
        rig.clock.advance(Duration::seconds(6));
        let until = (rig.clock.now() + Duration::seconds(9)).timestamp_micros();
        eventually("the lease was renewed", async || {
            let request = provisioning_service::store::requests::find(rig.database.reader(), RequestId(id))
                .await
                .unwrap()
                .unwrap();
            (request.lease_until.map(|time| time.timestamp_micros()) == Some(until)).then_some(())
        })
        .await;
    }
    rig.connector.let_go(target);
    assert_eq!(rig.becomes(id, RequestStatus::Succeeded).await.attempts(), 1);
    rig.end().await;
}

pub(crate) async fn one_trace_reaches_from_the_call_to_the_target(rig: Rig) {
    let log = LogSettings { format: LogFormat::Text, filter: "error,provisioning_service=info".to_owned() };
    let _kept = Telemetry::start("test", &log, &OtlpSettings { endpoint: String::new(), sample_ratio: 1.0 }).unwrap();
    rig.run();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let answer = axum::routing::any(move |headers: axum::http::HeaderMap| {
        let header = headers.get("traceparent").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        tell.send(header).unwrap();
        async { "" }
    });
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/people/", answer)).await });
    let api = CoProvisioningTarget {
        plugin: Some("ApiProvisioner".to_owned()),
        ..changelog(
            CO,
            json!({"ServerUrl": format!("http://{address}/people"), "Mode": "POST", "IdentifierType": "eppn"}),
        )
    };
    let target = rig.add(&of_co(CO), api).await.unwrap();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let call = rig.provision(target, "copersonid", ADA);
    let span = tracing::info_span!("test");
    in_trace(span, Some(&format!("00-{trace}-b7ad6b7169203331-01")), call).await.unwrap();
    let header = told.recv().await.unwrap();
    assert_eq!(header.get(3..35), Some(trace), "{header}");
    rig.end().await;
}

pub(crate) async fn processes_that_begin_at_once_share_a_new_database(rig: Rig) {
    // The rig's service has made the tables; these begin on a database without any.
    let (url, _folder) = rig.empty_database().await;
    let databases = [Database::open(&url, 2).await.unwrap(), Database::open(&url, 2).await.unwrap()];
    let begin = databases.iter().map(|database| rig.on(database.clone()));
    for service in futures::future::join_all(begin).await {
        assert!(service.is_ok(), "{service:?}");
    }
    rig.end().await;
}
