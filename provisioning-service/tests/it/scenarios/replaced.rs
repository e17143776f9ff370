//! Several requests for the same subject at the same target: which of them does the work of which, and what becomes of
//! those who asked.

use std::sync::atomic::Ordering;

use chrono::Duration;
use proto::{
    caller::Caller,
    events::v1::Action,
    provisioning::v1::{CoProvisioningTarget, CompareRequest, Mode, OfTargetRequest, RequestStatus},
    registry::v1::{DeleteRequest, SubjectKind, ViewRequest},
};
use provisioning_service::{
    WorkerSettings,
    app::{
        App, claim_work,
        record_outcomes::{self, Finished},
        resume_failed::{self, Probes},
        sweep,
    },
    domain::{
        ids::{RequestId, TargetId},
        outcome::{Attempt, ConnectorError},
        subject::{Kind, Subject},
    },
    store::{
        cancel, children,
        claim::{self, Room, Scope},
        failed::{self, Asker},
        requests,
        states::Place,
        unsettled::{self, Due},
        wanting,
    },
};

use crate::{
    rig::{ADA, CO, GROUP, Rig, by, fake, settings},
    waiting::eventually,
};

const AWAY: &str = "The server answered 503.";

fn retrying(max_retry: i64, interval: i64) -> CoProvisioningTarget {
    CoProvisioningTarget { max_retry: Some(max_retry), retry_interval: Some(interval), ..fake(CO, Mode::Automatic) }
}

async fn withdraw(rig: &Rig, id: i64) {
    rig.requests().delete(by(&Caller::house(), DeleteRequest { id, if_match: None })).await.unwrap();
}

/// Takes a request as a worker would.
async fn take(rig: &Rig, app: &App) {
    let taken =
        claim::due(rig.database.writer(), (&Scope::AllBut(Vec::new()), &Room::endless()), &app.clock, app.lease, 1)
            .await;
    assert_eq!(taken.unwrap().len(), 1);
}

/// What a worker hands in that could not call the target.
async fn handed_back(rig: &Rig, app: &App, id: i64) -> Finished {
    let request = requests::find(rig.database.reader(), RequestId(id)).await.unwrap().unwrap();
    let (subject, now) = (request.subject().unwrap(), app.clock.now());
    let attempt = Attempt::Postponed("The registry is away.".to_owned());
    Finished { request, subject, target: None, started: now, ended: now, attempt, landed: None }
}

