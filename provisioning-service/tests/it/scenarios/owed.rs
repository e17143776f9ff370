//! What is owed to a place, whatever else happens there: groups that are to be filled, keys, and what ends for good.

use chrono::Duration;
use proto::{
    caller::Caller,
    events::v1::Action,
    provisioning::v1::Mode,
    registry::v1::{DeleteRequest, SubjectKind},
};
use provisioning_service::{
    app::{App, record_outcomes, record_outcomes::Finished},
    domain::{
        ids::{RequestId, TargetId},
        outcome::Attempt,
        subject::{Kind, Subject},
    },
    store::{
        cancel,
        claim::{self, Room, Scope},
        erasures,
        failed::{self, Asker},
        keys::{self, Key},
        leases::Held,
        requests,
        states::Place,
        unsettled::{self, Due},
        wanting,
    },
};

use crate::rig::{ADA, CO, GROUP, Rig, by};

const FILLING: &str = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE action = 'GR' AND changed = 'GR' \
                       AND status IN ('Queued', 'Retrying', 'Held')";

fn place_of(target_id: i64, subject: Subject) -> Place {
    Place { target_id: TargetId(target_id), subject }
}

/// The engine's own work: a call left a group that may lack somebody.
async fn owe(rig: &Rig, target: i64) {
    let due = [Due { co_id: CO, place: place_of(target, Subject::new(Kind::Group, GROUP)) }];
    unsettled::enqueue(rig.database.writer(), &due, rig.clock.now()).await.unwrap();
}

async fn group_changes(rig: &Rig, id: &str) {
    rig.change(id, CO, SubjectKind::CoGroup, GROUP, Action::Updated).await;
}

async fn take(rig: &Rig, app: &App) -> i64 {
    let taken =
        claim::due(rig.database.writer(), (&Scope::AllBut(Vec::new()), &Room::endless()), &app.clock, app.lease, 1)
            .await
            .unwrap();
    taken[0].id.0
}

async fn hand_back(rig: &Rig, app: &App, id: i64) {
    let request = requests::find(rig.database.reader(), RequestId(id)).await.unwrap().unwrap();
    let (subject, now) = (request.subject().unwrap(), app.clock.now());
    let attempt = Attempt::Postponed("The target is busy.".to_owned());
    let finished = Finished { request, subject, target: None, started: now, ended: now, attempt, landed: None };
    record_outcomes::run(app, &[finished]).await.unwrap();
}

async fn begin_anew(rig: &Rig) {
    rig.numbers("UPDATE provisioning_requests SET status = 'Canceled', ended = created RETURNING id AS n").await;
}

pub(crate) async fn a_group_that_is_to_be_filled_is_filled_whatever_changes(rig: Rig) {
    let consumer = rig.consume_only().await;
    let (target, app) = (rig.target(CO, Mode::Automatic).await, rig.app());
    let waits = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Queued'";

    owe(&rig, target).await;
    group_changes(&rig, "merged").await;
    assert_eq!(rig.numbers(FILLING).await, [1], "a change that comes to it");
    begin_anew(&rig).await;

    group_changes(&rig, "before").await;
    owe(&rig, target).await;
    assert_eq!(rig.numbers(FILLING).await, [1], "a change that waits already");
    begin_anew(&rig).await;

    owe(&rig, target).await;
    let first = take(&rig, &app).await;
    group_changes(&rig, "in its place").await;
    assert_eq!(rig.numbers(waits).await, [1]);
    hand_back(&rig, &app, first).await;
    assert_eq!(rig.numbers(FILLING).await, [1], "a change in its place");
    begin_anew(&rig).await;

    owe(&rig, target).await;
    let wish = rig.provision(target, "cogroupid", GROUP).await.unwrap();
    group_changes(&rig, "wished").await;
    rig.requests().delete(by(&Caller::house(), DeleteRequest { id: wish, if_match: None })).await.unwrap();
    assert_eq!(rig.numbers(FILLING).await, [1], "a wish that is withdrawn");
    begin_anew(&rig).await;

    owe(&rig, target).await;
    rig.change("deleted", CO, SubjectKind::CoGroup, GROUP, Action::Deleted).await;
    let gone = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Queued' AND action = 'GD'";
    assert_eq!(rig.numbers(gone).await, [1], "a group that is gone is not filled");
    consumer.cancel();
    rig.end().await;
}

