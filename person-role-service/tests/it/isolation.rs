//! What a user of a CO may not write, beside what is of another CO (`standalone/tests/it/two_cos.rs`).

use person_role_service::{
    app::{
        add::add, delete::delete, edit::edit, erase::erase, reconcile_co::reconcile_co,
        record_outcomes::record_outcomes, view::view,
    },
    context::Fault,
    store::entity::{
        co_org_identity_link::CoOrgIdentityLinks, co_person::CoPeople, history_record::HistoryRecords,
        org_identity::OrgIdentities,
    },
};
use proto::{
    caller::Caller,
    events::v1::ProvisioningOutcome,
    record::Record,
    refusal::Refusal,
    registry::v1::{self as v1, HistoryRecord, Status, Subject, SubjectKind},
};
use sea_orm::{ConnectionTrait, TransactionTrait};

use crate::house::House;

fn refusal<T: std::fmt::Debug>(result: Result<T, Fault>) -> Refusal {
    result.expect_err("a refusal").into_refusal()
}

pub(crate) async fn nobody_of_a_co_writes_history_as_the_server_does(house: &House) {
    let co = house.co("Forged").await;
    let person = house.person(co, Status::Active).await;
    let me = Caller { co_id: Some(co), ..house.caller.clone() };
    let write = async |caller: &Caller, action: &str| {
        let message = HistoryRecord {
            co_person_id: Some(person),
            action: Some(action.to_owned()),
            comment: Some("CO Person Created (Manual)".to_owned()),
            ..HistoryRecord::default()
        };
        add::<HistoryRecords>(house.app(), caller, Record::of(&message), &[]).await
    };
    let (reader, backend) = (house.app().database.reader(), house.app().database.backend());
    let written = sea_orm::Statement::from_string(backend, "SELECT DISTINCT action FROM history_records");
    for row in sea_orm::ConnectionTrait::query_all_raw(reader, written).await.unwrap() {
        let action: String = row.try_get("", "action").unwrap();
        let Refusal::InvalidFields(wrong) = refusal(write(&me, &action).await) else { panic!("{action}") };
        assert!(wrong.has("action"), "{action}");
    }
    for action in ["ACPM", "PRVX", "INVC", "ECRX", "LOCP", "DCGM"] {
        assert!(matches!(refusal(write(&me, action).await), Refusal::InvalidFields(_)), "{action}");
        write(&house.caller, action).await.unwrap();
    }
    for action in ["XTST", "pXYZ", "ABCD"] {
        write(&me, action).await.unwrap();
    }
}

