//! POSTs that are done once (D44).

use chrono::Duration;
use person_role_service::{
    app::{
        add::{Done, add_once},
        record_outcomes::forget_old_messages,
    },
    context::Fault,
    store::entity::co_person_role::CoPersonRoles,
};
use proto::{
    caller::Caller,
    record::Record,
    refusal::Refusal,
    registry::v1::{self as v1, IdempotencyKey, Status},
};
use sea_orm::{ConnectionTrait, Statement};

use crate::house::{House, role};

fn with_key(house: &House, key: &str, request: u8) -> Caller {
    let key = IdempotencyKey { key: key.to_owned(), request: vec![request; 32], former: Vec::new() };
    Caller { idempotency: Some(key), ..house.caller.clone() }
}

async fn send(house: &House, caller: &Caller, message: v1::CoPersonRole) -> Result<Done, Refusal> {
    add_once::<CoPersonRoles>(house.app(), caller, Record::of(&message), &[]).await.map_err(Fault::into_refusal)
}

async fn kept(house: &House) -> i64 {
    let (reader, backend) = (house.app().database.reader(), house.app().database.backend());
    let sql = Statement::from_string(backend, "SELECT count(*) AS n FROM idempotency_keys");
    reader.query_one_raw(sql).await.unwrap().unwrap().try_get("", "n").unwrap()
}

pub(crate) async fn a_request_is_done_once_for_each_key(house: &House) {
    let co = house.co("Keys").await;
    let person = house.person(co, Status::Active).await;
    let message = || role(person, None, Status::Active);
    let caller = with_key(house, "one", 1);
    let first = send(house, &caller, message()).await.unwrap();
    let again = send(house, &caller, message()).await.unwrap();
    assert_eq!((first.replayed, again.replayed, again.id), (false, true, first.id));
    let reused = send(house, &with_key(house, "one", 2), message()).await.unwrap_err();
    assert!(matches!(reused, Refusal::Unprocessable { phrase, .. } if phrase == "Idempotency Key Reused"));
    // What was kept before digests had a key is known again by the digest of that time, which is not kept itself.
    let newer = IdempotencyKey { key: "one".to_owned(), request: vec![9; 32], former: vec![1; 32] };
    let newer = Caller { idempotency: Some(newer), ..house.caller.clone() };
    let known = send(house, &newer, message()).await.unwrap();
    assert_eq!((known.replayed, known.id), (true, first.id));
    let refused = v1::CoPersonRole { affiliation: Some("wizard".to_owned()), ..message() };
    let two = with_key(house, "two", 1);
    assert!(matches!(send(house, &two, refused).await, Err(Refusal::InvalidFields(_))));
    assert!(!send(house, &two, message()).await.unwrap().replayed, "a refusal is not kept");
    let other = Caller { api_user_id: Some(2), ..caller.clone() };
    assert!(!send(house, &other, message()).await.unwrap().replayed, "of another user");
    assert_eq!(house.list::<CoPersonRoles>("copersonid", person).await.len(), 3);
}

pub(crate) async fn of_requests_at_once_one_is_done(house: &House) {
    let co = house.co("Keys at once").await;
    let person = house.person(co, Status::Active).await;
    // As several processes do it: each knows only its own.
    let others = [house.with_clock(house.clock.clone()).await, house.with_clock(house.clock.clone()).await];
    let all: Vec<&House> = others.iter().chain([house]).collect();
    let caller = with_key(house, "at once", 1);
    let sent = (0..12).map(|number| send(all[number % 3], &caller, role(person, None, Status::Active)));
    let answers = futures::future::join_all(sent).await;
    let mut done = 0;
    for answer in answers {
        match answer {
            Ok(answer) => done += i32::from(!answer.replayed),
            Err(Refusal::Conflict { phrase, .. }) => assert_eq!(phrase, "Idempotency Key In Use"),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(house.list::<CoPersonRoles>("copersonid", person).await.len(), 1);
    assert!(send(house, &caller, role(person, None, Status::Active)).await.unwrap().replayed);
    // What is done is not under way, however many ask for it again at once.
    let again = (0..6).map(|_| send(house, &caller, role(person, None, Status::Active)));
    for answer in futures::future::join_all(again).await {
        assert!(answer.unwrap().replayed);
    }
}

pub(crate) async fn keys_go_after_a_day(house: &House) {
    let co = house.co("Old keys").await;
    let person = house.person(co, Status::Active).await;
    let message = || role(person, None, Status::Active);
    for number in 0..30 {
        send(house, &with_key(house, &format!("key {number}"), 1), message()).await.unwrap();
    }
    house.clock.advance(Duration::hours(24) - Duration::seconds(1));
    assert!(send(house, &with_key(house, "key 7", 1), message()).await.unwrap().replayed);
    house.clock.advance(Duration::seconds(1));
    let anew = send(house, &with_key(house, "key 29", 2), message()).await.unwrap();
    assert!(!anew.replayed, "it was kept for a day");
    assert_eq!(kept(house).await, 10, "some went with it");
    send(house, &with_key(house, "another", 2), message()).await.unwrap();
    assert_eq!(kept(house).await, 2);
    // Also where no later ones come.
    house.clock.advance(Duration::hours(24));
    forget_old_messages(house.app()).await.unwrap();
    assert_eq!(kept(house).await, 0);
}
