//! What waits: changes and wishes that meet, cancels, workers that die, requests for many.

use chrono::Duration;
use futures::future::join_all;
use proto::{
    caller::Caller,
    events::v1::Action,
    provisioning::v1::{Mode, ProvisionRequest, RequestStatus},
    registry::v1::{DeleteRequest, Provisionable, Subject, SubjectKind},
};
use provisioning_service::{
    WorkerSettings,
    app::{claim_work, surroundings::Surroundings},
    connector::Beside,
    domain::{
        ids::{RequestId, TargetId},
        outcome::ConnectorError,
    },
    store::{
        claim::{self, OfCo, Room, Scope},
        targets,
    },
};
use sea_orm::ConnectionTrait;

use crate::{
    rig::{ADA, CO, GROUP, OTHER, Rig, by, of_co},
    waiting::{PATIENCE, eventually},
};

async fn cancel(rig: &Rig, id: i64) {
    rig.requests().delete(by(&of_co(CO), DeleteRequest { id, if_match: None })).await.unwrap();
}

/// Who fills a group meanwhile must not put somebody there whose removal is under way.
pub(crate) async fn who_is_being_removed_is_at_the_target_no_more_and_who_stays_is_again(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.registry.named(ADA, CO, 1, "ada");
    rig.registry.members(GROUP, &[ADA]);
    let app = rig.app();
    let row = targets::find_many(rig.database.reader(), vec![TargetId(target)])
        .await
        .unwrap()
        .remove(&TargetId(target))
        .unwrap();
    let beside = Surroundings::of(&app, &row);
    // A target may have written down whom it likes.
    rig.registry.named(77, OTHER, 1, "stranger");
    let own = beside.people(vec![ADA, 77, 4711]).await.unwrap();
    assert_eq!(own.iter().map(|state| state.subject.unwrap().id).collect::<Vec<_>>(), [ADA]);
    let there = async || beside.members(GROUP, 0).await.unwrap().people.len();
    assert_eq!(there().await, 0);
    let first = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(first, RequestStatus::Succeeded).await;
    assert_eq!(there().await, 1);

    rig.registry.person(ADA, CO, 2, Provisionable::Nothing);
    rig.connector.hold(target);
    rig.connector.fail(target, Some(ConnectorError::retryable("Later.")));
    let removal = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(2).await;
    assert_eq!(there().await, 0, "the removal is under way");
    rig.connector.let_go(target);
    rig.becomes(removal, RequestStatus::Retrying).await;
    assert_eq!(there().await, 0, "it may have taken effect in part");

    rig.registry.named(ADA, CO, 3, "ada");
    rig.connector.hold(target);
    rig.connector.fail(target, None);
    let back = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(3).await;
    assert_eq!(there().await, 1, "before the call that brings him back");
    rig.connector.let_go(target);
    rig.becomes(back, RequestStatus::Succeeded).await;
    assert_eq!(there().await, 1);
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await, [0], "nothing stays noted");
    rig.end().await;
}

