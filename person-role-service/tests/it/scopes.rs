//! Least privilege (D61), at the registry itself: nobody passes by the gateway, and nobody gives what he lacks.

use bytes::Bytes;
use person_role_service::{
    app::{add::add, delete::delete, edit::edit, rotate_key::rotate_key, verify_key::verify_key},
    context::Fault,
    store::entity::api_user::ApiUsers,
};
use prost::Message;
use proto::{
    caller::Caller,
    record::{Record, Slot},
    refusal::Refusal,
    registry::v1::{
        self as v1, SuspendableStatus, VerifyRequest, ViewManyRequest, ViewManyResponse, ViewOf, viewed::Of,
    },
    table::Table,
};
use service_kit::rpc::{Channel, call_raw};
use tonic::codegen::http::uri::PathAndQuery;

use crate::house::House;

fn scoped(co_id: Option<i64>, scopes: &[&str]) -> Caller {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    Caller { username: "scoped".to_owned(), api_user_id: Some(9), co_id, privileged: true, scopes, ..Caller::default() }
}

fn user(co: Option<i64>, name: &str, privileged: bool, scopes: &[&str]) -> v1::ApiUser {
    v1::ApiUser {
        co_id: co,
        username: Some(name.to_owned()),
        privileged: Some(privileged),
        status: Some(SuspendableStatus::Active.into()),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..v1::ApiUser::default()
    }
}

/// The fields that were wrong.
fn wrong(fault: Fault) -> String {
    match fault.into_refusal() {
        Refusal::InvalidFields(wrong) => wrong.0.into_keys().collect::<Vec<_>>().join(" "),
        other => panic!("{other:?}"),
    }
}

/// A moment in so many days.
fn in_days(house: &House, days: i64) -> Option<prost_types::Timestamp> {
    let time = house.clock.now() + chrono::Duration::days(days);
    Some(prost_types::Timestamp { seconds: time.timestamp(), nanos: 0 })
}

fn is_unauthorized(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Unauthorized(_))
}

/// Calls a method with an empty message, as somebody does who reaches the service itself.
async fn call(channel: &Channel, table: &Table, method: &str, caller: &Caller) -> Result<(), Refusal> {
    let path = PathAndQuery::try_from(format!("/{}/{method}", table.service)).unwrap();
    let answer = call_raw(channel, path, Bytes::new(), caller).await;
    answer.map(drop).map_err(|status| Refusal::of_status(&status))
}

pub(crate) async fn every_method_of_every_resource_asks_for_its_scope(house: &House) {
    let channel = Channel::in_process(house.service.routes());
    let mut asked = 0;
    for table in Table::all().iter().filter(|table| !table.service.starts_with("cohort.provisioning.")) {
        for method in table.methods.iter().filter(|method| *method != "LoginFailed") {
            let sees = ["View", "List", "Versions", "PlanErasure"].contains(&method.as_str());
            for (scope, allowed) in [
                ("read".to_owned(), sees && table.path != "audit_records"),
                ("write".to_owned(), !sees && table.path != "api_users"),
                ("keys".to_owned(), table.path == "api_users"),
                ("audit".to_owned(), table.path == "audit_records"),
                ("provision".to_owned(), false),
                (format!("{}:read", table.path), sees),
                (format!("{}:write", table.path), !sees),
            ] {
                let answer = call(&channel, table, method, &scoped(None, &[&scope])).await;
                let refused = answer.as_ref().err().is_some_and(is_unauthorized);
                assert_eq!(!refused, allowed, "{} {method} with {scope}: {answer:?}", table.path);
                asked += 1;
            }
        }
    }
    assert!(asked > 800, "{asked}");
}

pub(crate) async fn views_of_many_ask_for_each(house: &House) {
    let co = house.co("Seen").await;
    let view = |scopes: &[&str]| ViewOf { caller: Some(scoped(Some(co), scopes)), resource: "Co".to_owned(), id: co };
    let views = vec![view(&["cous:read"]), view(&["cos:read"]), view(&[]), view(&["write"])];
    let path = PathAndQuery::from_static("/cohort.registry.v1.Views/ViewMany");
    let message = ViewManyRequest { views }.encode_to_vec().into();
    let channel = Channel::in_process(house.service.routes());
    let answer = call_raw(&channel, path, message, &Caller::default()).await.unwrap().into_inner();
    let viewed = ViewManyResponse::decode(answer).unwrap().viewed;
    let seen: Vec<bool> = viewed.iter().map(|one| matches!(one.of, Some(Of::Record(_)))).collect();
    assert_eq!(seen, [false, true, true, false]);
}

