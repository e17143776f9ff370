//! What a user of a CO may not write, beside what is of another CO (`standalone/tests/it/two_cos.rs`).

use person_role_service::{
    app::{
        add::add,
        delete::delete,
        edit::edit,
        erase::{erase, plan_erasure},
        reconcile_co::reconcile_co,
        record_outcomes::record_outcomes,
        view::view,
    },
    context::Fault,
    store::{
        entity::{
            co_org_identity_link::CoOrgIdentityLinks, co_person::CoPeople, co_person_role::CoPersonRoles, cou::Cous,
            history_record::HistoryRecords, name::Names, org_identity::OrgIdentities,
        },
        invite_mails,
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

use crate::house::{House, role};

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

    /// What is referred to is another CO's, and held by it: who refers to it is told so at once.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_referred_to_in_another_co_is_not_waited_for() {
        let house = House::on_postgres().await;
        let (co, other) = (house.co("Held").await, house.co("Other").await);
        let (person, cou) = (house.person(co, Status::Active).await, house.cou(co, "Team").await);
        let org = v1::OrgIdentity { co_id: Some(co), ..v1::OrgIdentity::default() };
        let org = house.add::<OrgIdentities>(org).await.unwrap();
        let own = house.person(other, Status::Active).await;
        let theirs = Caller { co_id: Some(other), ..house.caller.clone() };
        let holding = house.app().database.writer().begin().await.unwrap();
        let locks = format!(
            "SELECT id FROM co_people WHERE id = {person} FOR UPDATE; SELECT id FROM org_identities WHERE id = {org} FOR UPDATE; \
             SELECT pg_advisory_xact_lock((2::bigint << 60) + {cou}); SELECT pg_advisory_xact_lock((1::bigint << 60) + {co})"
        );
        holding.execute_unprepared(&locks).await.unwrap();
        let asked = async {
            let app = house.app();
            let named = v1::Name {
                given: Some("Mallory".to_owned()),
                r#type: Some("official".to_owned()),
                ..v1::Name::default()
            };
            let of_person = v1::Name { co_person_id: Some(person), ..named.clone() };
            let of_org = v1::Name { org_identity_id: Some(org), ..named };
            let sponsored = v1::CoPersonRole { sponsor_co_person_id: Some(person), ..role(own, None, Status::Active) };
            let member = v1::Cou {
                co_id: Some(other),
                name: Some("Below".to_owned()),
                parent_id: Some(cou),
                ..v1::Cou::default()
            };
            vec![
                refusal(add::<CoPersonRoles>(app, &theirs, Record::of(&role(person, None, Status::Active)), &[]).await),
                refusal(
                    add::<CoPersonRoles>(app, &theirs, Record::of(&role(own, Some(cou), Status::Active)), &[]).await,
                ),
                refusal(add::<CoPersonRoles>(app, &theirs, Record::of(&sponsored), &[]).await),
                refusal(add::<Names>(app, &theirs, Record::of(&of_person), &[]).await),
                refusal(add::<Names>(app, &theirs, Record::of(&of_org), &[]).await),
                refusal(add::<Cous>(app, &theirs, Record::of(&member), &[]).await),
                refusal(
                    add::<CoPeople>(
                        app,
                        &theirs,
                        Record::of(&v1::CoPerson {
                            co_id: Some(co),
                            status: Some(Status::Active.into()),
                            ..v1::CoPerson::default()
                        }),
                        &[],
                    )
                    .await,
                ),
            ]
        };
        let refused = tokio::select! {
            refused = asked => refused,
            () = house.so_many_wait(1) => panic!("it waits for what is another CO's"),
        };
        for (which, refusal) in refused.iter().enumerate() {
            assert!(matches!(refusal, Refusal::InvalidFields(_) | Refusal::Forbidden { .. }), "{which}: {refusal:?}");
        }
        holding.rollback().await.unwrap();
    }

    /// Who may only look holds nothing, and waits for nobody.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_plans_an_erasure_holds_nobody() {
        let house = House::on_postgres().await;
        let co = house.co("Planned").await;
        let person = house.person(co, Status::Active).await;
        house.role(person, None, Status::Active).await;
        let holding = house.app().database.writer().begin().await.unwrap();
        holding.execute_unprepared(&format!("SELECT id FROM co_people WHERE id = {person} FOR UPDATE")).await.unwrap();
        let planned = tokio::select! {
            planned = plan_erasure(house.app(), &house.caller, person) => planned.unwrap(),
            () = house.so_many_wait(1) => panic!("it waits for who is held"),
        };
        holding.rollback().await.unwrap();
        let gone = erase(house.app(), &house.caller, person).await.unwrap();
        let (told, went) = (
            (planned.records, planned.versions, planned.history_records),
            (gone.records, gone.versions, gone.history_records),
        );
        assert_eq!(told, went);
        assert!(planned.records > Some(0) && planned.history_records > Some(0), "{planned:?}");
    }

    /// One mail that somebody holds, who takes its person away, keeps the mails of all others back no longer.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_mail_that_is_held_keeps_no_others_back() {
        let house = House::on_postgres().await;
        let db = house.app().database.writer();
        let mails = "INSERT INTO invite_mails (co_invite_id, co_id, due, tries) VALUES (1, 1, '2020-01-01', 0), (2, 2, '2020-01-01', 0)";
        db.execute_unprepared(mails).await.unwrap();
        let holding = db.begin().await.unwrap();
        holding.execute_unprepared("DELETE FROM invite_mails WHERE co_invite_id = 1").await.unwrap();
        let lease = chrono::Duration::seconds(60);
        let taken = tokio::select! {
            taken = invite_mails::take(db, house.clock.now(), lease, 10) => taken.unwrap(),
            () = house.so_many_wait(1) => panic!("it waits for the one that is held"),
        };
        assert_eq!(taken.iter().map(|mail| mail.co_invite_id).collect::<Vec<_>>(), [2]);
        holding.rollback().await.unwrap();
        let left = invite_mails::take(db, house.clock.now(), lease, 10).await.unwrap();
        assert_eq!(left.iter().map(|mail| mail.co_invite_id).collect::<Vec<_>>(), [1]);
    }

    /// What one CO holds keeps nobody else's dates waiting; its own are told when it has done.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_a_co_holds_keeps_no_dates_of_others_waiting() {
        let house = House::on_postgres().await;
        let (co, other) = (house.co("Holds").await, house.co("Other").await);
        let (ada, cleo) = (house.person(co, Status::Active).await, house.person(co, Status::Active).await);
        let bea = house.person(other, Status::Active).await;
        let ends = house.clock.now() + chrono::Duration::seconds(60);
        let valid_through = Some(prost_types::Timestamp { seconds: ends.timestamp(), nanos: 0 });
        let org = v1::OrgIdentity { co_id: Some(co), valid_through, ..v1::OrgIdentity::default() };
        let org = house.add::<OrgIdentities>(org).await.unwrap();
        let link = v1::CoOrgIdentityLink {
            co_person_id: Some(ada),
            org_identity_id: Some(org),
            ..v1::CoOrgIdentityLink::default()
        };
        house.add::<CoOrgIdentityLinks>(link).await.unwrap();
        let ending = async |person: i64| {
            let ending = v1::CoPersonRole { valid_through, ..role(person, None, Status::Active) };
            house.add::<CoPersonRoles>(ending).await.unwrap()
        };
        let (of_cleo, of_bea) = (ending(cleo).await, ending(bea).await);
        house.dates().await;
        house.events().await;
        let holding = house.app().database.writer().begin().await.unwrap();
        let locks = format!(
            "SELECT id FROM org_identities WHERE id = {org} FOR UPDATE; SELECT id FROM co_person_roles WHERE id = {of_cleo} FOR UPDATE"
        );
        holding.execute_unprepared(&locks).await.unwrap();
        house.clock.advance(chrono::Duration::seconds(61));
        house.dates().await;
        let of = |person: i64| Some(Subject { kind: SubjectKind::CoPerson.into(), id: person });
        let told = house.events().await;
        assert!(told.iter().any(|event| event.subject == of(bea)), "{told:?}");
        assert!(told.iter().any(|event| event.subject == of(ada)), "who is linked already: {told:?}");
        let status = async |id: i64| house.view::<CoPersonRoles>(id).await.status();
        assert_eq!((status(of_bea).await, status(of_cleo).await), (Status::Expired, Status::Active));
        holding.rollback().await.unwrap();
        house.clock.advance(chrono::Duration::seconds(1));
        house.dates().await;
        let told = house.events().await;
        assert!(told.iter().any(|event| event.subject == of(ada)), "whoever was linked meanwhile: {told:?}");
        assert_eq!(status(of_cleo).await, Status::Expired);
        house.clock.advance(chrono::Duration::seconds(10));
        house.dates().await;
        assert_eq!(house.events().await, Vec::new(), "once");
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