/// Much that one CO asked for keeps no other one waiting.
pub(crate) async fn the_cos_take_turns(rig: Rig) {
    let [mine, more, theirs] =
        [rig.target(CO, Mode::Manual).await, rig.target(CO, Mode::Manual).await, rig.target(OTHER, Mode::Manual).await];
    for person in 100..120 {
        rig.registry.named(person, CO, 1, &format!("k{person}"));
        rig.provision(if person % 2 == 0 { mine } else { more }, "copersonid", person).await.unwrap();
    }
    rig.clock.advance(Duration::seconds(1));
    for person in 200..203 {
        rig.registry.named(person, OTHER, 1, &format!("k{person}"));
        rig.provision(theirs, "copersonid", person).await.unwrap();
    }
    rig.clock.advance(Duration::seconds(1));
    let worker = rig.another(WorkerSettings::default()).await.app().clone();
    let claim = async |limit| {
        let taken = claim_work::due(&worker, &Scope::AllBut(Vec::new()), &Room::endless(), limit).await.unwrap();
        let mut all: Vec<(i64, i64)> = taken.iter().map(|request| (request.co_id, request.subject_id)).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(claim(4).await, [(CO, 100), (CO, 101), (OTHER, 200), (OTHER, 201)]);
    assert_eq!(claim(4).await, [(CO, 102), (CO, 103), (CO, 104), (OTHER, 202)]);
    assert_eq!(claim(100).await.len(), 15);
    // Whoever took them is gone.
    rig.clock.advance(Duration::seconds(61));
    rig.run();
    rig.quiet().await;
    rig.end().await;
}

/// Of what waits a CO gets its share of the room, whatever it has under way already.
pub(crate) async fn a_co_takes_no_more_than_its_share(rig: Rig) {
    let [mine, theirs] = [rig.target(CO, Mode::Manual).await, rig.target(OTHER, Mode::Manual).await];
    for (co, target, people) in [(CO, mine, 100..110), (OTHER, theirs, 200..202)] {
        for person in people {
            rig.registry.named(person, co, 1, &format!("k{person}"));
            rig.provision(target, "copersonid", person).await.unwrap();
        }
        rig.clock.advance(Duration::seconds(1));
    }
    let worker = rig.another(WorkerSettings::default()).await.app().clone();
    let claim = async |(has, more), others, limit| {
        let room = Room { of: vec![OfCo { co_id: CO, has, more }], others };
        let taken = claim_work::due(&worker, &Scope::AllBut(Vec::new()), &room, limit).await.unwrap();
        let mut all: Vec<(i64, i64)> = taken.iter().map(|request| (request.co_id, request.subject_id)).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(claim((5, 3), 1, 1).await, [(OTHER, 200)], "who has none is first, though it came later");
    assert_eq!(claim((5, 3), 1, 10).await, [(CO, 100), (CO, 101), (CO, 102), (OTHER, 201)]);
    assert_eq!(claim((8, 0), 1, 10).await, []);
    assert_eq!(claim((8, 1), 1, 10).await, [(CO, 103)]);
    assert_eq!(claim((0, 100), 1, 100).await.len(), 6);
    rig.clock.advance(Duration::seconds(61));
    rig.run();
    rig.quiet().await;
    rig.end().await;
}

pub(crate) async fn a_change_that_merged_outlives_the_cancel_of_the_wish(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    // The changes arrive while nobody works, so that they merge.
    let idle = rig.consume_only().await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    cancel(&rig, id).await;
    let request = rig.request(id).await;
    assert_eq!((request.status(), request.action()), (RequestStatus::Queued, "PU"));
    assert_eq!(request.actor_identifier, None, "the wish is withdrawn");
    cancel(&rig, id).await;
    assert_eq!(rig.request(id).await.status(), RequestStatus::Queued, "who asks again does not cancel the change");
    // The other way round: a wish that merged into a change.
    rig.change("2", CO, SubjectKind::CoGroup, GROUP, Action::Updated).await;
    let forced = ProvisionRequest {
        co_provisioning_target_id: target,
        subject: "cogroupid".to_owned(),
        subject_id: GROUP,
        force: true,
        ..ProvisionRequest::default()
    };
    let wish = rig.targets().provision(by(&Caller::house(), forced)).await.unwrap().into_inner();
    let (group, at_the_guard) =
        (wish.co_provisioning_request_id, "SELECT COUNT(*) AS n FROM provisioning_requests WHERE forced");
    assert_eq!(rig.numbers(at_the_guard).await, [1]);
    cancel(&rig, group).await;
    assert_eq!(rig.request(group).await.status(), RequestStatus::Queued);
    assert_eq!(rig.numbers(at_the_guard).await, [0], "the guard judges the change, as if nobody had asked");
    idle.cancel();
    rig.run();
    assert_eq!(rig.becomes(id, RequestStatus::Succeeded).await.attempts(), 1);
    rig.becomes(group, RequestStatus::Succeeded).await;
    let outcomes = rig.outcomes(2).await;
    assert!(outcomes.iter().all(|outcome| !outcome.manual && outcome.actor.is_empty()), "{outcomes:?}");
    rig.end().await;
}

pub(crate) async fn a_change_that_began_before_the_target_is_carried_out(rig: Rig) {
    rig.run();
    let before = rig.event("1", CO, Some(Subject { kind: SubjectKind::CoPerson.into(), id: ADA }), Action::Updated);
    rig.clock.advance(Duration::milliseconds(1));
    let target = rig.target(CO, Mode::Automatic).await;
    rig.tell(&before).await;
    assert_eq!(rig.all_ended(target, 1).await[0].co_person_id, Some(ADA));
    rig.end().await;
}

pub(crate) async fn hosts_whose_clocks_differ_do_not_take_what_another_holds(rig: Rig) {
    let settings = WorkerSettings::default();
    let holder = rig.another(settings.clone()).await.app().clone();
    let target = rig.target(CO, Mode::Manual).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    assert_eq!(claim_work::due(&holder, &Scope::AllBut(Vec::new()), &Room::endless(), 10).await.unwrap().len(), 1);
    for offset in [30, -30] {
        let ahead = rig.clock.ahead_by(Duration::seconds(offset));
        let other = rig.another_at(settings.clone(), &ahead).await;
        assert!(claim_work::abandoned(&other, 10).await.unwrap().is_empty(), "{offset} s");
        // What one host queues is due for all at once.
        let next = rig.provision_of(&other, target, GROUP).await;
        assert_eq!(
            claim_work::due(&other, &Scope::AllBut(Vec::new()), &Room::endless(), 10)
                .await
                .unwrap()
                .iter()
                .map(|row| row.id)
                .next(),
            Some(RequestId(next)),
            "{offset} s"
        );
        rig.finish(&other, next).await;
    }
    let request = rig.request(id).await;
    assert_eq!((request.status(), request.attempts()), (RequestStatus::Running, 1));
    rig.finish(&holder, id).await;
    rig.end().await;
}

pub(crate) async fn a_request_that_takes_its_workers_along_fails(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    let worker = rig.another(WorkerSettings::default()).await.app().clone();
    assert_eq!(claim_work::due(&worker, &Scope::AllBut(Vec::new()), &Room::endless(), 10).await.unwrap().len(), 1);
    // Each time the process that holds it dies without a word.
    for _ in 0..5 {
        rig.clock.advance(Duration::seconds(61));
        assert_eq!(claim_work::abandoned(&worker, 10).await.unwrap().len(), 1);
    }
    rig.clock.advance(Duration::seconds(61));
    assert!(claim_work::abandoned(&worker, 10).await.unwrap().is_empty());
    let request = rig.request(id).await;
    assert_eq!(request.status(), RequestStatus::Failed);
    assert!(request.last_error().contains("ended while it was at this request"), "{}", request.last_error());
    rig.run();
    rig.requests().retry(by(&of_co(CO), proto::registry::v1::ViewRequest { id, as_of: None })).await.unwrap();
    rig.becomes(id, RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn the_next_request_for_many_begins_while_one_of_the_last_is_retried(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.connector.fail(target, Some(ConnectorError::retryable("Later.")));
    let first = rig.provision(target, "coid", CO).await.unwrap();
    eventually("both are retried", async || {
        let retrying = rig.list(&of_co(CO), &[("status", "Retrying")]).await.ok()?;
        (retrying.len() == 2).then_some(())
    })
    .await;
    let second = rig.provision(target, "coid", CO).await.unwrap();
    eventually("the second was expanded", async || {
        let sql = format!("SELECT COUNT(*) AS n FROM provisioning_requests WHERE id = {second} AND expanded");
        (rig.numbers(&sql).await == [1]).then_some(())
    })
    .await;
    for id in [first, second] {
        assert_eq!(rig.request(id).await.status(), RequestStatus::Running);
    }
    let running = rig.list(&of_co(CO), &[("status", "Running")]).await.unwrap();
    assert!([first, second].iter().all(|id| running.iter().any(|request| request.id() == *id)));
    // What the second wished for runs at once, and fails as well before time passes.
    rig.quiet().await;
    rig.connector.fail(target, None);
    rig.clock.advance(Duration::hours(1));
    rig.becomes(first, RequestStatus::Succeeded).await;
    rig.becomes(second, RequestStatus::Succeeded).await;
    rig.end().await;
}

pub(crate) async fn what_takes_the_place_of_a_wish_inherits_it(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    rig.connector.hold(target);
    rig.connector.fail(target, Some(ConnectorError::retryable("Away.")));
    let wish = rig.provision_by(&of_co(CO), target, "copersonid", ADA, 0).await.unwrap().co_provisioning_request_id;
    rig.called(1).await;
    rig.registry.person(ADA, CO, 2, Provisionable::Everything);
    rig.change("1", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    let waiting = provisioning_service::app::await_outcome::run;
    let app = rig.app();
    let waiter = tokio::spawn(async move { waiting(&app, RequestId(wish), PATIENCE).await });
    tokio::task::yield_now().await;
    rig.connector.fail(target, None);
    rig.connector.fail_once(target, ConnectorError::retryable("Away."));
    rig.connector.let_go(target);
    rig.becomes(wish, RequestStatus::Canceled).await;
    let ended = rig.all_ended(target, 2).await;
    assert_eq!((ended[1].status(), ended[1].actor_identifier()), (RequestStatus::Succeeded, "co_2.admin"));
    assert_eq!(waiter.await.unwrap(), Ok(true), "who waits follows the replacement");
    let outcomes = rig.outcomes(1).await;
    assert!(outcomes.last().unwrap().manual);
    rig.end().await;
}

/// Processes of two releases run side by side during an upgrade, and the newer one changes the tables.
pub(crate) async fn a_column_that_a_newer_release_adds_stops_nobody(rig: Rig) {
    let db = rig.database.writer();
    // On as many connections as there are, which keep the statements that they prepared.
    let look = async || {
        let lease = Duration::seconds(20);
        claim::due(db, (&Scope::AllBut(Vec::new()), &Room::endless()), &rig.clock, lease, 10).await?;
        claim::abandoned(db, &rig.clock, lease, 10).await?;
        targets::following(db, vec![CO]).await
    };
    let target = rig.target(CO, Mode::Automatic).await;
    for round in 0..2 {
        for found in join_all((0..32).map(|_| look())).await {
            assert_eq!(found.unwrap().len(), 1);
        }
        for table in ["provisioning_requests", "co_provisioning_targets"] {
            db.execute_unprepared(&format!("ALTER TABLE {table} ADD COLUMN later_{round} text")).await.unwrap();
        }
    }
    assert_eq!(targets::delete_of_cos(db, vec![CO]).await.unwrap()[0].id, TargetId(target));
    rig.end().await;
}
