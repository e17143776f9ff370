//! An auditor's demands on the security log of the registry (D60): it is complete, whole, and holds nobody up.

use person_role_service::{
    app::{bootstrap::bootstrap, login_failed::login_failed, rotate_key::rotate_key},
    store::entity::{
        api_user::ApiUsers, co::Cos, co_extended_type::CoExtendedTypes, co_person::CoPeople,
        email_address::EmailAddresses, name::Names,
    },
};
use proto::{
    audit::v1::FailedLogin,
    caller::Caller,
    record::{Record, Value},
    refusal::Refusal,
    registry::v1::{self as v1, ListRequest, NamedText, Status, SuspendableStatus},
};
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value as Json, json};
use service_kit::audit::{
    AuditSettings,
    read::{list, view},
    verify::verify,
};

use crate::house::House;

async fn of(house: &House, caller: &Caller, filters: &[(&str, &str)]) -> Result<Vec<Record>, Refusal> {
    let named = |(name, value): &(&str, &str)| NamedText { name: (*name).to_owned(), value: (*value).to_owned() };
    let request = ListRequest { filters: filters.iter().map(named).collect(), ..ListRequest::default() };
    list(house.app().database.reader(), caller, &request).await.map(|(records, _)| records)
}

async fn all(house: &House) -> Vec<Record> {
    of(house, &house.caller, &[]).await.unwrap()
}

/// `Action Resource`, of each.
fn told(records: &[Record]) -> Vec<String> {
    let text = |record: &Record, column: &str| record.text(column).unwrap_or_default().to_owned();
    records.iter().map(|record| format!("{} {}", text(record, "action"), text(record, "resource"))).collect()
}

fn changes(record: &Record) -> Json {
    match record.get("changes") {
        Some(Value::Objects(items)) => Json::from(items.clone()),
        other => panic!("{other:?}"),
    }
}

fn user(co: i64, name: &str) -> v1::ApiUser {
    v1::ApiUser {
        co_id: Some(co),
        username: Some(name.to_owned()),
        privileged: Some(true),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::ApiUser::default()
    }
}

/// What is changed from the outside, as somebody does who has the database.
async fn tamper(house: &House, sql: &str) {
    house.app().database.writer().execute_unprepared(sql).await.unwrap();
}

