//! `If-Match`: the comparison and the change are one (D43).

use person_role_service::{
    app::{delete::delete, edit::edit, rotate_key::rotate_key, view::view_many},
    context::Fault,
    resource::Resource,
    store::entity::{
        api_user::ApiUsers, co::Cos, co_extended_type::CoExtendedTypes, co_person_role::CoPersonRoles, cou::Cous,
    },
};
use proto::{
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::{self, Caller, Status},
};

use crate::house::{House, role};

async fn tag<R: Resource>(house: &House, id: i64) -> String {
    let mut seen = view_many::<R>(house.app(), &[(house.caller.clone(), id)]).await.unwrap();
    seen.remove(0).unwrap().tag
}

fn titled(person: i64, title: &str) -> Record {
    let mut record = Record::of(&role(person, None, Status::Active));
    record.set("title", Slot::Is(Value::Text(title.to_owned())));
    record
}

fn is_outdated(result: Result<(), Fault>) -> bool {
    match result.map_err(Fault::into_refusal) {
        Ok(()) => false,
        Err(Refusal::Precondition) => true,
        Err(other) => panic!("{other:?}"),
    }
}

pub(crate) async fn of_many_that_name_one_tag_one_wins(house: &House) {
    let co = house.co("Conditions").await;
    let person = house.person(co, Status::Active).await;
    let id = house.role(person, None, Status::Active).await;
    for round in 0..6 {
        let tag = tag::<CoPersonRoles>(house, id).await;
        let one = async |number: i32| {
            let record = titled(person, &format!("{round} {number}"));
            let app = house.app();
            let edited = edit::<CoPersonRoles>(app, &house.caller, id, record, &[], Some(&tag)).await;
            !is_outdated(edited)
        };
        let (a, b, c, d) = tokio::join!(one(1), one(2), one(3), one(4));
        assert_eq!([a, b, c, d].into_iter().filter(|won| *won).count(), 1, "round {round}");
        assert_eq!(house.view::<CoPersonRoles>(id).await.revision, Some(round + 1));
    }
    let tag = tag::<CoPersonRoles>(house, id).await;
    let (app, me) = (house.app(), &house.caller);
    let (edited, deleted) = tokio::join!(
        edit::<CoPersonRoles>(app, me, id, titled(person, "last"), &[], Some(&tag)),
        delete::<CoPersonRoles>(app, me, id, Some(&tag)),
    );
    assert!(is_outdated(edited) != is_outdated(deleted), "one of them came first");
}

pub(crate) async fn a_condition_is_met_before_anything_else_counts(house: &House) {
    let co = house.co("Precondition").await;
    let person = house.person(co, Status::Active).await;
    let id = house.role(person, None, Status::Active).await;
    let (app, me) = (house.app(), &house.caller);
    let old = tag::<CoPersonRoles>(house, id).await;
    let with = async |id: i64, record: Record, condition: &str| {
        edit::<CoPersonRoles>(app, me, id, record, &[], Some(condition)).await
    };
    with(id, titled(person, "first"), "*").await.unwrap();
    let new = tag::<CoPersonRoles>(house, id).await;
    assert_ne!(old, new);
    assert!(is_outdated(with(id, titled(person, "first"), &old).await), "an edit that would change nothing");
    assert!(is_outdated(with(id, titled(person, &"x".repeat(200)), &old).await), "wrong fields come after it");
    with(id, titled(person, "first"), &new).await.unwrap();
    assert_eq!(tag::<CoPersonRoles>(house, id).await, new, "nothing changed");
    assert!(is_outdated(with(id + 100, titled(person, "x"), "*").await), "what is not there");
    let other = house.co("Another").await;
    let foreign = Caller {
        username: "co.x".to_owned(),
        api_user_id: Some(9),
        co_id: Some(other),
        privileged: true,
        ..Caller::default()
    };
    assert!(is_outdated(delete::<CoPersonRoles>(app, &foreign, id, Some(&new)).await), "what is of another CO");
    let no = delete::<Cos>(app, &foreign, other, Some("\"x\"")).await.map_err(Fault::into_refusal);
    assert!(matches!(no, Err(Refusal::Unauthorized(_))), "rights come before it: {no:?}");
    assert!(is_outdated(delete::<CoPersonRoles>(app, me, id, Some(&old)).await));
    delete::<CoPersonRoles>(app, me, id, Some(&new)).await.unwrap();
    assert!(is_outdated(delete::<CoPersonRoles>(app, me, id, Some("*")).await), "what was deleted");
}

pub(crate) async fn a_tag_changes_with_everything_that_is_stored(house: &House) {
    let co = house.co("Tags").await;
    let mut tags = std::collections::BTreeSet::new();
    // The clock of this house stands still: times alone would not tell these apart.
    for name in ["One", "Two", "Three"] {
        let mut record = v1::Co { name: Some(name.to_owned()), ..v1::Co::default() };
        record.set_status(v1::CoStatus::Active);
        house.edit::<Cos>(co, record).await.unwrap();
        assert!(tags.insert(tag::<Cos>(house, co).await));
    }
    let cou = house.cou(co, "Unit").await;
    assert!(tags.insert(tag::<Cous>(house, cou).await));
    let kind = v1::CoExtendedType {
        co_id: Some(co),
        attribute: Some("Identifier.type".to_owned()),
        name: Some("osggid".to_owned()),
        display_name: Some("OSG".to_owned()),
        status: Some(v1::SuspendableStatus::Active.into()),
        ..v1::CoExtendedType::default()
    };
    let id = house.add::<CoExtendedTypes>(kind.clone()).await.unwrap();
    assert!(tags.insert(tag::<CoExtendedTypes>(house, id).await));
    house.edit::<CoExtendedTypes>(id, v1::CoExtendedType { display_name: Some("X".to_owned()), ..kind }).await.unwrap();
    assert!(tags.insert(tag::<CoExtendedTypes>(house, id).await));
    let user = v1::ApiUser {
        co_id: Some(co),
        username: Some("tagged".to_owned()),
        status: Some(v1::SuspendableStatus::Active.into()),
        ..v1::ApiUser::default()
    };
    let id = house.add::<ApiUsers>(user).await.unwrap();
    for _ in 0..2 {
        assert!(tags.insert(tag::<ApiUsers>(house, id).await));
        rotate_key(house.app(), &house.caller, id).await.unwrap();
    }
    assert!(tags.insert(tag::<ApiUsers>(house, id).await), "a new key is a change");
}