pub(crate) async fn nobody_gives_what_he_lacks(house: &House) {
    let co = house.co("Keys").await;
    let make = async |caller: &Caller, user: v1::ApiUser| -> Result<i64, Refusal> {
        let added = add::<ApiUsers>(house.app(), caller, Record::of(&user), &[]).await;
        added.map(|(id, _)| id).map_err(Fault::into_refusal)
    };
    let own = make(&house.caller, user(Some(co), "own", true, &[])).await.unwrap();
    let by_it = |scopes: &[&str]| Caller { api_user_id: Some(own), ..scoped(Some(co), scopes) };
    let (all, some) = (by_it(&[]), by_it(&["read", "keys"]));
    let strong = make(&all, user(Some(co), "strong", true, &[])).await.unwrap();
    let weak = make(&some, user(Some(co), "weak", false, &["cous:read"])).await.unwrap();
    make(&some, user(Some(co), "none", false, &[])).await.unwrap();
    let auditor = make(&house.caller, user(Some(co), "auditor", false, &["audit"])).await.unwrap();
    for (caller, wish) in [
        (&some, user(Some(co), "a", true, &[])),
        (&some, user(Some(co), "b", false, &["write"])),
        (&some, user(Some(co), "c", true, &["read", "provision:3"])),
        (&all, user(Some(co), "d", false, &["audit"])),
        (&scoped(None, &["keys"]), user(None, "e", true, &[])),
    ] {
        let refused = make(caller, wish.clone()).await.unwrap_err();
        assert!(is_unauthorized(&refused), "{wish:?}: {refused:?}");
    }
    // Nor takes over who may more, nor lifts his own bounds.
    for (caller, id) in [(&some, strong), (&all, auditor)] {
        let rotated = rotate_key(house.app(), caller, id).await.unwrap_err().into_refusal();
        assert!(is_unauthorized(&rotated), "{rotated:?}");
    }
    let raised = user(Some(co), "weak", true, &["cous:read", "write"]);
    for (id, record) in [(weak, raised), (strong, user(Some(co), "strong", false, &["read"]))] {
        let edited = edit::<ApiUsers>(house.app(), &some, id, Record::of(&record), &[], None).await;
        let refused = edited.unwrap_err().into_refusal();
        assert!(is_unauthorized(&refused), "{refused:?}");
    }
    rotate_key(house.app(), &some, weak).await.unwrap();
    let lowered = user(Some(co), "weak", false, &["read"]);
    edit::<ApiUsers>(house.app(), &some, weak, Record::of(&lowered), &[], None).await.unwrap();
    let unknown = make(&all, user(Some(co), "f", true, &["read", "everything"])).await.unwrap_err();
    assert!(matches!(unknown, Refusal::InvalidFields(wrong) if wrong.has("scopes") && wrong.0.len() == 1));
}

pub(crate) async fn who_logs_in_is_told_what_he_may_and_when_he_did(house: &House) {
    let co = house.co("Uses").await;
    let wish = user(Some(co), "reader", false, &["read"]);
    let (id, extras) = add::<ApiUsers>(house.app(), &house.caller, Record::of(&wish), &[]).await.unwrap();
    let key = extras.iter().find(|(name, _)| name == "ApiKey").unwrap().1.clone();
    let request = VerifyRequest { username: format!("co_{co}.reader"), key };
    let principal = verify_key(house.app(), request.clone()).await.unwrap();
    assert!(principal.privileged, "who has scopes gets as far as these");
    assert_eq!(principal.scopes, ["read"]);
    assert_eq!(house.view::<ApiUsers>(id).await.last_used, None, "it did not log in by the service");
    let path = PathAndQuery::from_static("/cohort.registry.v1.Authentication/Verify");
    let channel = Channel::in_process(house.service.routes());
    call_raw(&channel, path, request.encode_to_vec().into(), &Caller::default()).await.unwrap();
    for _ in 0..2 {
        house.app().uses.write(house.app().database.writer()).await.unwrap();
        let seen = house.view::<ApiUsers>(id).await;
        assert_eq!(seen.last_used.map(|time| time.seconds), Some(house.clock.now().timestamp()));
        assert_eq!(seen.modified, seen.created, "it is no change of the user");
    }
    house.delete::<ApiUsers>(id).await.unwrap();
    house.app().uses.note(id, house.clock.now());
    house.app().uses.write(house.app().database.writer()).await.unwrap();
}

