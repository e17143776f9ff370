//! Many wishes at once.

use futures::future::join_all;
use proto::{
    caller::Caller,
    provisioning::v1::{Mode, RequestStatus},
    registry::v1::Provisionable,
};
use provisioning_service::{
    app::wishes::Wish as Asked,
    domain::{
        ids::{RequestId, TargetId},
        subject::{Kind, Subject},
    },
    store::requests::{self, New, Wish},
};
use sea_orm::DbBackend;

use crate::rig::{ADA, CO, OTHER, Rig, of_co, phrase};

fn wish(target_id: i64, person: i64, actor: &str) -> New {
    New {
        co_id: CO,
        target_id: TargetId(target_id),
        subject: Subject::new(Kind::Person, person),
        action: Some("PR".to_owned()),
        askers: 1,
        actor: Some(actor.to_owned()),
        traceparent: None,
        wish: Wish::default(),
    }
}

pub(crate) async fn what_comes_together_is_written_together(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    for person in [10, 11, 12] {
        rig.registry.person(person, CO, 1, Provisionable::Everything);
    }
    let (app, held) = (rig.app(), rig.hold_writes().await);
    let people = [(10, "ada"), (11, "bob"), (12, "ada"), (11, "eve")];
    let asked = |(person, username): (i64, &str)| {
        let caller = Caller { username: username.to_owned(), ..of_co(CO) };
        app.wishes.grant(Asked::of(&caller, TargetId(target), Subject::new(Kind::Person, person)))
    };
    let wishes = join_all(people.map(asked));
    // The first may have begun alone; it waits, and all others with it.
    let (ids, ()) = tokio::join!(wishes, async { held.commit().await.unwrap() });
    let ids: Vec<RequestId> = ids.into_iter().map(Result::unwrap).collect();
    assert_eq!(ids[1], ids[3], "one request for both who asked for the same");
    if rig.database.backend() == DbBackend::Postgres {
        let sql = "SELECT COUNT(DISTINCT xmin::text) AS n FROM provisioning_requests";
        let transactions = rig.numbers(sql).await;
        assert!(transactions[0] <= 2, "{transactions:?} transactions for four wishes");
    }
    let mut askers = rig.numbers("SELECT askers AS n FROM provisioning_requests").await;
    askers.sort_unstable();
    assert_eq!(askers, [1, 1, 2]);
    assert_eq!(rig.request(ids[1].0).await.actor_identifier(), "eve", "the one who asked last");
    rig.run();
    for id in ids {
        rig.becomes(id.0, RequestStatus::Succeeded).await;
    }
    rig.end().await;
}

pub(crate) async fn each_has_its_own_answer(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let disabled = rig.target(CO, Mode::Disabled).await;
    let (own, foreign) = (of_co(CO), of_co(OTHER));
    let asked = [
        (&own, target, ADA, None),
        (&foreign, target, ADA, Some("CoProvisioningTarget Not Found")),
        (&own, target, 99, Some("CoPerson Unknown")),
        (&own, disabled, ADA, Some("CoProvisioningTarget Disabled")),
        (&own, 999, ADA, Some("CoProvisioningTarget Not Found")),
    ];
    // So often that all kinds of them are in one round.
    let all: Vec<_> = asked.into_iter().cycle().take(60).collect();
    let ask = |(caller, target, person, _): &(&Caller, i64, i64, Option<&str>)| {
        let (rig, caller, target, person) = (&rig, (*caller).clone(), *target, *person);
        async move { rig.provision_by(&caller, target, "copersonid", person, 0).await }
    };
    let answers = join_all(all.iter().map(ask)).await;
    for ((.., expected), answer) in all.iter().zip(answers) {
        match expected {
            None => assert!(answer.unwrap().co_provisioning_request_id > 0),
            Some(expected) => assert_eq!(phrase(answer), *expected),
        }
    }
    let askers = rig.numbers("SELECT askers AS n FROM provisioning_requests").await;
    assert_eq!(askers, [12], "each who was not refused is counted");
    rig.end().await;
}

pub(crate) async fn two_that_make_many_in_other_orders_do_not_lock_one_another(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let (forth, back): (Vec<New>, Vec<New>) = (
        (1..200).map(|id| wish(target, id, "ada")).collect(),
        (1..200).rev().map(|id| wish(target, id, "bob")).collect(),
    );
    let write = async |new: &[New]| {
        for _ in 0..20 {
            let transaction = rig.database.begin().await.unwrap();
            let ids = requests::enqueue(&transaction, new, &rig.clock).await.expect("no deadlock");
            transaction.commit().await.unwrap();
            assert_eq!(ids.len(), new.len());
        }
    };
    tokio::join!(write(&forth), write(&back));
    // The work keeps the order in which it was asked for.
    let due = rig.numbers("SELECT subject_id AS n FROM provisioning_requests ORDER BY id").await;
    assert!(due.is_sorted() || due.is_sorted_by(|a, b| a > b), "{due:?}");
    rig.end().await;
}
