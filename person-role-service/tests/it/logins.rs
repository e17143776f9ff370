//! Who is let in, and how dear it is to find out (D13 to D15).

use person_role_service::{
    app::{
        add::add,
        rotate_key::rotate_key,
        verify_key::{recognize, verify_key},
    },
    context::Fault,
    keys,
    store::entity::{api_user, api_user::ApiUsers, co::Cos},
};
use proto::{
    record::Record,
    refusal::Refusal,
    registry::v1::{self as v1, Principal, VerifyRequest},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use crate::house::House;

fn user(co: i64) -> v1::ApiUser {
    v1::ApiUser {
        co_id: Some(co),
        username: Some("loader".to_owned()),
        privileged: Some(true),
        status: Some(v1::SuspendableStatus::Active.into()),
        remote_ip: vec!["192.0.2.0/24".to_owned()],
        ..v1::ApiUser::default()
    }
}

async fn add_user(house: &House, co: i64) -> (i64, String) {
    let (id, extras) = add::<ApiUsers>(house.app(), &house.caller, Record::of(&user(co)), &[]).await.unwrap();
    (id, extras[1].1.clone())
}

async fn check(house: &House, co: i64, key: &str, quick: bool) -> Result<Principal, Refusal> {
    let request = VerifyRequest { username: format!("co_{co}.loader"), key: key.to_owned() };
    if quick {
        let stranger = VerifyRequest { username: "nobody".to_owned(), key: key.to_owned() };
        let found = recognize(house.app(), &[stranger, request]).await.unwrap();
        assert_eq!(found[0], None);
        return found[1].clone().ok_or_else(Refusal::not_privileged);
    }
    verify_key(house.app(), request).await.map_err(Fault::into_refusal)
}

fn is_nobody(checked: &Result<Principal, Refusal>) -> bool {
    matches!(checked, Err(Refusal::Unauthorized(_)))
}

async fn row(house: &House, id: i64) -> api_user::Model {
    api_user::Entity::find_by_id(id).one(house.app().database.reader()).await.unwrap().unwrap()
}

pub(crate) async fn keys_are_checked_and_rotated(house: &House) {
    let co = house.co("Keys").await;
    let (id, key) = add_user(house, co).await;
    let principal = check(house, co, &key, false).await.unwrap();
    assert_eq!((principal.co_id, principal.privileged, principal.remote_ip.len()), (Some(co), true, 1));
    assert!(is_nobody(&check(house, co, "wrong", false).await));
    let stored = format!("{:?} {:?}", house.view::<ApiUsers>(id).await, row(house, id).await);
    assert!(!stored.contains(&key), "the key is nowhere but in the answer");
    let second = rotate_key(house.app(), &house.caller, id).await.unwrap()[1].1.clone();
    assert!(is_nobody(&check(house, co, &key, false).await) && is_nobody(&check(house, co, &key, true).await));
    check(house, co, &second, false).await.unwrap();
    check(house, co, &second, true).await.unwrap();
    let suspended = v1::ApiUser { status: Some(v1::SuspendableStatus::Suspended.into()), ..user(co) };
    house.edit::<ApiUsers>(id, suspended).await.unwrap();
    assert!(is_nobody(&check(house, co, &second, false).await) && is_nobody(&check(house, co, &second, true).await));
}

pub(crate) async fn a_key_that_was_made_here_is_checked_quickly(house: &House) {
    let co = house.co("Quick keys").await;
    let (id, key) = add_user(house, co).await;
    check(house, co, &key, true).await.unwrap();
    assert!(is_nobody(&check(house, co, "wrong", true).await));
    let made = row(house, id).await;
    let keep = async |hash: &str, digest: Option<String>| {
        let mut active = row(house, id).await.into_active_model();
        (active.key_hash, active.key_digest) = (Set(hash.to_owned()), Set(digest));
        active.update(house.app().database.writer()).await.unwrap();
    };
    // As a version keeps it that knows of no digests.
    keep(&made.key_hash, None).await;
    assert!(is_nobody(&check(house, co, &key, true).await));
    check(house, co, &key, false).await.unwrap();
    check(house, co, &key, true).await.unwrap();
    // Such a version makes another key.
    let chosen = keys::hash(&house.app().hashing, "chosen by people".to_owned()).await.unwrap();
    keep(&chosen, made.key_digest).await;
    assert!(is_nobody(&check(house, co, &key, true).await) && is_nobody(&check(house, co, &key, false).await));
    check(house, co, "chosen by people", false).await.unwrap();
    assert!(is_nobody(&check(house, co, "chosen by people", true).await), "it has no digest");
}

pub(crate) async fn the_users_of_a_closed_co_are_nobody(house: &House) {
    let co = house.co("Closed").await;
    let (_, key) = add_user(house, co).await;
    for (status, open) in [
        (v1::CoStatus::Suspended, false),
        (v1::CoStatus::Template, true),
        (v1::CoStatus::InTrash, false),
        (v1::CoStatus::Active, true),
    ] {
        let message = v1::Co { name: Some("Closed".to_owned()), status: Some(status.into()), ..v1::Co::default() };
        house.edit::<Cos>(co, message).await.unwrap();
        for quick in [true, false] {
            assert_eq!(check(house, co, &key, quick).await.is_ok(), open, "{status:?} {quick}");
        }
    }
}
