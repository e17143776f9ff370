//! Two COs, two users: each operation of each resource, as the tables state them.

use std::collections::BTreeMap;

use person_role_service::{
    app::{add::add, delete::delete, edit::edit, list::list, view::view},
    context::Fault,
    resource::Resource,
    store::entity::history_record::HistoryRecords,
};
use proto::{
    caller::Caller,
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::{HistoryRecord, ListRequest, NamedText, Status},
    table::{Field, Kind, Table},
};

use crate::{house::House, resources::each_resource};

/// The records of one CO, by resource: one of each, to refer to.
type Place = BTreeMap<String, i64>;

fn refusal<T: std::fmt::Debug>(result: Result<T, Fault>) -> Refusal {
    result.expect_err("a refusal").into_refusal()
}

/// A record with what it needs, in a place. `number` keeps apart what must be unique.
fn minimal(table: &'static Table, place: &Place, number: i64) -> Record {
    let mut record = Record::new(table);
    for field in table.fields.iter().filter(|field| field.options.required || field.column == "co_id") {
        record.set(&field.column, Slot::Is(value(field, place, number)));
    }
    if let Some(owner) = table.owners().find(|_| record.slots().all(|(field, slot)| !is_owner(field, slot))) {
        record.set(&owner.column, Slot::Is(value(owner, place, number)));
    }
    record
}

fn is_owner(field: &Field, slot: &Slot) -> bool {
    !field.options.person_type.is_empty() && matches!(slot, Slot::Is(_))
}

fn value(field: &Field, place: &Place, number: i64) -> Value {
    let options = &field.options;
    match &field.kind {
        Kind::Int if !options.refers_to.is_empty() => Value::Int(place[&options.refers_to]),
        Kind::Int => Value::Int(number),
        Kind::Bool => Value::Bool(true),
        Kind::Enum(names) => Value::Enum(names[0].number),
        Kind::Text if !options.allowed.is_empty() => Value::Text(options.allowed[0].clone()),
        Kind::Text => Value::Text(match field.column.as_str() {
            "mail" => format!("m{number}@example.org"),
            "url" => format!("https://example.org/{number}"),
            "action" => "XABC".to_owned(),
            _ => format!("t{number}"),
        }),
        other => panic!("{} is required and of the kind {other:?}", field.column),
    }
}

async fn place(house: &House, name: &str) -> Place {
    let mut place = Place::from([("Co".to_owned(), house.co(name).await)]);
    place.insert("CoPerson".to_owned(), house.person(place["Co"], Status::Active).await);
    place.insert("Cou".to_owned(), house.cou(place["Co"], name).await);
    // What others refer to comes first; a resource whose references are not there yet waits for the next round.
    for round in 0..3 {
        each_resource!(R => {
            let table = <R as person_role_service::store::stored::Stored>::table();
            let needs = |field: &&Field| field.options.required || !field.options.person_type.is_empty();
            let ready = table.fields.iter().filter(needs).all(|field| {
                field.options.refers_to.is_empty() || place.contains_key(&field.options.refers_to)
            });
            // An invitation goes to a mail address.
            let ready = ready && (table.singular != "CoInvite" || place.contains_key("EmailAddress"));
            if ready && !place.contains_key(&table.singular) {
                let record = minimal(table, &place, place["Co"] * 10 + round);
                let added = add::<R>(house.app(), &house.caller, record, &[]).await;
                let (id, _) = added.unwrap_or_else(|fault| panic!("{}: {:?}", table.singular, fault.into_refusal()));
                place.insert(table.singular.clone(), id);
            }
        });
    }
    place
}

pub(crate) async fn nobody_sees_or_changes_what_is_of_another_co(house: &House) {
    let (mine, other) = (place(house, "Mine").await, place(house, "Other").await);
    assert_eq!(mine.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    let co = mine["Co"];
    let me = Caller {
        username: format!("co_{co}.me"),
        api_user_id: Some(7),
        co_id: Some(co),
        privileged: true,
        ..Caller::default()
    };
    let mut looked_at = 0;
    each_resource!(R => {
        looked_at += 1;
        of_one::<R>(house, &me, &mine, &other).await;
    });
    assert_eq!(looked_at, mine.len());
}

async fn of_one<R: Resource>(house: &House, me: &Caller, mine: &Place, other: &Place) {
    let table = R::table();
    let (own, foreign) = (mine[&table.singular], other[&table.singular]);
    let unknown = Refusal::unknown(&table.singular);
    view::<R>(house.app(), me, own).await.unwrap();
    assert_eq!(refusal(view::<R>(house.app(), me, foreign).await), unknown);
    if table.has("Edit") {
        let sent = minimal(table, other, 900_000);
        assert_eq!(refusal(edit::<R>(house.app(), me, foreign, sent, &[], None).await), unknown);
    }
    if table.has("Delete") {
        assert_eq!(refusal(delete::<R>(house.app(), me, foreign, None).await), unknown);
    }
    view::<R>(house.app(), &house.caller, foreign).await.unwrap();
    if table.has("Add") && table.singular != "Co" {
        let added = refusal(add::<R>(house.app(), me, minimal(table, other, 910_000), &[]).await);
        assert!(
            matches!(added, Refusal::InvalidFields(_) | Refusal::Forbidden { .. }),
            "{}: {added:?}",
            table.singular
        );
    }
    let listed = list::<R>(house.app(), me, &ListRequest::default()).await.unwrap();
    let ids: Vec<Option<i64>> = listed.records.iter().map(|record| record.int("id")).collect();
    assert!(ids.contains(&Some(own)) && !ids.contains(&Some(foreign)), "{}: {ids:?}", table.singular);
    for field in table.fields.iter().filter(|field| !field.options.filter.is_empty() && field.kind == Kind::Int) {
        let named = |place: &Place| ListRequest {
            filters: vec![NamedText {
                name: field.options.filter.clone(),
                value: place[&field.options.refers_to].to_string(),
            }],
            ..ListRequest::default()
        };
        list::<R>(house.app(), me, &named(mine)).await.unwrap();
        let refused = refusal(list::<R>(house.app(), me, &named(other)).await);
        assert!(
            matches!(refused, Refusal::Unknown { .. }),
            "{} by {}: {refused:?}",
            table.plural,
            field.options.filter
        );
    }
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