/// A change failed for want of the target; a wish for the same person that came later was withdrawn.
async fn withdrawn_after_a_failure(rig: &Rig) -> (i64, i64) {
    let target = rig.add(&Caller::house(), retrying(1, 10)).await.unwrap();
    rig.connector.fail(target, Some(ConnectorError::retryable(AWAY)));
    rig.change("changed", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    let change = rig.in_time(rig.all_ended(target, 1)).await[0].id.unwrap();
    rig.edit(&Caller::house(), target, retrying(5, 3_000), &[]).await.unwrap();
    let wish = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(wish, RequestStatus::Retrying).await;
    withdraw(rig, wish).await;
    assert_eq!(rig.request(wish).await.status(), RequestStatus::Canceled);
    (target, change)
}

pub(crate) async fn what_was_canceled_did_nobodys_work(rig: Rig) {
    rig.run();
    let (target, change) = withdrawn_after_a_failure(&rig).await;
    rig.connector.fail(target, None);
    rig.in_time(rig.becomes(change, RequestStatus::Succeeded)).await;
    rig.end().await;
}

pub(crate) async fn what_was_canceled_does_not_keep_a_failed_one_from_being_retried(rig: Rig) {
    rig.run();
    let (target, change) = withdrawn_after_a_failure(&rig).await;
    let asker = Asker { actor: "kit", traceparent: None };
    let again = failed::requeue(rig.database.writer(), TargetId(target), None, &asker, &rig.clock).await.unwrap();
    assert_eq!(again, [RequestId(change)]);
    rig.clock.advance(Duration::seconds(1));
    rig.connector.fail(target, None);
    rig.app().wake();
    rig.in_time(rig.becomes(change, RequestStatus::Succeeded)).await;
    let wish = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.in_time(rig.becomes(wish, RequestStatus::Succeeded)).await;
    // What has succeeded since has done the work of what failed before.
    rig.numbers("UPDATE provisioning_requests SET status = 'Failed', ended = created WHERE status = 'Canceled' RETURNING id AS n")
        .await;
    let again = failed::requeue(rig.database.writer(), TargetId(target), None, &asker, &rig.clock).await.unwrap();
    assert_eq!(again, []);
    rig.end().await;
}

pub(crate) async fn who_cannot_be_read_fells_no_process(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    rig.provision(target, "copersonid", ADA).await.unwrap();
    let felled = rig.another(WorkerSettings::default()).await.app().clone();
    assert_eq!(claim_work::due(&felled, &Scope::AllBut(Vec::new()), &Room::endless(), 10).await.unwrap().len(), 1);
    rig.registry.is_away(true);
    rig.run_with(WorkerSettings { lease_seconds: 60, ..settings() }).await;
    rig.clock.advance(Duration::seconds(61));
    for _ in 0..8 {
        rig.pass(Duration::seconds(61)).await;
    }
    rig.quiet().await;
    assert_eq!(rig.numbers(super::promises::UNSETTLED).await, [1], "what the first one called may land");
    rig.registry.is_away(false);
    rig.in_time(rig.called(1)).await;
    rig.quiet().await;
    let failed = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Failed'";
    assert_eq!(rig.numbers(failed).await, [0]);
    rig.end().await;
}

pub(crate) async fn what_is_resumed_belongs_to_its_parent_again(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    let child = rig.provision(target, "copersonid", ADA).await.unwrap();
    let parent = rig.provision(target, "coid", CO).await.unwrap();
    let db = rig.database.writer();
    children::add(db, RequestId(parent), &[RequestId(child)]).await.unwrap();
    children::end(db, &[RequestId(child)]).await.unwrap();
    // One has failed for want of the target, others have not ended.
    let failed = "UPDATE provisioning_requests SET status = CASE WHEN subject_kind = 'co' THEN 'Expanded' ELSE 'Failed' END, \
                  wanting = subject_kind <> 'co', expanded = (subject_kind = 'co'), \
                  ended = CASE WHEN subject_kind = 'co' THEN NULL ELSE created END RETURNING id AS n";
    assert_eq!(rig.numbers(failed).await.len(), 2);
    rig.app().signals.answered(TargetId(target));
    resume_failed::run(&rig.app(), &mut Probes::default()).await.unwrap();
    assert_eq!(rig.request(child).await.status(), RequestStatus::Queued);
    rig.connector.fail(target, Some(ConnectorError::permanent("No.")));
    rig.run();
    rig.becomes(child, RequestStatus::Failed).await;
    rig.becomes(parent, RequestStatus::Failed).await;
    rig.end().await;
}

pub(crate) async fn who_asks_again_for_one_of_many_keeps_it_when_the_many_are_canceled(rig: Rig) {
    let (target, db) = (rig.target(CO, Mode::Automatic).await, rig.database.writer().clone());
    for all_of_the_target in [false, true] {
        let parent = rig.provision(target, "coid", CO).await.unwrap();
        let child = rig.provision(target, "copersonid", ADA).await.unwrap();
        children::add(&db, RequestId(parent), &[RequestId(child)]).await.unwrap();
        children::end(&db, &[RequestId(child)]).await.unwrap();
        let stand = format!(
            "UPDATE provisioning_requests SET status = CASE WHEN id = {parent} THEN 'Expanded' ELSE 'Failed' END, \
             expanded = (id = {parent}), ended = CASE WHEN id = {parent} THEN NULL ELSE created END \
             WHERE id IN ({parent}, {child}) RETURNING id AS n"
        );
        rig.numbers(&stand).await;
        if all_of_the_target {
            let message = OfTargetRequest { co_provisioning_target_id: target, error: None };
            assert_eq!(rig.targets().retry(by(&Caller::house(), message)).await.unwrap().into_inner().count, 1);
        } else {
            rig.requests().retry(by(&Caller::house(), ViewRequest { id: child, as_of: None })).await.unwrap();
        }
        withdraw(&rig, parent).await;
        sweep::settle(&rig.app()).await.unwrap();
        assert_eq!(rig.request(child).await.status(), RequestStatus::Queued, "somebody else wishes for it");
        withdraw(&rig, child).await;
        assert_eq!(rig.request(child).await.status(), RequestStatus::Canceled);
    }
    rig.end().await;
}

pub(crate) async fn a_comparison_that_is_asked_for_again_mends_as_it_was_to(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    let compare = async |repair| {
        let message = CompareRequest { co_provisioning_target_id: target, repair, remove_extra: repair };
        rig.targets().compare(by(&Caller::house(), message)).await.unwrap().into_inner().id
    };
    let first = compare(true).await;
    let failed = "UPDATE provisioning_requests SET status = 'Failed', ended = created RETURNING id AS n";
    rig.numbers(failed).await;
    let second = compare(false).await;
    rig.numbers(
        "UPDATE provisioning_requests SET status = 'Failed', wanting = true, ended = created RETURNING id AS n",
    )
    .await;
    wanting::let_go(rig.database.writer(), TargetId(target)).await.unwrap();
    let waits = "SELECT id AS n FROM provisioning_requests WHERE wanting AND repair AND remove_extra";
    assert_eq!(rig.numbers(waits).await, [second], "the one that is to be tried again mends");
    rig.numbers("UPDATE provisioning_requests SET wanting = false, repair = false, remove_extra = false WHERE id = (SELECT MAX(r.id) FROM provisioning_requests AS r) RETURNING id AS n").await;
    rig.numbers(&format!(
        "UPDATE provisioning_requests SET status = 'Queued', ended = NULL WHERE id = {second} RETURNING id AS n"
    ))
    .await;
    rig.requests().retry(by(&Caller::house(), ViewRequest { id: first, as_of: None })).await.unwrap();
    let mends =
        format!("SELECT COUNT(*) AS n FROM provisioning_requests WHERE repair AND remove_extra AND id = {second}");
    assert_eq!(rig.numbers(&mends).await, [1]);
    rig.end().await;
}

/// What was mended in between is not handed down to a later look.
pub(crate) async fn a_comparison_that_only_looks_does_not_mend_what_was_mended(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    let compare = async |repair, becomes: &str| {
        let message = CompareRequest { co_provisioning_target_id: target, repair, remove_extra: repair };
        let id = rig.targets().compare(by(&Caller::house(), message)).await.unwrap().into_inner().id;
        let sql =
            format!("UPDATE provisioning_requests SET {becomes}, ended = created WHERE id = {id} RETURNING id AS n");
        assert_eq!(rig.numbers(&sql).await, [id]);
        id
    };
    compare(true, "status = 'Failed', wanting = true").await;
    compare(true, "status = 'Succeeded'").await;
    let look = compare(false, "status = 'Failed', wanting = true").await;
    wanting::let_go(rig.database.writer(), TargetId(target)).await.unwrap();
    let waits = "SELECT id AS n FROM provisioning_requests WHERE wanting";
    assert_eq!(rig.numbers(waits).await, [look]);
    let mends = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE wanting AND (repair OR remove_extra)";
    assert_eq!(rig.numbers(mends).await, [0], "nobody wished that any more");
    rig.end().await;
}

/// What a first call may still bring about was made by another configuration than what a second one brought about.
pub(crate) async fn what_lands_late_of_a_former_configuration_is_set_right(rig: Rig) {
    let target = rig.add(&Caller::house(), retrying(3, 1)).await.unwrap();
    rig.run();
    for (person, edited) in [(ADA, false), (11, true)] {
        rig.registry.named(person, CO, 1, &format!("p{person}"));
        let calls = || rig.connector.calls().iter().filter(|call| call.subject.id == person).count();
        rig.connector.fail_once(target, ConnectorError::unknown("It did not answer."));
        rig.connector.hold(target);
        let id = rig.provision(target, "copersonid", person).await.unwrap();
        eventually("it is called", async || (calls() == 1).then_some(())).await;
        if edited {
            let other = CoProvisioningTarget { description: Some("Otherwise".to_owned()), ..retrying(3, 1) };
            rig.edit(&Caller::house(), target, other, &[]).await.unwrap();
        }
        rig.connector.let_go(target);
        rig.in_time(rig.becomes(id, RequestStatus::Succeeded)).await;
        for _ in 0..3 {
            rig.pass(Duration::seconds(60)).await;
        }
        rig.quiet().await;
        assert_eq!(calls() > 2, edited, "edited: {edited}, {} calls", calls());
    }
    rig.end().await;
}

pub(crate) async fn who_takes_the_place_does_what_was_wished_before(rig: Rig) {
    let (target, app) = (rig.target(CO, Mode::Automatic).await, rig.app());
    let compare = async |repair| {
        let message = CompareRequest { co_provisioning_target_id: target, repair, remove_extra: repair };
        rig.targets().compare(by(&Caller::house(), message)).await.unwrap().into_inner().id
    };
    let first = compare(true).await;
    take(&rig, &app).await;
    let second = compare(false).await;
    record_outcomes::run(&app, &[handed_back(&rig, &app, first).await]).await.unwrap();
    assert_eq!(rig.request(first).await.status(), RequestStatus::Canceled);
    let wishes =
        format!("SELECT COUNT(*) AS n FROM provisioning_requests WHERE repair AND remove_extra AND id = {second}");
    assert_eq!(rig.numbers(&wishes).await, [1]);
    rig.end().await;
}

/// One that waits because the registry was away has begun all the same: what it stands for goes with it.
pub(crate) async fn a_begun_request_for_many_is_withdrawn_with_what_it_made(rig: Rig) {
    let (target, app, db) = (rig.target(CO, Mode::Automatic).await, rig.app(), rig.database.writer().clone());
    for again in [false, true] {
        let parent = rig.provision(target, "coid", CO).await.unwrap();
        take(&rig, &app).await;
        let begun = format!(
            "UPDATE provisioning_requests SET cursor_kind = 'co_person', cursor_id = {ADA} WHERE id = {parent} RETURNING id AS n"
        );
        rig.numbers(&begun).await;
        let child = rig.provision(target, "copersonid", ADA).await.unwrap();
        children::add(&db, RequestId(parent), &[RequestId(child)]).await.unwrap();
        record_outcomes::run(&app, &[handed_back(&rig, &app, parent).await]).await.unwrap();
        if again {
            // Who asks once more asks for all of it.
            assert_eq!(rig.provision(target, "coid", CO).await.unwrap(), parent);
            let cursors = format!("SELECT COUNT(cursor_id) AS n FROM provisioning_requests WHERE id = {parent}");
            assert_eq!(rig.numbers(&cursors).await, [0]);
            withdraw(&rig, parent).await;
            assert_eq!(rig.request(parent).await.status(), RequestStatus::Queued, "one asks still");
        }
        withdraw(&rig, parent).await;
        assert_ne!(rig.request(parent).await.status(), RequestStatus::Canceled, "what it made is withdrawn first");
        for _ in 0..2 {
            sweep::settle(&app).await.unwrap();
        }
        for id in [child, parent] {
            assert_eq!(rig.request(id).await.status(), RequestStatus::Canceled);
        }
    }
    rig.end().await;
}

/// A comparison that begins anew finds what it made before.
pub(crate) async fn a_parent_that_asks_again_is_one_who_asks(rig: Rig) {
    let (target, db) = (rig.target(CO, Mode::Automatic).await, rig.database.writer().clone());
    let parent = rig.provision(target, "coid", CO).await.unwrap();
    let child = rig.provision(target, "copersonid", ADA).await.unwrap();
    for expected in [1, 1, 2] {
        if expected == 2 {
            rig.provision(target, "copersonid", ADA).await.unwrap();
        }
        assert_eq!(rig.provision(target, "copersonid", ADA).await.unwrap(), child);
        children::count_once(&db, RequestId(parent), &[RequestId(child)]).await.unwrap();
        children::add(&db, RequestId(parent), &[RequestId(child)]).await.unwrap();
        let askers = format!("SELECT askers - 1 AS n FROM provisioning_requests WHERE id = {child}");
        assert_eq!(rig.numbers(&askers).await, [expected], "beside who asked first");
    }
    rig.end().await;
}

/// That the guard lets it go is said of a wish, and of no change that nobody has foreseen.
pub(crate) async fn force_goes_on_to_a_wish_and_to_no_change(rig: Rig) {
    let (target, app) = (rig.target(CO, Mode::Automatic).await, rig.app());
    for (subject, later_is_a_wish) in [(ADA, true), (11, false)] {
        rig.registry.named(subject, CO, 1, &format!("p{subject}"));
        let first = rig.provision(target, "copersonid", subject).await.unwrap();
        let forced = format!("UPDATE provisioning_requests SET forced = true WHERE id = {first} RETURNING id AS n");
        rig.numbers(&forced).await;
        take(&rig, &app).await;
        let second = rig.provision(target, "copersonid", subject).await.unwrap();
        if !later_is_a_wish {
            let change = format!("UPDATE provisioning_requests SET askers = 0 WHERE id = {second} RETURNING id AS n");
            rig.numbers(&change).await;
        }
        record_outcomes::run(&app, &[handed_back(&rig, &app, first).await]).await.unwrap();
        let forced = format!("SELECT COUNT(*) AS n FROM provisioning_requests WHERE forced AND id = {second}");
        assert_eq!(rig.numbers(&forced).await, [i64::from(later_is_a_wish)]);
        rig.numbers("UPDATE provisioning_requests SET status = 'Canceled', ended = created RETURNING id AS n").await;
    }
    rig.end().await;
}

pub(crate) async fn what_has_to_be_done_anyway_does_not_go_with_a_wish(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    let place = Place { target_id: TargetId(target), subject: Subject::new(Kind::Group, GROUP) };
    let due = [Due { co_id: CO, place }];
    for wish_first in [true, false] {
        let wish = async || rig.provision(target, "cogroupid", GROUP).await.unwrap();
        let before = if wish_first { Some(wish().await) } else { None };
        unsettled::enqueue(rig.database.writer(), &due, rig.clock.now()).await.unwrap();
        let id = match before {
            Some(id) => id,
            None => wish().await,
        };
        withdraw(&rig, id).await;
        assert_eq!(rig.request(id).await.status(), RequestStatus::Queued, "a wish first: {wish_first}");
        rig.numbers("UPDATE provisioning_requests SET status = 'Canceled', ended = created RETURNING id AS n").await;
    }
    rig.end().await;
}

pub(crate) async fn a_key_that_is_told_twice_is_mended_once(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Manual).await;
    rig.registry.named(ADA, CO, 1, "k@x");
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(id, RequestStatus::Succeeded).await;
    rig.registry.gone(SubjectKind::CoPerson, ADA, CO, 2);
    rig.connector.tells_twice.store(true, Ordering::SeqCst);
    let message = CompareRequest { co_provisioning_target_id: target, repair: false, remove_extra: true };
    let id = rig.targets().compare(by(&Caller::house(), message)).await.unwrap().into_inner().id;
    rig.becomes(id, RequestStatus::Succeeded).await;
    assert_eq!(rig.connector.known(target), Vec::<String>::new());
    rig.end().await;
}

