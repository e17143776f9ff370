//! What a target calls a subject is that subject's, until it is called otherwise there.

use chrono::Duration;
use proto::{
    caller::Caller,
    events::v1::Action,
    provisioning::v1::{CoProvisioningTarget, Mode, RequestStatus},
    registry::v1::{DeleteRequest, SubjectKind},
};
use provisioning_service::{
    WorkerSettings,
    domain::{
        ids::TargetId,
        outcome::ConnectorError,
        subject::{Kind, Subject},
    },
    store::{awaited, holders, keys::Key, states::Place, wanting},
};

use crate::{
    rig::{ADA, CO, Rig, by, fake, settings},
    waiting::eventually,
};

/// Who comes after.
const NEXT: i64 = 11;

async fn retrying(rig: &Rig) -> i64 {
    let target = CoProvisioningTarget { max_retry: Some(9), retry_interval: Some(1), ..fake(CO, Mode::Manual) };
    rig.add(&Caller::house(), target).await.unwrap()
}

/// What others wrote beside it, a password or a key, would be the other one's.
pub(crate) async fn who_is_called_like_another_one_does_not_take_its_place(rig: Rig) {
    rig.run();
    let target = retrying(&rig).await;
    rig.registry.named(ADA, CO, 1, "ada");
    let first = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(first, RequestStatus::Succeeded).await;
    // Both were changed in the registry; nobody asked for the first one yet.
    rig.registry.named(ADA, CO, 2, "lovelace");
    rig.registry.named(NEXT, CO, 1, "ada");
    let early = rig.provision(target, "copersonid", NEXT).await.unwrap();
    let failed = rig.becomes(early, RequestStatus::Failed).await;
    let said = failed.last_error.unwrap_or_default();
    assert!(said.contains(&format!("CO Person {ADA} is called so")), "{said}");
    assert_eq!(rig.connector.calls().len(), 1, "the target was not called");

    let renamed = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(renamed, RequestStatus::Succeeded).await;
    // It took its place along, and who waits for the name is asked for again.
    eventually("both are there", async || (rig.connector.known(target) == ["ada", "lovelace"]).then_some(())).await;
    rig.quiet().await;
    rig.end().await;
}

/// One that is to be renamed first is waited for, whoever's turn came first.
pub(crate) async fn who_is_to_be_called_like_one_that_leaves_waits_for_it(rig: Rig) {
    rig.run();
    let target = retrying(&rig).await;
    rig.registry.named(ADA, CO, 1, "ada");
    let first = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(first, RequestStatus::Succeeded).await;
    rig.registry.named(ADA, CO, 2, "lovelace");
    rig.registry.named(NEXT, CO, 1, "ada");
    rig.connector.hold(target);
    let renamed = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(2).await;
    let next = rig.provision(target, "copersonid", NEXT).await.unwrap();
    let waits = rig.becomes(next, RequestStatus::Retrying).await;
    let said = waits.last_error.unwrap_or_default();
    assert!(said.contains(&format!("CO Person {ADA} is called so")), "{said}");
    rig.connector.let_go(target);
    rig.becomes(renamed, RequestStatus::Succeeded).await;
    rig.pass(Duration::seconds(70)).await;
    rig.in_time(rig.becomes(next, RequestStatus::Succeeded)).await;
    assert_eq!(rig.connector.known(target), ["ada", "lovelace"]);
    rig.end().await;
}

