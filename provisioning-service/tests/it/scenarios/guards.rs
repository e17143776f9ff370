//! What stands in the way of mistakes, each by itself.

use chrono::Duration;
use proto::{
    caller::Caller,
    events::v1::Action,
    provisioning::v1::{CoProvisioningTarget, Mode, RequestStatus},
    registry::v1::{Provisionable, SubjectKind},
};
use provisioning_service::{
    WorkerSettings,
    domain::subject::Kind,
    store::claim::{self, Room, Scope},
};
use sea_orm::{ConnectionTrait, DbBackend};
use service_kit::{
    database::{Database, is_taken},
    planted::{self, Bug},
};

use crate::{
    connector::PEOPLE_ONLY,
    rig::{ADA, CO, GROUP, Rig, fake, settings},
    waiting::eventually,
};

pub(crate) async fn a_subject_that_runs_is_not_taken_again_and_a_planted_bug_would_be_seen(rig: Rig) {
    let (target, db) = (rig.target(CO, Mode::Manual).await, rig.database.writer());
    let scope = Scope::AllBut(Vec::new());
    let take = async || claim::due(db, (&scope, &Room::endless()), &rig.clock, Duration::seconds(60), 10).await;
    let running = rig.provision(target, "copersonid", ADA).await.unwrap();
    assert_eq!(take().await.unwrap().len(), 1);
    let next = rig.provision(target, "copersonid", ADA).await.unwrap();
    assert!(take().await.unwrap().is_empty(), "the statement leaves it alone");
    let planted = planted::plant(Bug::NoUniqueRunning);
    assert!(is_taken(&take().await.unwrap_err()), "the index says no as well");
    db.execute_unprepared("DROP INDEX requests_running").await.unwrap();
    assert_eq!(take().await.unwrap().iter().map(|row| row.id.0).collect::<Vec<_>>(), [next]);
    drop(planted);
    for id in [running, next] {
        rig.finish(&rig.app(), id).await;
    }
    rig.end().await;
}

pub(crate) async fn what_a_connector_does_not_serve_is_neither_queued_nor_read(rig: Rig) {
    rig.run();
    let people = CoProvisioningTarget { plugin: Some(PEOPLE_ONLY.to_owned()), ..fake(CO, Mode::Automatic) };
    let target = rig.add(&Caller::house(), people).await.unwrap();
    rig.change("1", CO, SubjectKind::CoGroup, GROUP, Action::Updated).await;
    rig.change("2", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    assert_eq!(rig.all_ended(target, 1).await[0].co_person_id, Some(ADA));
    let whole = rig.provision(target, "coid", CO).await.unwrap();
    rig.becomes(whole, RequestStatus::Succeeded).await;
    let calls = rig.connector.calls();
    assert_eq!(calls.iter().map(|call| call.subject.kind).collect::<Vec<_>>(), [Kind::Person; 2]);
    assert_eq!(rig.registry.reads(SubjectKind::CoGroup, GROUP), 0);
    assert_eq!(rig.registry.reads(SubjectKind::CoPerson, ADA), 2);
    rig.end().await;
}

pub(crate) async fn what_waited_for_its_turn_is_read_again(rig: Rig) {
    rig.run_with(WorkerSettings { per_target: 1, ..settings() }).await;
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.hold(target);
    rig.provision(target, "cogroupid", GROUP).await.unwrap();
    rig.called(1).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    let read = || rig.registry.reads(SubjectKind::CoPerson, ADA) > 0;
    eventually("its state was read", async || read().then_some(())).await;
    rig.registry.person(ADA, CO, 2, Provisionable::Everything);
    // Longer than what was read is good for, by the worker's own monotonic clock. If that is too long for a turn, it is
    // put off, and read again as well.
    tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    rig.connector.let_go(target);
    rig.in_time(rig.becomes(id, RequestStatus::Succeeded)).await;
    let revisions: Vec<i64> = rig.connector.calls().iter().map(|call| call.revision).collect();
    assert_eq!(revisions, [1, 2]);
    rig.end().await;
}

pub(crate) async fn a_result_that_cannot_be_recorded_costs_no_other(rig: Rig) {
    rig.run_with(WorkerSettings { lease_seconds: 1000, ..settings() }).await;
    let (target, db) = (rig.target(CO, Mode::Manual).await, rig.database.writer());
    rig.connector.hold(target);
    let mut ids = Vec::new();
    for person in 100..108 {
        rig.registry.person(person, CO, 1, Provisionable::Everything);
        ids.push(rig.provision(target, "copersonid", person).await.unwrap());
    }
    rig.called(ids.len()).await;
    let bad = ids.remove(3);
    let (refuse, take) = match db.get_database_backend() {
        DbBackend::Sqlite => (
            format!(
                "CREATE TRIGGER refused BEFORE INSERT ON provisioning_attempts \
                 WHEN NEW.provisioning_request_id = {bad} BEGIN SELECT RAISE(ABORT, 'refused'); END"
            ),
            "DROP TRIGGER refused",
        ),
        _ => (
            format!(
                "ALTER TABLE provisioning_attempts ADD CONSTRAINT refused CHECK (provisioning_request_id <> {bad})"
            ),
            "ALTER TABLE provisioning_attempts DROP CONSTRAINT refused",
        ),
    };
    db.execute_unprepared(&refuse).await.unwrap();
    rig.connector.let_go(target);
    for id in ids {
        rig.becomes(id, RequestStatus::Succeeded).await;
    }
    assert_eq!(rig.request(bad).await.status(), RequestStatus::Running);
    db.execute_unprepared(take).await.unwrap();
    rig.clock.advance(Duration::seconds(1001));
    rig.becomes(bad, RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn outcomes_of_a_database_that_is_made_anew_are_told_apart(rig: Rig) {
    let (url, _folder) = rig.empty_database().await;
    let anew = rig.on(Database::open(&url, 2).await.unwrap()).await.unwrap();
    let identity = rig.service.app().identity.clone();
    assert_ne!(identity, anew.app().identity);
    assert_eq!(identity, rig.another(settings()).await.app().identity, "it is the database's, not the process's");
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    assert_eq!(rig.outcomes(1).await[0].event_id, format!("{identity}-{id}-1"));
    rig.end().await;
}