/// Two who ask for what failed again: the second waits for the first, whose requests run by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_for_again_twice_is_not_taken_from_who_is_at_it() {
    let rig = Rig::postgres().await;
    let target = rig.target(CO, Mode::Automatic).await;
    for by_itself in [false, true] {
        let id = rig.provision(target, "copersonid", ADA).await.unwrap();
        let failed = format!(
            "UPDATE provisioning_requests SET status = 'Failed', wanting = true, ended = now() WHERE id = {id} RETURNING id AS n"
        );
        rig.numbers(&failed).await;
        let first = rig.database.begin().await.unwrap();
        let asker = Asker { actor: "kit", traceparent: None };
        assert_eq!(failed::requeue(&first, TargetId(target), None, &asker, &rig.clock).await.unwrap(), [RequestId(id)]);
        // As if it had been claimed between the commit of the first and the look of the second.
        let runs = format!("UPDATE provisioning_requests SET status = 'Running', fence = 7 WHERE id = {id}");
        sea_orm::ConnectionTrait::execute_unprepared(&*first, &runs).await.unwrap();
        let (database, clock) = (rig.database.clone(), rig.clock.clone());
        let second = tokio::spawn(async move {
            let db = database.writer();
            match by_itself {
                true => wanting::resume(db, TargetId(target), clock.now()).await,
                false => {
                    failed::requeue(db, TargetId(target), None, &Asker { actor: "kit", traceparent: None }, &clock)
                        .await
                }
            }
        });
        waits(&rig).await;
        first.commit().await.unwrap();
        assert_eq!(second.await.unwrap().unwrap(), []);
        assert_eq!(rig.request(id).await.status(), RequestStatus::Running);
        rig.numbers("UPDATE provisioning_requests SET status = 'Canceled', ended = created RETURNING id AS n").await;
    }
    rig.end().await;
}