pub(crate) async fn who_is_refused_again_and_again_keeps_no_group_from_being_filled(rig: Rig) {
    let (target, db) = (rig.target(CO, Mode::Automatic).await, rig.database.writer().clone());
    // The one that fills failed for want of the target, and then a change: in turn failed as well, and done.
    for (later, resumed) in [("'Failed', wanting = true", "GR"), ("'Succeeded'", "GR")] {
        owe(&rig, target).await;
        let failed = "UPDATE provisioning_requests SET status = 'Failed', wanting = true, ended = created WHERE status = 'Queued' RETURNING id AS n";
        rig.numbers(failed).await;
        let wish = rig.provision(target, "cogroupid", GROUP).await.unwrap();
        let change = format!(
            "UPDATE provisioning_requests SET action = 'GU', changed = 'GU', askers = 0, manual = false, ended = created, \
             status = {later} WHERE id = {wish} RETURNING id AS n"
        );
        rig.numbers(&change).await;
        wanting::let_go(&db, TargetId(target)).await.unwrap();
        let again = wanting::resume(&db, TargetId(target), rig.clock.now()).await.unwrap();
        assert_eq!(again.len(), 1, "{later}");
        let fills =
            format!("SELECT COUNT(*) AS n FROM provisioning_requests WHERE action = '{resumed}' AND id = {}", again[0]);
        assert_eq!(rig.numbers(&fills).await, [1], "{later}");
        begin_anew(&rig).await;
        rig.numbers("UPDATE provisioning_requests SET wanting = false RETURNING id AS n").await;
    }
    owe(&rig, target).await;
    rig.numbers(
        "UPDATE provisioning_requests SET status = 'Failed', ended = created WHERE status = 'Queued' RETURNING id AS n",
    )
    .await;
    let asker = Asker { actor: "kit", traceparent: None };
    assert_eq!(failed::requeue(&db, TargetId(target), None, &asker, &rig.clock).await.unwrap().len(), 1);
    rig.end().await;
}

pub(crate) async fn a_change_that_failed_is_not_withdrawn_with_a_wish_that_failed_after_it(rig: Rig) {
    let (target, db) = (rig.target(CO, Mode::Automatic).await, rig.database.writer().clone());
    let change = rig.provision(target, "copersonid", ADA).await.unwrap();
    let fails = |what: &str, id: i64| {
        format!(
            "UPDATE provisioning_requests SET status = 'Failed', wanting = true, ended = created{what} WHERE id = {id} RETURNING id AS n"
        )
    };
    rig.numbers(&fails(", action = 'PU', changed = 'PU', askers = 0, manual = false", change)).await;
    let wish = rig.provision(target, "copersonid", ADA).await.unwrap();
    assert_ne!(wish, change);
    rig.numbers(&fails(", digest = 'd'", wish)).await;
    wanting::let_go(&db, TargetId(target)).await.unwrap();
    assert_eq!(wanting::resume(&db, TargetId(target), rig.clock.now()).await.unwrap(), [RequestId(wish)]);
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM provisioning_requests WHERE digest IS NOT NULL").await, [0]);
    cancel::wishes(&db, &[RequestId(wish)], rig.clock.now()).await.unwrap();
    let waits = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Queued' AND changed = 'PU'";
    assert_eq!(rig.numbers(waits).await, [1], "the change is carried out, whoever withdraws the wish");
    rig.end().await;
}

pub(crate) async fn a_plan_that_was_looked_at_does_not_bind_what_has_to_be_done(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    let wish = rig.provision(target, "cogroupid", GROUP).await.unwrap();
    let bound =
        format!("UPDATE provisioning_requests SET digest = 'd', forced = true WHERE id = {wish} RETURNING id AS n");
    rig.numbers(&bound).await;
    owe(&rig, target).await;
    let free = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE digest IS NULL AND forced";
    assert_eq!(rig.numbers(free).await, [1], "nothing has changed, so what was let go is not held again");
    rig.end().await;
}