/// A name that somebody waited for, and got none of, is nothing that the target has.
pub(crate) async fn who_waited_for_a_name_in_vain_keeps_nobody_busy(rig: Rig) {
    rig.run();
    let target = retrying(&rig).await;
    let provision = async |person: i64, name: &str, revision: i64, becomes| {
        rig.registry.named(person, CO, revision, name);
        let id = rig.provision(target, "copersonid", person).await.unwrap();
        rig.becomes(id, becomes).await;
    };
    provision(ADA, "ada", 1, RequestStatus::Succeeded).await;
    provision(NEXT, "bea", 1, RequestStatus::Succeeded).await;
    provision(NEXT, "ada", 2, RequestStatus::Failed).await;
    provision(ADA, "bea", 2, RequestStatus::Failed).await;
    provision(NEXT, "bea", 3, RequestStatus::Succeeded).await;
    provision(ADA, "ada", 3, RequestStatus::Succeeded).await;
    rig.quiet().await;
    assert_eq!(rig.connector.known(target), ["ada", "bea"]);
    assert_eq!(rig.connector.calls().len(), 4, "nobody is asked for but those who were");
    let waits = "SELECT COUNT(*) AS n FROM awaited_names";
    provision(ADA, "lovelace", 4, RequestStatus::Succeeded).await;
    rig.quiet().await;
    assert_eq!(rig.connector.known(target), ["bea", "lovelace"]);
    assert_eq!(rig.numbers(waits).await, [0]);
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await, [0]);
    rig.end().await;
}

/// Of two that are to be called the same the first one is, and the other one is told of it.
pub(crate) async fn two_are_not_called_the_same(rig: Rig) {
    let target = retrying(&rig).await;
    for person in [ADA, NEXT] {
        rig.registry.named(person, CO, 1, "ada");
        rig.provision(target, "copersonid", person).await.unwrap();
    }
    rig.run();
    rig.in_time(async {
        let ends = rig.all_ended(target, 2).await;
        let one = |status| ends.iter().find(|request| request.status() == status).unwrap_or_else(|| panic!("{ends:?}"));
        let (good, bad) = (one(RequestStatus::Succeeded), one(RequestStatus::Failed));
        let said = bad.last_error.clone().unwrap_or_default();
        assert!(said.contains(&format!("CO Person {} is called so", good.co_person_id.unwrap())), "{said}");
    })
    .await;
    assert_eq!(rig.connector.known(target), ["ada"]);
    rig.end().await;
}

/// A place that is to be settled is asked for again until nothing can land there any more, and not for ever.
pub(crate) async fn who_is_to_be_settled_and_waits_for_a_name_is_not_asked_for_for_ever(rig: Rig) {
    rig.run();
    let target = retrying(&rig).await;
    rig.registry.named(ADA, CO, 1, "ada");
    let first = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(first, RequestStatus::Succeeded).await;
    rig.registry.named(NEXT, CO, 1, "bea");
    rig.connector.fail(target, Some(ConnectorError::unknown("The server answered 504 Gateway Timeout.")));
    let lost = rig.provision(target, "copersonid", NEXT).await.unwrap();
    rig.becomes(lost, RequestStatus::Retrying).await;
    rig.registry.named(NEXT, CO, 2, "ada");
    rig.connector.fail(target, None);
    let count = "SELECT COUNT(*) AS n FROM provisioning_requests";
    for _ in 0..3 {
        rig.pass(Duration::seconds(70)).await;
        rig.quiet().await;
    }
    let before = rig.numbers(count).await;
    for _ in 0..10 {
        rig.pass(Duration::seconds(70)).await;
        rig.quiet().await;
    }
    assert_eq!(rig.numbers(count).await, before, "nothing can land any more, and the name is taken still");
    rig.registry.named(ADA, CO, 2, "lovelace");
    let renamed = rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.becomes(renamed, RequestStatus::Succeeded).await;
    eventually("who waited got it", async || (rig.connector.known(target) == ["ada", "lovelace"]).then_some(())).await;
    rig.end().await;
}