/// Waits until somebody waits for a row.
async fn waits(rig: &Rig) {
    eventually("it waits for who has the row", async || {
        let waits = "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        (rig.numbers(waits).await == [1]).then_some(())
    })
    .await;
}

/// Only a database with several writers can be at both at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_fails_while_the_wish_in_its_place_is_withdrawn_goes_on() {
    let rig = Rig::postgres().await;
    let app = rig.app();
    let target = rig.target(CO, Mode::Automatic).await;
    let change = rig.provision(target, "copersonid", ADA).await.unwrap();
    take(&rig, &app).await;
    let wish = rig.provision(target, "copersonid", ADA).await.unwrap();
    let withdrawing = rig.database.begin().await.unwrap();
    cancel::wishes(&withdrawing, &[RequestId(wish)], rig.clock.now()).await.unwrap();
    let finished = [handed_back(&rig, &app, change).await];
    let recording = tokio::spawn(async move { record_outcomes::run(&app, &finished).await });
    waits(&rig).await;
    withdrawing.commit().await.unwrap();
    assert_eq!(recording.await.unwrap().unwrap(), 1);
    assert_eq!(rig.request(wish).await.status(), RequestStatus::Canceled);
    assert_eq!(rig.request(change).await.status(), RequestStatus::Queued);
    rig.numbers("UPDATE provisioning_requests SET status = 'Canceled', ended = created RETURNING id AS n").await;
    rig.end().await;
}

