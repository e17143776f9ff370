//! What was deleted goes for good when it has been deleted long enough (M12).

use chrono::Duration;
use person_role_service::{
    app::{forget_deleted, record_outcomes::record_outcomes},
    store::{
        entity::{
            co_group::CoGroups, co_person::CoPeople, co_person_role::CoPersonRoles, cou::Cous,
            email_address::EmailAddresses, history_record::HistoryRecords, name::Names,
        },
        retention::{self, Gone},
    },
};
use proto::{
    events::v1::{Action, ProvisioningOutcome},
    registry::v1::{self as v1, Status, Subject, SubjectKind, SuspendableStatus},
};
use sea_orm::{ConnectionTrait as _, Statement};
use service_kit::audit::verify::verify;

use crate::house::{House, role};

/// How long what was deleted is kept here.
const DAYS: u32 = 90;

async fn planned(house: &House) -> Gone {
    let before = forget_deleted::before(house.clock.now(), DAYS).unwrap();
    retention::count(house.app().database.reader(), before).await.unwrap()
}

async fn forget(house: &House) -> Gone {
    forget_deleted::forget_deleted(house.app(), DAYS).await.unwrap()
}

async fn count(house: &House, rows: &str) -> i64 {
    let db = house.app().database.reader();
    let sql = format!("SELECT count(*) AS n FROM {rows}");
    let row = db.query_one_raw(Statement::from_string(house.app().database.backend(), sql)).await.unwrap();
    row.unwrap().try_get("", "n").unwrap()
}