/// A change that waits for a name was accepted, whatever somebody wished for the same beside it.
pub(crate) async fn a_wish_that_is_withdrawn_takes_no_change_along_that_waits_for_a_name(rig: Rig) {
    rig.run();
    let target = CoProvisioningTarget { max_retry: Some(9), retry_interval: Some(60), ..fake(CO, Mode::Automatic) };
    let target = rig.add(&Caller::house(), target).await.unwrap();
    let change = async |id: &str, person: i64, revision: i64, name: &str| {
        rig.registry.named(person, CO, revision, name);
        rig.change(id, CO, SubjectKind::CoPerson, person, Action::Updated).await;
    };
    change("1", ADA, 1, "ada").await;
    change("2", NEXT, 1, "bea").await;
    rig.called(2).await;
    rig.quiet().await;
    change("3", NEXT, 2, "ada").await;
    let failed = "SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Failed'";
    eventually("the name is taken", async || (rig.numbers(failed).await == [1]).then_some(())).await;
    rig.connector.hold(target);
    change("4", ADA, 2, "ada").await;
    rig.called(3).await;
    let wish = rig.provision(target, "copersonid", NEXT).await.unwrap();
    rig.becomes(wish, RequestStatus::Retrying).await;
    rig.requests().delete(by(&Caller::house(), DeleteRequest { id: wish, if_match: None })).await.unwrap();
    rig.connector.let_go(target);
    rig.quiet().await;
    change("5", ADA, 3, "lovelace").await;
    eventually("who waited got it", async || (rig.connector.known(target) == ["ada", "lovelace"]).then_some(())).await;
    rig.end().await;
}

/// Of two that wait for the same name one goes first; not before one that may have it at the target already.
pub(crate) async fn who_may_be_there_already_goes_first(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let place = |id: i64| Place { target_id: TargetId(target), subject: Subject::new(Kind::Person, id) };
    let write = async |sql: &str| rig.numbers(sql).await;
    let note = async |id: i64, (wanted, waits, may_be): (bool, bool, bool), by_refusal: bool| {
        let (unsettled, sent) = (may_be && !by_refusal, may_be && by_refusal);
        write(&format!(
            "INSERT INTO target_keys (co_provisioning_target_id, subject_kind, subject_id, key, wanted, sent) \
             VALUES ({target}, 'co_person', {id}, 'ada', {wanted}, {sent}) RETURNING subject_id AS n"
        ))
        .await;
        if waits {
            write(&format!(
                "INSERT INTO awaited_names (co_provisioning_target_id, subject_kind, subject_id, key) \
                 VALUES ({target}, 'co_person', {id}, 'ada') RETURNING subject_id AS n"
            ))
            .await;
        }
        let until = if unsettled { "'2031-01-01 00:00:00+00:00'" } else { "NULL" };
        write(&format!(
            "INSERT INTO subject_states (co_provisioning_target_id, subject_kind, subject_id, status, revision, modified, \
             unsettled_until) VALUES ({target}, 'co_person', {id}, 'Unknown', 0, '2025-01-01 00:00:00+00:00', {until}) \
             RETURNING subject_id AS n"
        ))
        .await;
    };
    let held_up = async |id: i64| {
        let key = Key { key: "ada".to_owned(), wanted: true };
        let holders = holders::of(rig.database.writer(), &[(place(id), key)]).await.unwrap();
        holders.into_values().map(|holder| holder.subject.id).collect::<Vec<_>>()
    };
    let forget = async || {
        for table in ["target_keys", "awaited_names", "subject_states"] {
            write(&format!("DELETE FROM {table} RETURNING subject_id AS n")).await;
        }
    };
    // (wanted, waits, may be there: unsettled, or refused in the middle of a call) of the one and of the other; who holds up the one, and the other.
    let cases = [
        ((false, true, false), (false, true, false), (false, false)),
        ((false, true, true), (false, true, false), (false, true)),
        ((false, true, true), (false, true, true), (false, true)),
        ((false, true, false), (true, false, false), (true, false)),
        ((false, true, true), (true, false, false), (true, true)),
        ((false, false, false), (true, false, false), (true, false)),
        ((false, false, true), (true, false, true), (true, false)),
        ((false, false, false), (false, true, false), (false, true)),
    ];
    for (case, (by_one, by_other)) in cases
        .iter()
        .flat_map(|case| [(false, false), (false, true), (true, false), (true, true)].map(|refused| (case, refused)))
    {
        let (one, other, expected) = *case;
        note(ADA, one, by_one).await;
        note(NEXT, other, by_other).await;
        let found = (!held_up(ADA).await.is_empty(), !held_up(NEXT).await.is_empty());
        assert_eq!(found, expected, "{one:?} {by_one}, {other:?} {by_other}");
        forget().await;
    }
    rig.end().await;
}