pub(crate) async fn keys_rights_and_settings_are_written_down(house: &House) {
    bootstrap(house.app(), "root", None).await.unwrap();
    let co = house.co("Audited").await;
    let id = house.add::<ApiUsers>(user(co, "loader")).await.unwrap();
    house.edit::<ApiUsers>(id, v1::ApiUser { privileged: Some(false), ..user(co, "loader") }).await.unwrap();
    house.edit::<ApiUsers>(id, v1::ApiUser { privileged: Some(false), ..user(co, "loader") }).await.unwrap();
    rotate_key(house.app(), &house.caller, id).await.unwrap();
    let own = v1::CoExtendedType {
        co_id: Some(co),
        attribute: Some("Identifier.type".to_owned()),
        name: Some("orcid2".to_owned()),
        display_name: Some("ORCID".to_owned()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::CoExtendedType::default()
    };
    house.add::<CoExtendedTypes>(own).await.unwrap();
    house.delete::<ApiUsers>(id).await.unwrap();
    house.add::<ApiUsers>(user(co, "second")).await.unwrap();
    house.delete::<Cos>(co).await.unwrap();
    let records = all(house).await;
    assert_eq!(
        told(&records),
        [
            "Add ApiUser",
            "Add Co",
            "Add ApiUser",
            "Edit ApiUser",
            "RotateKey ApiUser",
            "Add CoExtendedType",
            "Delete ApiUser",
            "Add ApiUser",
            "Delete ApiUser",
            "Delete Co"
        ]
    );
    let edit = &records[3];
    assert_eq!(changes(edit), json!([{"Field": "Privileged", "Old": true, "New": false}]));
    assert_eq!((edit.text("actor"), edit.int("co_id"), edit.int("resource_id")), (Some("tester"), Some(co), Some(id)));
    assert_eq!(changes(&records[4]), json!([{"Field": "ApiKey", "Old": "********", "New": "********"}]));
    assert!(changes(&records[1]).to_string().contains("Audited"));
    let shown = view(house.app().database.reader(), &house.caller, edit.int("id").unwrap()).await.unwrap();
    assert_eq!(shown, *edit);
    let verdict = verify(house.app().database.reader()).await.unwrap();
    assert_eq!((verdict.records, verdict.broken), (10, None));
}

pub(crate) async fn ordinary_records_and_personal_values_are_not(house: &House) {
    let co = house.co("Quiet").await;
    let person = house.person(co, Status::Active).await;
    let name = v1::Name {
        co_person_id: Some(person),
        given: Some("Hypatia".to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::Name::default()
    };
    house.add::<Names>(name).await.unwrap();
    let mail = v1::EmailAddress {
        co_person_id: Some(person),
        mail: Some("hypatia@example.org".to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::EmailAddress::default()
    };
    house.add::<EmailAddresses>(mail).await.unwrap();
    house.role(person, None, Status::Active).await;
    let records = all(house).await;
    assert_eq!(told(&records), ["Add Co"]);
    assert!(!format!("{records:?}").to_lowercase().contains("hypatia"));
}

pub(crate) async fn failed_logins_are_written_down(house: &House) {
    let co = house.co("Doors").await;
    let id = house.add::<ApiUsers>(user(co, "loader")).await.unwrap();
    for (username, attempts) in [(format!("co_{co}.loader"), 1), ("no\nbody".to_owned(), 17)] {
        let failed = FailedLogin { username, address: "192.0.2.7".to_owned(), attempts };
        login_failed(house.app(), &failed).await.unwrap();
    }
    let failed = of(house, &house.caller, &[("action", "LoginFailed")]).await.unwrap();
    assert_eq!((failed.len(), failed[0].int("resource_id"), failed[0].int("co_id")), (2, Some(id), Some(co)));
    assert_eq!((failed[0].text("address"), failed[1].text("actor")), (Some("192.0.2.7"), Some("no\u{fffd}body")));
    assert_eq!(changes(&failed[1]), json!([{"Field": "Attempts", "New": 17}]));
    assert_eq!(failed[1].int("co_id"), None);
}

pub(crate) async fn who_may_read_it_and_by_what(house: &House) {
    let (mine, other) = (house.co("Mine").await, house.co("Other").await);
    house.clock.advance(chrono::Duration::seconds(60));
    house.add::<ApiUsers>(user(mine, "loader")).await.unwrap();
    let of_mine = Caller { username: "co_1.x".to_owned(), co_id: Some(mine), privileged: true, ..Caller::default() };
    let scoped = Caller { scopes: vec!["audit".to_owned()], ..of_mine.clone() };
    let reading = Caller { scopes: vec!["read".to_owned()], ..Caller::house() };
    for nobody in [&of_mine, &reading, &Caller::default()] {
        assert!(matches!(of(house, nobody, &[]).await, Err(Refusal::Unauthorized(_))), "{nobody:?}");
    }
    let seen = of(house, &scoped, &[]).await.unwrap();
    assert_eq!(told(&seen), ["Add Co", "Add ApiUser"]);
    let foreign = of(house, &house.caller, &[("coid", &other.to_string())]).await.unwrap();
    assert_eq!(told(&foreign), ["Add Co"]);
    let reader = house.app().database.reader();
    let unknown = view(reader, &scoped, foreign[0].int("id").unwrap()).await;
    assert!(matches!(unknown, Err(Refusal::Unknown { phrase, .. }) if phrase == "AuditRecord Unknown"));
    let other = of(house, &scoped, &[("coid", &other.to_string())]).await;
    assert!(matches!(other, Err(Refusal::Unknown { phrase, .. }) if phrase == "CO Unknown"));
    for (filters, expected) in [
        (&[("resource", "ApiUser")][..], 1),
        (&[("actor", "tester"), ("action", "Add")], 3),
        (&[("source", "provisioning")], 0),
        (&[("source", "registry")], 3),
    ] {
        assert_eq!(of(house, &house.caller, filters).await.unwrap().len(), expected, "{filters:?}");
    }
    if house.app().database.reader().get_database_backend() == DbBackend::Sqlite {
        // There the clock of the test is that of the database.
        let at = |filters: &'static [(&str, &str)]| async { of(house, &house.caller, filters).await.unwrap().len() };
        assert_eq!(at(&[("from", "2026-03-01 12:01:00")]).await, 1);
        assert_eq!(at(&[("through", "2026-03-01 12:00:59")]).await, 2);
    }
    assert!(matches!(of(house, &house.caller, &[("from", "soon")]).await, Err(Refusal::InvalidFields(_))));
    assert!(matches!(of(house, &house.caller, &[("copersonid", "1")]).await, Err(Refusal::BadRequest(_))));
}

pub(crate) async fn whatever_is_changed_in_it_is_found(house: &House) {
    for number in 0..4 {
        house.co(&format!("C{number}")).await;
    }
    let ids: Vec<i64> = all(house).await.iter().map(|record| record.int("id").unwrap()).collect();
    let broken = async || verify(house.app().database.reader()).await.unwrap().broken.map(|broken| broken.id);
    assert_eq!(broken().await, None);
    tamper(house, &format!("UPDATE audit_records SET actor = 'other' WHERE id = {}", ids[1])).await;
    assert_eq!(broken().await, Some(ids[1]), "what was changed");
    tamper(house, &format!("UPDATE audit_records SET actor = 'tester' WHERE id = {}", ids[1])).await;
    assert_eq!(broken().await, None);
    tamper(house, "CREATE TABLE kept AS SELECT * FROM audit_records").await;
    tamper(house, &format!("DELETE FROM audit_records WHERE id = {}", ids[1])).await;
    assert_eq!(broken().await, Some(ids[2]), "what follows a record that is gone");
    tamper(house, &format!("INSERT INTO audit_records SELECT * FROM kept WHERE id = {}", ids[1])).await;
    tamper(house, &format!("DELETE FROM audit_records WHERE id = {}", ids[3])).await;
    assert_eq!(broken().await, Some(ids[3]), "the last one");
}

pub(crate) async fn it_is_one_chain_and_holds_no_ordinary_change_up(house: &House) {
    let adding = (0..20).map(|number| async move { house.co(&format!("C{number}")).await });
    let cos = futures::future::join_all(adding).await;
    let verdict = verify(house.app().database.reader()).await.unwrap();
    assert_eq!((verdict.records, verdict.broken), (20, None));
    let holder = house.app().database.begin().await.unwrap();
    if holder.get_database_backend() == DbBackend::Postgres {
        holder.execute_unprepared("SELECT * FROM audit_head WHERE id = 1 FOR UPDATE").await.unwrap();
        house.person(cos[0], Status::Active).await;
    }
    holder.rollback().await.unwrap();
    house.co("last").await;
}

pub(crate) async fn what_cannot_be_written_down_is_not_done(house: &House) {
    let co = house.co("Before").await;
    tamper(house, "ALTER TABLE audit_records RENAME TO elsewhere").await;
    let refused = house.add::<ApiUsers>(user(co, "loader")).await.unwrap_err().into_refusal();
    assert!(matches!(&refused, Refusal::Unavailable(sentence) if sentence.contains("security log")), "{refused:?}");
    assert_eq!(house.list::<ApiUsers>("coid", co).await, [], "nothing of it was done");
    house
        .add::<CoPeople>(v1::CoPerson {
            co_id: Some(co),
            status: Some(Status::Active.into()),
            ..v1::CoPerson::default()
        })
        .await
        .expect("what is not audited needs no log");
    let lax = house.service.clone().with_audit(AuditSettings { required: false });
    let record = Record::of(&user(co, "loader"));
    person_role_service::app::add::add::<ApiUsers>(lax.app(), &house.caller, record, &[]).await.unwrap();
    assert_eq!(house.list::<ApiUsers>("coid", co).await.len(), 1);
    tamper(house, "ALTER TABLE elsewhere RENAME TO audit_records").await;
    house.add::<ApiUsers>(user(co, "third")).await.unwrap();
    let verdict = verify(house.app().database.reader()).await.unwrap();
    assert_eq!((verdict.records, verdict.broken), (2, None));
}