/// A key does not lift its own limits, nor gets by way of another user what it lacks; and takes away nobody who may more.
pub(crate) async fn a_key_keeps_its_own_limits(house: &House) {
    let co = house.co("Limited").await;
    let until = |days| in_days(house, days);
    let limited = v1::ApiUser {
        remote_ip: vec!["192.0.2.0/24".to_owned()],
        valid_through: until(7),
        ..user(Some(co), "limited", true, &[])
    };
    let id = house.add::<ApiUsers>(limited.clone()).await.unwrap();
    let me = Caller { api_user_id: Some(id), ..scoped(Some(co), &[]) };
    let free = house.add::<ApiUsers>(user(Some(co), "free", true, &[])).await.unwrap();
    let lifted = user(Some(co), "limited", true, &[]);
    let mut cleared = Record::of(&lifted);
    ["remote_ip", "valid_through"].into_iter().for_each(|column| cleared.set(column, Slot::Cleared));
    let edited = edit::<ApiUsers>(house.app(), &me, id, cleared, &[], None).await;
    assert_eq!(wrong(edited.unwrap_err()), "remote_ip valid_through");
    let longer = v1::ApiUser { valid_through: until(8), ..limited.clone() };
    let edited = edit::<ApiUsers>(house.app(), &me, id, Record::of(&longer), &[], None).await;
    assert_eq!(wrong(edited.unwrap_err()), "valid_through");
    let made = add::<ApiUsers>(house.app(), &me, Record::of(&user(Some(co), "new", true, &[])), &[]).await;
    assert_eq!(wrong(made.unwrap_err()), "remote_ip valid_through");
    let rotated = rotate_key(house.app(), &me, free).await.unwrap_err().into_refusal();
    assert!(is_unauthorized(&rotated), "{rotated:?}");
    // What is narrower, and what stays, may be written; its own key may be made anew.
    let shorter = v1::ApiUser { valid_through: until(6), ..limited.clone() };
    edit::<ApiUsers>(house.app(), &me, id, Record::of(&shorter), &[], None).await.unwrap();
    let suspended = Some(SuspendableStatus::Suspended.into());
    let other = v1::ApiUser { status: suspended, ..user(Some(co), "free", true, &[]) };
    edit::<ApiUsers>(house.app(), &me, free, Record::of(&other), &[], None).await.unwrap();
    rotate_key(house.app(), &me, id).await.unwrap();
    let child = v1::ApiUser { username: Some("child".to_owned()), ..shorter };
    add::<ApiUsers>(house.app(), &me, Record::of(&child), &[]).await.unwrap();

    for scope in ["keys", "api_users:write"] {
        let refused = delete::<ApiUsers>(house.app(), &scoped(Some(co), &[scope]), free, None).await.unwrap_err();
        assert!(is_unauthorized(&refused.into_refusal()), "{scope}");
    }
    delete::<ApiUsers>(house.app(), &scoped(Some(co), &[]), free, None).await.unwrap();

    // Who is gone by the time that the body has come has no limits, and no say.
    let last = house.add::<ApiUsers>(user(Some(co), "last", true, &[])).await.unwrap();
    delete::<ApiUsers>(house.app(), &me, id, None).await.unwrap();
    let ghost = add::<ApiUsers>(house.app(), &me, Record::of(&user(Some(co), "ghost", true, &[])), &[]).await;
    let edited =
        edit::<ApiUsers>(house.app(), &me, last, Record::of(&user(Some(co), "last", true, &[])), &[], None).await;
    let rotated = rotate_key(house.app(), &me, last).await;
    for refused in [ghost.map(drop), edited.map(drop), rotated.map(drop)] {
        let refused = refused.unwrap_err().into_refusal();
        assert!(is_unauthorized(&refused), "{refused:?}");
    }
}