/// What was written down before it had to wait was never sent: the target may have something of that name, which others made.
pub(crate) async fn what_was_not_sent_is_taken_back_before_it_is_read_again(rig: Rig) {
    rig.run_with(WorkerSettings { per_target: 1, ..settings() }).await;
    let target = rig.target(CO, Mode::Manual).await;
    rig.registry.named(ADA, CO, 1, "lovelace");
    rig.registry.named(NEXT, CO, 1, "ada");
    rig.connector.hold(target);
    rig.provision(target, "copersonid", ADA).await.unwrap();
    rig.called(1).await;
    let id = rig.provision(target, "copersonid", NEXT).await.unwrap();
    let noted = async || rig.numbers("SELECT COUNT(*) AS n FROM target_keys WHERE key = 'ada'").await;
    eventually("its name is written down", async || (noted().await == [1]).then_some(())).await;
    rig.registry.named(NEXT, CO, 2, "bea");
    // Longer than what was read is good for, by the worker's own monotonic clock. If that is too long for a turn, it is put
    // off, and read again as well.
    tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    rig.connector.let_go(target);
    rig.in_time(rig.becomes(id, RequestStatus::Succeeded)).await;
    let last = rig.connector.calls().pop().unwrap();
    assert_eq!((last.revision, last.former_keys), (2, vec![]), "nothing of it was sent that could be taken away");
    assert_eq!(noted().await, [0]);
    rig.end().await;
}

/// A call of several steps may have made an entry before it was refused; who found the name taken made none.
pub(crate) async fn who_was_refused_may_be_there(rig: Rig) {
    let target = CoProvisioningTarget { max_retry: Some(9), retry_interval: Some(1), ..fake(CO, Mode::Manual) };
    let target = rig.add(&Caller::house(), target).await.unwrap();
    rig.run();
    rig.registry.named(NEXT, CO, 1, "ada");
    for (error, sent) in [
        (ConnectorError::Taken { message: "It is that of another one.".to_owned(), is_key: true }, 0),
        (ConnectorError::retryable("It is full."), 1),
    ] {
        rig.connector.fail(target, Some(error));
        let tried = rig.provision(target, "copersonid", NEXT).await.unwrap();
        rig.becomes(tried, RequestStatus::Retrying).await;
        let found = rig.numbers("SELECT COUNT(*) AS n FROM target_keys WHERE wanted AND sent").await;
        assert_eq!(found, [sent]);
    }
    rig.connector.fail(target, None);
    rig.pass(Duration::seconds(5)).await;
    rig.quiet().await;
    assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await, [0], "it is there, and called so");
    rig.end().await;
}

/// Who fills a group meanwhile counts whoever is to be called so: not who has nothing there.
pub(crate) async fn who_has_nothing_under_a_name_is_not_called_so(rig: Rig) {
    let target = CoProvisioningTarget { max_retry: Some(9), retry_interval: Some(1), ..fake(CO, Mode::Manual) };
    let target = rig.add(&Caller::house(), target).await.unwrap();
    rig.run();
    rig.registry.named(NEXT, CO, 1, "ada");
    let taken = |is_key| ConnectorError::Taken { message: "It is that of another one.".to_owned(), is_key };
    // At a SCIM server a name is taken that is not the key: what was made is there still.
    for (error, called) in [(ConnectorError::retryable("It is full."), 1), (taken(false), 1), (taken(true), 0)] {
        rig.connector.fail(target, Some(error));
        let tried = rig.provision(target, "copersonid", NEXT).await.unwrap();
        rig.becomes(tried, RequestStatus::Retrying).await;
        assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM target_keys WHERE wanted").await, [called]);
        assert_eq!(rig.numbers("SELECT COUNT(*) AS n FROM target_keys").await, [1], "nor is it forgotten");
    }
    rig.connector.fail(target, None);
    rig.pass(Duration::seconds(5)).await;
    rig.quiet().await;
    assert_eq!(rig.connector.calls().pop().unwrap().former_keys, Vec::<String>::new(), "it is its own after all");
    rig.end().await;
}