async fn named(house: &House, person: i64, given: &str) -> i64 {
    let name = v1::Name {
        co_person_id: Some(person),
        given: Some(given.to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::Name::default()
    };
    let id = house.add::<Names>(name.clone()).await.unwrap();
    house.edit::<Names>(id, v1::Name { middle: Some("Q.".to_owned()), ..name }).await.unwrap();
    id
}

pub(crate) async fn what_was_deleted_long_ago_goes_as_it_was_planned(house: &House) {
    let co = house.co("Kept").await;
    let cou = house.cou(co, "Lab").await;
    let stays = house.person(co, Status::Active).await;
    let (kept_role, lost_role) =
        (house.role(stays, None, Status::Active).await, house.role(stays, None, Status::Active).await);
    named(house, stays, "Stella").await;
    let gone = house.person(co, Status::Active).await;
    named(house, gone, "Xanthippe").await;
    // A role that was somebody else's before.
    let moved = house.role(stays, None, Status::Active).await;
    house.edit::<CoPersonRoles>(moved, role(gone, None, Status::Active)).await.unwrap();
    let status = Some(SuspendableStatus::Active.into());
    let group = v1::CoGroup { co_id: Some(co), name: Some("Old".to_owned()), status, ..v1::CoGroup::default() };
    let group = house.add::<CoGroups>(group).await.unwrap();

    for role in [lost_role, moved] {
        house.delete::<CoPersonRoles>(role).await.unwrap();
    }
    house.delete::<CoGroups>(group).await.unwrap();
    house.delete::<Cous>(cou).await.unwrap();
    house.delete::<CoPeople>(gone).await.unwrap();
    house.clock.advance(Duration::days(80));
    let later = house.person(co, Status::Active).await;
    let mail = v1::EmailAddress {
        co_person_id: Some(later),
        mail: Some("late@example.org".to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::EmailAddress::default()
    };
    let mail = house.add::<EmailAddresses>(mail).await.unwrap();
    house.delete::<EmailAddresses>(mail).await.unwrap();
    assert_eq!((planned(house).await, forget(house).await), Default::default(), "nothing is old enough");
    house.clock.advance(Duration::days(11));
    house.events().await;
    assert_eq!(forget_deleted::forget_deleted(house.app(), 0).await.unwrap(), Gone::default(), "0: for ever");

    let plan = planned(house).await;
    assert!(plan.records["CoPerson"] == 1 && plan.records["Name"] == 1 && plan.records["CoGroup"] > 1, "{plan:?}");
    assert!(!plan.records.contains_key("EmailAddress") && plan.versions > 4 && plan.history > 5, "{plan:?}");
    assert_eq!(forget(house).await, plan, "the plan says what goes");
    assert_eq!((planned(house).await, forget(house).await), Default::default(), "and then it is gone");

    for rows in [
        format!("co_people WHERE id = {gone}"),
        "names WHERE given = 'Xanthippe'".to_owned(),
        "record_versions WHERE given = 'Xanthippe'".to_owned(),
        "history_records WHERE comment LIKE '%Xanthippe%'".to_owned(),
        format!("history_records WHERE co_person_id = {gone} OR co_person_role_id IN ({lost_role}, {moved})"),
        format!("record_versions WHERE resource = 'CoPersonRole' AND record_id IN ({lost_role}, {moved})"),
        format!("cous WHERE id = {cou}"),
    ] {
        assert_eq!(count(house, &rows).await, 0, "{rows}");
    }
    // What was not deleted, and what was deleted lately, has all of its past.
    assert_eq!(house.status(stays).await, Status::Active);
    house.view::<CoPersonRoles>(kept_role).await;
    assert!(!house.list::<HistoryRecords>("copersonid", stays).await.is_empty());
    assert_eq!(count(house, &format!("email_addresses WHERE id = {mail} AND deleted")).await, 1);
    assert_eq!(count(house, "record_versions WHERE mail = 'late@example.org'").await, 1);

    // Those who provision are told of the subjects, and what they tell later is written down for nobody.
    let told = house.events().await;
    assert!(told.iter().all(|event| event.erased && event.action() == Action::Deleted), "{told:?}");
    let of = |kind: SubjectKind, id| Some(Subject { kind: kind.into(), id });
    for subject in [of(SubjectKind::CoPerson, gone), of(SubjectKind::CoGroup, group)] {
        assert!(told.iter().any(|event| event.subject == subject), "{subject:?}: {told:?}");
    }
    let outcome = |id: &str, subject| ProvisioningOutcome {
        event_id: id.to_owned(),
        co_id: co,
        subject,
        succeeded: true,
        target: "LDAP".to_owned(),
        ..ProvisioningOutcome::default()
    };
    let lines = count(house, "history_records").await;
    let outcomes = [
        outcome("1", of(SubjectKind::CoPerson, gone)),
        outcome("2", of(SubjectKind::CoGroup, group)),
        outcome("3", of(SubjectKind::CoPerson, stays)),
    ];
    record_outcomes(house.app(), &outcomes).await.unwrap();
    assert_eq!(count(house, "history_records").await, lines + 1);
    assert_eq!(count(house, &format!("audit_records WHERE action = 'Forget' AND co_id = {co}")).await, 1);
    assert_eq!(count(house, "audit_records WHERE action = 'Forget' AND changes LIKE '%Xanthippe%'").await, 0);
}

pub(crate) async fn it_goes_in_small_steps_and_not_without_a_record(house: &House) {
    let (first, second) = (house.co("First").await, house.co("Second").await);
    let (db, backend) = (house.app().database.writer(), house.app().database.backend());
    let long_ago = house.clock.now() - Duration::days(100);
    for (co, people) in [(first, 250), (second, 3)] {
        let sql = format!(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {people}) \
             INSERT INTO co_people (co_id, status, created, modified, revision, deleted) \
             SELECT {co}, 'A', TIME, TIME, 0, true FROM number"
        );
        let time = if backend == sea_orm::DbBackend::Postgres { "$1::timestamptz" } else { "$1" };
        let statement = Statement::from_sql_and_values(backend, sql.replace("TIME", time), [long_ago.into()]);
        db.execute_raw(statement).await.unwrap();
    }
    // Where the security log cannot be written, nothing goes.
    db.execute_unprepared("ALTER TABLE audit_records RENAME TO elsewhere").await.unwrap();
    forget_deleted::forget_deleted(house.app(), DAYS).await.unwrap_err();
    db.execute_unprepared("ALTER TABLE elsewhere RENAME TO audit_records").await.unwrap();
    assert_eq!(count(house, "co_people").await, 253);

    // Two at once take nothing twice.
    let (one, other) = tokio::join!(forget(house), forget(house));
    assert_eq!(one.count() + other.count(), 253);
    assert_eq!(count(house, "co_people").await, 0);
    let of = async |co: i64| count(house, &format!("audit_records WHERE action = 'Forget' AND co_id = {co}")).await;
    assert!(of(first).await >= 2 && of(second).await == 1, "a step has no more than 200 records, of one CO");
    assert_eq!(verify(house.app().database.reader()).await.unwrap().broken, None);
}