pub(crate) async fn who_is_tried_first_takes_turns(rig: Rig) {
    let (target, db) = (rig.target(CO, Mode::Automatic).await, rig.database.writer().clone());
    rig.registry.named(11, CO, 1, "eve");
    let many = rig.provision(target, "coid", CO).await.unwrap();
    let (first, second) = (
        rig.provision(target, "copersonid", ADA).await.unwrap(),
        rig.provision(target, "copersonid", 11).await.unwrap(),
    );
    let failed =
        "UPDATE provisioning_requests SET status = 'Failed', wanting = true, ended = created RETURNING id AS n";
    rig.numbers(failed).await;
    let mut tried: Vec<i64> = Vec::new();
    for _ in 0..3 {
        rig.clock.advance(Duration::seconds(30));
        let now = rig.clock.now();
        let probed = wanting::probe(&db, TargetId(target), now).await.unwrap();
        tried.extend(probed.iter().map(|id| id.0));
        requests_fail(&rig, probed[0].0, now).await;
    }
    assert_eq!(tried, [first, second, first], "one that is refused again keeps no other waiting");
    for id in [first, second] {
        rig.numbers(&format!("UPDATE provisioning_requests SET wanting = false WHERE id = {id} RETURNING id AS n"))
            .await;
    }
    assert_eq!(wanting::probe(&db, TargetId(target), rig.clock.now()).await.unwrap(), [RequestId(many)]);
    rig.end().await;
}

/// As if a worker had found that the target refuses it.
async fn requests_fail(rig: &Rig, id: i64, now: chrono::DateTime<chrono::Utc>) {
    let sql = "UPDATE provisioning_requests SET status = 'Failed', ended = $2 WHERE id = $1";
    let db = rig.database.writer();
    let statement = sea_orm::Statement::from_sql_and_values(rig.database.backend(), sql, [id.into(), now.into()]);
    sea_orm::ConnectionTrait::execute_raw(db, statement).await.unwrap();
}

pub(crate) async fn what_a_deleted_target_was_waited_for_goes(rig: Rig) {
    let target = rig.target(CO, Mode::Automatic).await;
    rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.numbers(
        "UPDATE provisioning_requests SET status = 'Failed', wanting = true, ended = created RETURNING id AS n",
    )
    .await;
    cancel::of_targets(rig.database.writer(), &[TargetId(target)], "It was deleted.", rig.clock.now()).await.unwrap();
    let waits = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE wanting";
    assert_eq!(rig.numbers(waits).await, [0], "nothing of it is kept from going away");
    rig.end().await;
}

pub(crate) async fn who_was_erased_is_forgotten_after_a_lost_answer(rig: Rig) {
    let (target, db) = (rig.target(CO, Mode::Automatic).await, rig.database.writer().clone());
    let (ada, now) = (Subject::new(Kind::Person, ADA), rig.clock.now());
    erasures::note(&db, CO, ada, now).await.unwrap();
    let until = now + Duration::seconds(60);
    for (due, ripe) in [(Some(until), false), (None, true)] {
        let may_land = provisioning_service::domain::unsettled::Unsettled { until, content: None, due, rounds: 0 };
        unsettled::write(&db, &[(place_of(target, ada), Some(may_land))], now).await.unwrap();
        assert_eq!(erasures::ripe(&db, &rig.clock, 10).await.unwrap(), [], "it may land still");
        if due.is_none() {
            rig.clock.advance(Duration::seconds(61));
        }
        assert_eq!(erasures::ripe(&db, &rig.clock, 10).await.unwrap().contains(&ada), ripe);
    }
    // What the target would not give up is known by its keys alone.
    let key = Key { key: "k".to_owned(), wanted: false };
    keys::intend(&db, &[(place_of(target, ada), key)]).await.unwrap();
    for (error, ripe) in [("'It may not be deleted.'", false), ("NULL", true)] {
        rig.numbers(&format!("UPDATE subject_states SET last_error = {error} RETURNING subject_id AS n")).await;
        assert_eq!(erasures::ripe(&db, &rig.clock, 10).await.unwrap().contains(&ada), ripe, "{error}");
    }
    rig.end().await;
}

pub(crate) async fn who_lost_a_request_writes_down_no_keys(rig: Rig) {
    let (target, app) = (rig.target(CO, Mode::Automatic).await, rig.app());
    let id = rig.provision(target, "copersonid", ADA).await.unwrap();
    take(&rig, &app).await;
    let place = place_of(target, Subject::new(Kind::Person, ADA));
    let key = |key: &str| Key { key: key.to_owned(), wanted: false };
    let db = rig.database.writer();
    for (fence, name, written) in [(1, "held", 1), (0, "lost", 1), (2, "never", 1)] {
        keys::intend_by(db, &[(Held { id: RequestId(id), fence }, place, key(name))]).await.unwrap();
        assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await, [written], "{name}");
    }
    rig.numbers("UPDATE provisioning_requests SET status = 'Succeeded' RETURNING id AS n").await;
    keys::intend_by(db, &[(Held { id: RequestId(id), fence: 1 }, place, key("late"))]).await.unwrap();
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await, [1]);
    rig.end().await;
}