/// A key with limits gives no right to a user whose limits are wider: it would go on by way of that one.
pub(crate) async fn a_key_with_limits_gives_nothing_to_who_has_wider_ones(house: &House) {
    let co = house.co("Wider").await;
    let until = |days| in_days(house, days);
    let remote_ip = vec!["192.0.2.0/24".to_owned()];
    let limited = v1::ApiUser { remote_ip, valid_through: until(7), ..user(Some(co), "limited", true, &[]) };
    let id = house.add::<ApiUsers>(limited.clone()).await.unwrap();
    let me = Caller { api_user_id: Some(id), ..scoped(Some(co), &[]) };
    let later =
        v1::ApiUser { valid_from: until(2), ..user(Some(co), "reader", true, &["cous:read", "co_people:read"]) };
    let reader = house.add::<ApiUsers>(later.clone()).await.unwrap();
    for more in [
        v1::ApiUser { scopes: vec!["keys".to_owned(), "cous:read".to_owned()], ..later.clone() },
        v1::ApiUser { scopes: vec!["read".to_owned()], ..later.clone() },
        v1::ApiUser { scopes: Vec::new(), ..later.clone() },
        v1::ApiUser { valid_from: until(1), ..later.clone() },
    ] {
        let mut sent = Record::of(&more);
        if more.scopes.is_empty() {
            sent.set("scopes", Slot::Cleared);
        }
        let edited = edit::<ApiUsers>(house.app(), &me, reader, sent, &[], None).await;
        assert_eq!(wrong(edited.unwrap_err()), "remote_ip valid_through", "{more:?}");
    }
    let suspended = Some(SuspendableStatus::Suspended.into());
    let out = v1::ApiUser { status: suspended, ..user(Some(co), "out", true, &[]) };
    let out = house.add::<ApiUsers>(out).await.unwrap();
    let back = edit::<ApiUsers>(house.app(), &me, out, Record::of(&user(Some(co), "out", true, &[])), &[], None).await;
    assert_eq!(wrong(back.unwrap_err()), "remote_ip valid_through", "suspended, and back");
    let over = v1::ApiUser { valid_through: until(-1), ..user(Some(co), "over", true, &[]) };
    let id_of_over = house.add::<ApiUsers>(over.clone()).await.unwrap();
    let back = v1::ApiUser { valid_through: until(5), ..over };
    let back = edit::<ApiUsers>(house.app(), &me, id_of_over, Record::of(&back), &[], None).await;
    assert_eq!(wrong(back.unwrap_err()), "remote_ip", "ended, and back");
    // Who ends gives no wider addresses to who does not.
    let ending = v1::ApiUser { valid_through: until(7), ..user(Some(co), "ending", true, &[]) };
    let ending = house.add::<ApiUsers>(ending).await.unwrap();
    let ending = Caller { api_user_id: Some(ending), ..scoped(Some(co), &[]) };
    let here = v1::ApiUser { remote_ip: limited.remote_ip.clone(), ..user(Some(co), "here", true, &[]) };
    let id_of_here = house.add::<ApiUsers>(here.clone()).await.unwrap();
    let mut everywhere = Record::of(&v1::ApiUser { remote_ip: Vec::new(), ..here });
    everywhere.set("remote_ip", Slot::Cleared);
    let widened = edit::<ApiUsers>(house.app(), &ending, id_of_here, everywhere, &[], None).await;
    assert_eq!(wrong(widened.unwrap_err()), "valid_through", "from everywhere, and for longer than its own");
    let plain = house.add::<ApiUsers>(user(Some(co), "plain", false, &[])).await.unwrap();
    for more in [user(Some(co), "plain", true, &[]), user(Some(co), "plain", false, &["cous:read"])] {
        let edited = edit::<ApiUsers>(house.app(), &me, plain, Record::of(&more), &[], None).await;
        assert_eq!(wrong(edited.unwrap_err()), "remote_ip valid_through", "{more:?}");
    }
    // Less may be written, and more with limits as narrow as its own.
    let less = v1::ApiUser { scopes: vec!["cous:read".to_owned()], valid_from: until(3), ..later.clone() };
    edit::<ApiUsers>(house.app(), &me, reader, Record::of(&less), &[], None).await.unwrap();
    let narrow = v1::ApiUser { remote_ip: limited.remote_ip.clone(), valid_through: until(5), ..later };
    edit::<ApiUsers>(house.app(), &me, reader, Record::of(&narrow), &[], None).await.unwrap();
}