/// What waits for a lock has a connection of few. Only a database with several writers has such.
mod beside {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whoever_waits_in_one_co_leaves_connections_to_the_others() {
        let house = House::on_postgres().await;
        let (held, other) = (house.co("Held").await, house.co("Other").await);
        let [mine, theirs] = [held, other].map(|co| Caller { co_id: Some(co), ..house.caller.clone() });
        let holding = house.app().database.writer().begin().await.unwrap();
        holding.execute_unprepared(&format!("SELECT id FROM cos WHERE id = {held} FOR NO KEY UPDATE")).await.unwrap();
        let mut waiting: Vec<_> = (0..40)
            .map(|_| {
                let (app, mine) = (house.app().clone(), mine.clone());
                tokio::spawn(async move { reconcile_co(&app, &mine, held).await.map(|groups| groups.len()) })
            })
            .collect();
        house.so_many_wait(2).await;
        for _ in 0..5 {
            let person =
                v1::CoPerson { co_id: Some(other), status: Some(Status::Active.into()), ..v1::CoPerson::default() };
            let added = add::<CoPeople>(house.app(), &theirs, Record::of(&person), &[]).await;
            let (id, _) = added.unwrap_or_else(|fault| panic!("the other CO waits: {}", fault.into_refusal()));
            view::<CoPeople>(house.app(), &theirs, id).await.unwrap();
        }
        holding.commit().await.unwrap();
        for one in waiting.drain(..) {
            assert_eq!(one.await.unwrap().unwrap(), 2, "nobody is refused who waits in turn");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_of_another_co_is_not_waited_for() {
        let house = House::on_postgres().await;
        let (co, other) = (house.co("Held").await, house.co("Other").await);
        let person = house.person(co, Status::Active).await;
        let theirs = Caller { co_id: Some(other), ..house.caller.clone() };
        let holding = house.app().database.writer().begin().await.unwrap();
        holding.execute_unprepared(&format!("SELECT id FROM co_people WHERE id = {person} FOR UPDATE")).await.unwrap();
        let renamed = v1::CoPerson { co_id: Some(co), status: Some(Status::Denied.into()), ..v1::CoPerson::default() };
        let asked = async {
            let edited = edit::<CoPeople>(house.app(), &theirs, person, Record::of(&renamed), &[], None).await;
            [refusal(delete::<CoPeople>(house.app(), &theirs, person, None).await), refusal(edited)]
        };
        let refused = tokio::select! {
            refused = asked => refused,
            () = house.so_many_wait(1) => panic!("it waits for what it may not see"),
        };
        assert!(refused.iter().all(|refusal| matches!(refusal, Refusal::Unknown { .. })), "{refused:?}");
        holding.rollback().await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_became_of_calls_is_not_written_of_who_is_erased_meanwhile() {
        let house = House::on_postgres().await;
        let co = house.co("Erased").await;
        for deleted in [false, true] {
            let person = house.person(co, Status::Active).await;
            if deleted {
                house.delete::<CoPeople>(person).await.unwrap();
            }
            let outcome = ProvisioningOutcome {
                event_id: format!("of {person}"),
                co_id: co,
                subject: Some(Subject { kind: SubjectKind::CoPerson.into(), id: person }),
                target: "LDAP".to_owned(),
                message: "jane.doe is that of another entry.".to_owned(),
                ..ProvisioningOutcome::default()
            };
            // Written, and not committed yet: the erasure waits for it.
            let writing = house.app().database.writer().begin().await.unwrap();
            let held = format!("SELECT id FROM co_people WHERE id = {person} FOR KEY SHARE");
            writing.execute_unprepared(&held).await.unwrap();
            let mut erasing = std::pin::pin!(async { erase(house.app(), &house.caller, person).await.unwrap() });
            tokio::select! {
                _ = &mut erasing => panic!("it does not wait"),
                () = house.so_many_wait(1) => {}
            }
            let written = format!(
                "INSERT INTO history_records (co_id, co_person_id, action, comment, created, modified) \
                 VALUES ({co}, {person}, 'PRVX', 'jane.doe', now(), now())"
            );
            writing.execute_unprepared(&written).await.unwrap();
            writing.commit().await.unwrap();
            erasing.await;
            // The other way round: it waits for the erasure.
            let other = house.person(co, Status::Active).await;
            let erasing = house.app().database.writer().begin().await.unwrap();
            let erased = format!(
                "SELECT id FROM co_people WHERE id = {other} FOR UPDATE; UPDATE co_people SET erased = now() WHERE id = {other}"
            );
            erasing.execute_unprepared(&erased).await.unwrap();
            let subject = Some(Subject { kind: SubjectKind::CoPerson.into(), id: other });
            let of_other = [ProvisioningOutcome { event_id: format!("of {other}"), subject, ..outcome }];
            let mut recording = std::pin::pin!(async { record_outcomes(house.app(), &of_other).await.unwrap() });
            tokio::select! {
                () = &mut recording => panic!("it does not wait"),
                () = house.so_many_wait(1) => {}
            }
            erasing.commit().await.unwrap();
            recording.await;
            let lines = house.list::<HistoryRecords>("coid", co).await;
            let said: Vec<_> = lines.iter().filter(|line| line.comment().contains("jane.doe")).collect();
            assert_eq!(said, Vec::<&HistoryRecord>::new(), "deleted: {deleted}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_becomes_somebody_elses_is_not_erased() {
        let house = House::on_postgres().await;
        let co = house.co("Linked").await;
        let (ada, bea) = (house.person(co, Status::Active).await, house.person(co, Status::Active).await);
        let identity = v1::OrgIdentity { co_id: Some(co), ..v1::OrgIdentity::default() };
        let identity = house.add::<OrgIdentities>(identity).await.unwrap();
        let of = |person| v1::CoOrgIdentityLink {
            co_person_id: Some(person),
            org_identity_id: Some(identity),
            ..v1::CoOrgIdentityLink::default()
        };
        let link = house.add::<CoOrgIdentityLinks>(of(ada)).await.unwrap();
        house.delete::<CoOrgIdentityLinks>(link).await.unwrap();
        let linking = house.app().database.writer().begin().await.unwrap();
        let sql = format!(
            "SELECT id FROM org_identities WHERE id = {identity} FOR KEY SHARE; \
             INSERT INTO co_org_identity_links (co_id, co_person_id, org_identity_id, revision, deleted, created, modified) \
             VALUES ({co}, {bea}, {identity}, 0, false, now(), now())"
        );
        linking.execute_unprepared(&sql).await.unwrap();
        let mut erasing = std::pin::pin!(async { erase(house.app(), &house.caller, ada).await.unwrap() });
        tokio::select! {
            _ = &mut erasing => panic!("it does not wait"),
            () = house.so_many_wait(1) => {}
        }
        linking.commit().await.unwrap();
        erasing.await;
        house.view::<OrgIdentities>(identity).await;
        assert_eq!(house.list::<CoOrgIdentityLinks>("copersonid", bea).await.len(), 1);
    }
}
