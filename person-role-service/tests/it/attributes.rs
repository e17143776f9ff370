//! Attributes that a CO adds to its roles (D30).

use person_role_service::{
    app::{add::add, edit::edit, list::list, view::view},
    store::entity::{co_extended_attribute::CoExtendedAttributes, co_person_role, co_person_role::CoPersonRoles},
};
use proto::{
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::{self as v1, ExtendedAttributeType, ListRequest, NamedText, Status},
};
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};

use crate::house::{House, role};

fn with(person: i64, attributes: Json) -> Record {
    let mut record = Record::of(&role(person, None, Status::Active));
    let Json::Object(attributes) = attributes else { panic!("an object") };
    record.set("extended_attributes", Slot::Is(Value::Object(attributes)));
    record
}

fn attributes_of(record: &Record) -> Json {
    match record.get("extended_attributes") {
        Some(Value::Object(values)) => Json::Object(values.clone()),
        _ => Json::Null,
    }
}

async fn define(house: &House, co: i64, name: &str, kind: ExtendedAttributeType) -> i64 {
    let attribute = v1::CoExtendedAttribute {
        co_id: Some(co),
        name: Some(name.to_owned()),
        display_name: Some(name.to_uppercase()),
        r#type: Some(kind.into()),
        ..v1::CoExtendedAttribute::default()
    };
    house.add::<CoExtendedAttributes>(attribute).await.unwrap()
}

pub(crate) async fn attributes_follow_their_definitions(house: &House) {
    let co = house.co("Attributes").await;
    let person = house.person(co, Status::Active).await;
    let badge = define(house, co, "badge", ExtendedAttributeType::Text).await;
    define(house, co, "floor", ExtendedAttributeType::Integer).await;
    let (app, me) = (house.app(), &house.caller);
    let sent = with(person, json!({"badge": "red", "floor": "3"}));
    let (id, _) = add::<CoPersonRoles>(app, me, sent, &[]).await.unwrap();
    let seen = async || attributes_of(&view::<CoPersonRoles>(app, me, id).await.unwrap());
    assert_eq!(seen().await, json!({"badge": "red", "floor": 3}));
    edit::<CoPersonRoles>(app, me, id, with(person, json!({"floor": 4})), &[], None).await.unwrap();
    edit::<CoPersonRoles>(app, me, id, with(person, json!({"floor": 4, "badge": "red"})), &[], None).await.unwrap();
    assert_eq!(seen().await, json!({"badge": "red", "floor": 4}));
    assert_eq!(house.view::<CoPersonRoles>(id).await.revision(), 1, "what changes nothing leaves no revision");
    let renamed = v1::CoExtendedAttribute {
        co_id: Some(co),
        name: Some("colour".to_owned()),
        display_name: Some("Colour".to_owned()),
        r#type: Some(ExtendedAttributeType::Text.into()),
        ..v1::CoExtendedAttribute::default()
    };
    house.edit::<CoExtendedAttributes>(badge, renamed).await.unwrap();
    assert_eq!(seen().await, json!({"colour": "red", "floor": 4}));
    house.delete::<CoExtendedAttributes>(badge).await.unwrap();
    define(house, co, "colour", ExtendedAttributeType::Text).await;
    assert_eq!(seen().await, json!({"floor": 4}), "a new one has no values of one that was dropped");
    let listed = async |filter: &str, value: i64| {
        let filters = vec![NamedText { name: filter.to_owned(), value: value.to_string() }];
        let request = ListRequest { filters, ..ListRequest::default() };
        attributes_of(&list::<CoPersonRoles>(app, me, &request).await.unwrap().records[0])
    };
    assert_eq!(listed("copersonid", person).await, json!({"floor": 4}));
    assert_eq!(listed("something", 1).await, Json::Null, "all roles are listed without");
    let wrong = with(person, json!({"floor": "many", "nosuch": 1}));
    let Err(fault) = edit::<CoPersonRoles>(app, me, id, wrong, &[], None).await else { panic!("a refusal") };
    let Refusal::InvalidFields(wrong) = fault.into_refusal() else { panic!("fields") };
    assert_eq!(wrong.0.keys().collect::<Vec<_>>(), ["floor", "nosuch"]);
    edit::<CoPersonRoles>(app, me, id, with(person, json!({"floor": null})), &[], None).await.unwrap();
    assert_eq!(seen().await, Json::Null);
}

/// A role has all of them, and so has each of its versions; what is left of those that were dropped goes with the next edit.
pub(crate) async fn a_co_has_so_many(house: &House) {
    let co = house.co("Many").await;
    let person = house.person(co, Status::Active).await;
    let mut ids = Vec::new();
    for n in 0..128 {
        ids.push(define(house, co, &format!("a{n}"), ExtendedAttributeType::Text).await);
    }
    let one_more = v1::CoExtendedAttribute {
        co_id: Some(co),
        name: Some("more".to_owned()),
        display_name: Some("More".to_owned()),
        r#type: Some(ExtendedAttributeType::Text.into()),
        ..v1::CoExtendedAttribute::default()
    };
    let refused = house.add::<CoExtendedAttributes>(one_more.clone()).await.unwrap_err().into_refusal();
    assert!(matches!(&refused, Refusal::Forbidden { phrase, .. } if phrase == "Limit Reached"), "{refused:?}");
    let (app, me) = (house.app(), &house.caller);
    let (id, _) = add::<CoPersonRoles>(app, me, with(person, json!({"a0": "x", "a1": "y"})), &[]).await.unwrap();
    house.delete::<CoExtendedAttributes>(ids[0]).await.unwrap();
    house.add::<CoExtendedAttributes>(one_more).await.unwrap();
    edit::<CoPersonRoles>(app, me, id, with(person, json!({"more": "z"})), &[], None).await.unwrap();
    let row = co_person_role::Entity::find_by_id(id).one(app.database.reader()).await.unwrap().unwrap();
    let kept = row.extended_attributes.unwrap();
    assert!(kept.contains("\"y\"") && kept.contains("\"z\"") && !kept.contains("\"x\""), "{kept}");
}