/// Who waits for the same name goes one after the other: two that are let go at once would see each other.
pub(crate) async fn of_several_that_wait_for_a_name_one_is_asked_for(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let db = rig.database.writer();
    let place = |id: i64| Place { target_id: TargetId(target), subject: Subject::new(Kind::Person, id) };
    for id in [12, ADA, NEXT] {
        for (table, column, value) in [("target_keys", ", wanted", ", false"), ("awaited_names", "", "")] {
            let sql = format!(
                "INSERT INTO {table} (co_provisioning_target_id, subject_kind, subject_id, key{column}) \
                 VALUES ({target}, 'co_person', {id}, 'ada'{value}) RETURNING subject_id AS n"
            );
            rig.numbers(&sql).await;
        }
    }
    let waits = async || rig.numbers("SELECT subject_id AS n FROM awaited_names ORDER BY subject_id").await;
    assert_eq!(awaited::forgotten(db).await.unwrap(), [(CO, place(ADA))]);
    assert_eq!(waits().await, [NEXT, 12]);
    let gone = [(place(ADA), "ada".to_owned())];
    assert_eq!(awaited::freed(db, &gone).await.unwrap(), [place(NEXT)]);
    assert_eq!(waits().await, [12]);
    rig.end().await;
}

/// Of who lets go of a name at a target that is disabled nobody is told: the next look does, when it is not any more.
pub(crate) async fn who_waits_at_a_target_that_is_disabled_waits_on(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let (db, place) =
        (rig.database.writer(), Place { target_id: TargetId(target), subject: Subject::new(Kind::Person, 11) });
    let waits = format!(
        "INSERT INTO awaited_names (co_provisioning_target_id, subject_kind, subject_id, key) \
         VALUES ({target}, 'co_person', 11, 'ada') RETURNING subject_id AS n"
    );
    rig.numbers(&waits).await;
    let freed = [(Place { subject: Subject::new(Kind::Person, ADA), ..place }, "ada".to_owned())];
    for (status, found) in [("X", vec![]), ("M", vec![place])] {
        rig.numbers(&format!("UPDATE co_provisioning_targets SET status = '{status}' RETURNING id AS n")).await;
        assert_eq!(awaited::freed(db, &freed).await.unwrap(), found, "{status}");
    }
    rig.end().await;
}

/// The target answers, and has nothing to do with it: each answer to others would have it tried again.
pub(crate) async fn who_finds_its_name_taken_at_the_target_leaves_it_in_peace(rig: Rig) {
    let target = CoProvisioningTarget { max_retry: Some(1), retry_interval: Some(1), ..fake(CO, Mode::Manual) };
    let target = rig.add(&Caller::house(), target).await.unwrap();
    rig.run();
    rig.registry.named(NEXT, CO, 1, "ada");
    rig.connector
        .fail(target, Some(ConnectorError::Taken { message: "It is that of another one.".to_owned(), is_key: true }));
    let failed = rig.provision(target, "copersonid", NEXT).await.unwrap();
    rig.becomes(failed, RequestStatus::Retrying).await;
    rig.pass(Duration::seconds(2)).await;
    rig.becomes(failed, RequestStatus::Failed).await;
    rig.connector.fail(target, None);
    let db = rig.database.writer();
    let resumed = async || wanting::resume(db, TargetId(target), rig.clock.now()).await.unwrap().len();
    assert_eq!(resumed().await, 0, "not at once");
    let probed = wanting::probe(db, TargetId(target), rig.clock.now()).await.unwrap();
    assert_eq!(probed, [], "nor to find out whether the target answers");
    rig.clock.advance(Duration::seconds(5));
    assert_eq!(resumed().await, 1, "four seconds after its second attempt");
    rig.end().await;
}