/// It may have made the group, and broken off before it was filled.
pub(crate) async fn who_takes_the_place_of_a_group_that_was_begun_fills_it(rig: Rig) {
    rig.run();
    let target = rig.add(&Caller::house(), retrying(5, 10)).await.unwrap();
    rig.connector.hold(target);
    rig.connector.fail_once(target, ConnectorError::retryable(AWAY));
    rig.change("first", CO, SubjectKind::CoGroup, GROUP, Action::Updated).await;
    rig.called(1).await;
    rig.change("second", CO, SubjectKind::CoGroup, GROUP, Action::Updated).await;
    eventually("the second one waits", async || {
        let waiting = rig.numbers("SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Queued'").await;
        (waiting == [1]).then_some(())
    })
    .await;
    rig.connector.let_go(target);
    rig.in_time(rig.called(2)).await;
    let fills: Vec<bool> = rig.connector.calls().into_iter().map(|call| call.fills).collect();
    assert_eq!(fills, [false, true]);
    rig.end().await;
}

/// It may have made the group: a newer change fills it, and does its work by that.
pub(crate) async fn a_group_that_failed_by_half_is_filled_when_its_target_answers(rig: Rig) {
    rig.run();
    let target = rig.add(&Caller::house(), retrying(1, 10)).await.unwrap();
    rig.connector.fail(target, Some(ConnectorError::retryable(AWAY)));
    rig.change("first", CO, SubjectKind::CoGroup, GROUP, Action::Updated).await;
    rig.in_time(rig.all_ended(target, 1)).await;
    let before = rig.connector.calls().len();
    rig.connector.fail(target, None);
    rig.change("second", CO, SubjectKind::CoGroup, GROUP, Action::Updated).await;
    rig.in_time(rig.all_ended(target, 2)).await;
    let fills: Vec<bool> = rig.connector.calls().into_iter().skip(before).map(|call| call.fills).collect();
    assert_eq!(fills, [true]);
    wanting::let_go(rig.database.writer(), TargetId(target)).await.unwrap();
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM provisioning_requests WHERE wanting").await, [0], "it is done");
    rig.end().await;
}

/// Somebody may have taken its entry away, which was made again and not filled.
pub(crate) async fn a_group_whose_last_request_was_refused_or_canceled_is_filled_by_the_next(rig: Rig) {
    rig.run();
    let target = rig.add(&Caller::house(), retrying(5, 600)).await.unwrap();
    let fills = async |count: usize| -> Vec<bool> {
        rig.in_time(rig.called(count)).await;
        rig.connector.calls().into_iter().map(|call| call.fills).collect()
    };
    let newest = async || rig.numbers("SELECT MAX(id) AS n FROM provisioning_requests").await[0];
    let change = async |message: &str| rig.change(message, CO, SubjectKind::CoGroup, GROUP, Action::Updated).await;
    change("made").await;
    rig.in_time(rig.all_ended(target, 1)).await;

    rig.connector.fail_once(target, ConnectorError::permanent("No."));
    change("refused").await;
    rig.in_time(rig.all_ended(target, 2)).await;
    change("after it was refused").await;
    assert_eq!(fills(3).await, [false, false, true]);
    rig.in_time(rig.all_ended(target, 3)).await;

    change("after it was filled").await;
    assert!(!fills(4).await[3], "what succeeded has filled it");
    rig.in_time(rig.all_ended(target, 4)).await;

    rig.connector.fail_once(target, ConnectorError::retryable(AWAY));
    change("away").await;
    rig.in_time(rig.called(5)).await;
    rig.becomes(newest().await, RequestStatus::Retrying).await;
    withdraw(&rig, newest().await).await;
    change("after it was canceled").await;
    assert!(fills(6).await[5]);
    rig.in_time(rig.all_ended(target, 6)).await;

    // As who died in a call leaves it.
    rig.numbers("UPDATE subject_states SET unsettled_until = '2999-01-01 00:00:00+00:00' RETURNING subject_id AS n")
        .await;
    change("after somebody died").await;
    assert!(fills(7).await[6]);
    rig.end().await;
}
