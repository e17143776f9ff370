//! Identifiers that are assigned by the rules of a CO (neighbours.md Identifier).

use std::collections::BTreeSet;

use futures::future::join_all;
use person_role_service::{
    app::{assign_identifiers::assign_identifiers, duplicate_co::duplicate_co},
    context::Fault,
    store::{
        entity::{
            co_extended_type::CoExtendedTypes, co_group::CoGroups, co_identifier_assignment::CoIdentifierAssignments,
            identifier::Identifiers, name::Names,
        },
        identifier_sequences,
    },
};
use proto::{
    caller::Caller,
    record::Record,
    refusal::Refusal,
    registry::v1::{self as v1, Status, SuspendableStatus},
};
use sea_orm::{ConnectionTrait, Statement};

use crate::house::House;

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn rule(co: i64, kind: &str, format: &str) -> v1::CoIdentifierAssignment {
    v1::CoIdentifierAssignment {
        co_id: Some(co),
        identifier_type: text(kind),
        format: text(format),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::CoIdentifierAssignment::default()
    }
}

async fn named(house: &House, co: i64, given: &str, family: &str) -> i64 {
    let person = house.person(co, Status::Active).await;
    let name = v1::Name {
        given: text(given),
        family: text(family),
        r#type: text("official"),
        co_person_id: Some(person),
        ..v1::Name::default()
    };
    house.add::<Names>(name).await.unwrap();
    person
}

async fn assign(house: &House, caller: &Caller, owner: v1::Identifier) -> Result<(), Fault> {
    assign_identifiers(house.app(), caller, &Record::of(&owner), &[]).await.map(drop)
}

fn of_person(person: i64) -> v1::Identifier {
    v1::Identifier { co_person_id: Some(person), ..v1::Identifier::default() }
}

async fn identifiers(house: &House, filter: &str, id: i64) -> Vec<String> {
    let all = house.list::<Identifiers>(filter, id).await;
    all.iter().map(|found| format!("{} {}", found.r#type(), found.identifier())).collect()
}

fn why<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    match result.expect_err("a refusal").into_refusal() {
        Refusal::InvalidFields(wrong) => wrong.0.into_keys().collect::<Vec<_>>().join(" "),
        Refusal::Forbidden { phrase, .. } => phrase,
        Refusal::BadRequest(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn identifiers_are_assigned_by_the_rules_of_the_co(house: &House) {
    let co = house.co("Assigned").await;
    let other = Caller { co_id: Some(house.co("Other").await), ..house.caller.clone() };
    assert_eq!(why(house.add::<CoIdentifierAssignments>(rule(co, "uid", "(x)")).await), "format");
    assert_eq!(why(house.add::<CoIdentifierAssignments>(rule(co, "nosuch", "(g)")).await), "identifier_type");
    let people = [named(house, co, "Ada", "Lovelace").await, named(house, co, "Ada", "Lovelace").await];
    assign(house, &house.caller, of_person(people[0])).await.unwrap();
    assert!(identifiers(house, "copersonid", people[0]).await.is_empty(), "there are no rules");

    house.add::<CoIdentifierAssignments>(rule(co, "uid", "(g).(f)[1:(#)]")).await.unwrap();
    let numbered = v1::CoIdentifierAssignment { minimum: Some(100), ..rule(co, "enterprise", "C(#:5)") };
    let numbered = house.add::<CoIdentifierAssignments>(numbered).await.unwrap();
    for person in people {
        assign(house, &house.caller, of_person(person)).await.unwrap();
        assign(house, &house.caller, of_person(person)).await.unwrap();
    }
    assert_eq!(identifiers(house, "copersonid", people[0]).await, ["uid ada.lovelace", "enterprise C00100"]);
    assert_eq!(identifiers(house, "copersonid", people[1]).await, ["uid ada.lovelace1", "enterprise C00101"]);

    assert_eq!(why(assign(house, &house.caller, v1::Identifier::default()).await), "No Person Specified");
    assert_eq!(why(assign(house, &other, of_person(people[0])).await), "co_person_id");
    let nameless = house.person(co, Status::Active).await;
    assert!(why(assign(house, &house.caller, of_person(nameless)).await).contains("uid: there is no given name"));
    assert!(identifiers(house, "copersonid", nameless).await.is_empty(), "all or nothing");

    let of_groups = v1::CoIdentifierAssignment { context: text("CoGroup"), ..rule(co, "network", "g(#)") };
    house.add::<CoIdentifierAssignments>(of_groups).await.unwrap();
    let group = house.list::<CoGroups>("coid", co).await[0].id();
    let owner = v1::Identifier { co_group_id: Some(group), ..v1::Identifier::default() };
    assign(house, &house.caller, owner).await.unwrap();
    assert_eq!(identifiers(house, "cogroupid", group).await, ["network g1"]);

    house.delete::<CoIdentifierAssignments>(numbered).await.unwrap();
    let short = v1::CoIdentifierAssignment { minimum_length: Some(6), ..rule(co, "badge", "(f)[1:-(g)]") };
    house.add::<CoIdentifierAssignments>(short).await.unwrap();
    let kim = named(house, co, "Kim", "Li").await;
    assign(house, &house.caller, of_person(kim)).await.unwrap();
    assert_eq!(identifiers(house, "copersonid", kim).await, ["uid kim.li", "badge li-kim"]);
}

pub(crate) async fn many_at_once_get_different_identifiers(house: &House) {
    let co = house.co("Many").await;
    house.add::<CoIdentifierAssignments>(rule(co, "uid", "(g)[1:.(#)]")).await.unwrap();
    house.add::<CoIdentifierAssignments>(rule(co, "enterprise", "(#)")).await.unwrap();
    let mut people = Vec::new();
    for _ in 0..20 {
        people.push(named(house, co, "Ada", "Lovelace").await);
    }
    // Somebody takes by hand what would be next.
    let by_hand = (1..=5).map(|number| {
        let one = v1::Identifier {
            identifier: text(&format!("ada.{number}")),
            r#type: text("uid"),
            status: Some(SuspendableStatus::Active.into()),
            ..of_person(people[0])
        };
        house.add::<Identifiers>(one)
    });
    let assigned = people.iter().chain(&people[1..]).map(|person| assign(house, &house.caller, of_person(*person)));
    let (assigned, _taken) = futures::join!(join_all(assigned), join_all(by_hand));
    assigned.into_iter().for_each(|result| result.unwrap());
    let mut all = Vec::new();
    for person in &people[1..] {
        let own = identifiers(house, "copersonid", *person).await;
        assert_eq!(own.len(), 2, "one of each type: {own:?}");
        all.extend(own);
    }
    all.extend(identifiers(house, "copersonid", people[0]).await);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "no two have the same");
}

/// Numbers that somebody took by hand are passed by, however many they are, and a least number that is raised counts.
pub(crate) async fn a_sequence_gets_past_what_is_taken(house: &House) {
    let co = house.co("Imported").await;
    let numbered = house.add::<CoIdentifierAssignments>(rule(co, "enterprise", "C(#)")).await.unwrap();
    let (first, ada) = (named(house, co, "First", "One").await, named(house, co, "Ada", "Lovelace").await);
    let by_hand = v1::Identifier {
        identifier: text("C1"),
        r#type: text("enterprise"),
        status: Some(SuspendableStatus::Active.into()),
        ..of_person(first)
    };
    let by_hand = house.add::<Identifiers>(by_hand).await.unwrap();
    let others = format!(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1003) \
         INSERT INTO identifiers (co_id, co_person_id, identifier, type, login, status, created, modified, revision, deleted) \
         SELECT co_id, co_person_id, 'C' || i, type, login, status, created, modified, revision, deleted \
         FROM identifiers, n WHERE identifiers.id = {by_hand}"
    );
    house.app().database.writer().execute_unprepared(&others).await.unwrap();
    let told = why(assign(house, &house.caller, of_person(ada)).await);
    assert!(told.contains("\"C500\" and those before it are taken; ask again"), "{told}");
    why(assign(house, &house.caller, of_person(ada)).await);
    assign(house, &house.caller, of_person(ada)).await.unwrap();
    assert_eq!(identifiers(house, "copersonid", ada).await, ["enterprise C1004"]);

    let raised = v1::CoIdentifierAssignment { minimum: Some(5000), ..rule(co, "enterprise", "C(#)") };
    house.edit::<CoIdentifierAssignments>(numbered, raised).await.unwrap();
    let bea = named(house, co, "Bea", "Two").await;
    assign(house, &house.caller, of_person(bea)).await.unwrap();
    assert_eq!(identifiers(house, "copersonid", bea).await, ["enterprise C5000"]);
}

/// A type that was taken away after the rule was made is told as what is wrong with the rule.
pub(crate) async fn a_type_that_is_none_any_more_is_told(house: &House) {
    let co = house.co("Types").await;
    house.add::<CoIdentifierAssignments>(rule(co, "uid", "(g)")).await.unwrap();
    let kind = v1::CoExtendedType {
        co_id: Some(co),
        attribute: text("Identifier.type"),
        name: text("osggid"),
        display_name: text("OSG"),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::CoExtendedType::default()
    };
    house.add::<CoExtendedTypes>(kind).await.unwrap();
    let ada = named(house, co, "Ada", "Lovelace").await;
    let told = why(assign(house, &house.caller, of_person(ada)).await);
    assert!(told.starts_with("Identifiers cannot be assigned; uid: "), "{told}");
    let copy = duplicate_co(house.app(), &house.caller, co).await.unwrap().id;
    let rules = house.list::<CoIdentifierAssignments>("coid", copy).await;
    assert_eq!(rules[0].identifier_type(), "uid", "what is stored may stay, in the copy too");
}

/// One request tries so many numbers, however many rules there are; and there are only so many rules.
pub(crate) async fn what_one_request_tries_is_bounded(house: &House) {
    let co = house.co("Bounded").await;
    let (first, ada) = (named(house, co, "First", "One").await, named(house, co, "Ada", "Lovelace").await);
    let by_hand = v1::Identifier {
        identifier: text("x1"),
        r#type: text("badge"),
        status: Some(SuspendableStatus::Active.into()),
        ..of_person(first)
    };
    let by_hand = house.add::<Identifiers>(by_hand).await.unwrap();
    let others = format!(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
         INSERT INTO identifiers (co_id, co_person_id, identifier, type, login, status, created, modified, revision, deleted) \
         SELECT co_id, co_person_id, 'x' || i, type, login, status, created, modified, revision, deleted \
         FROM identifiers, n WHERE identifiers.id = {by_hand}"
    );
    house.app().database.writer().execute_unprepared(&others).await.unwrap();
    for _ in 0..64 {
        house.add::<CoIdentifierAssignments>(rule(co, "badge", "x(#)")).await.unwrap();
    }
    assert_eq!(why(house.add::<CoIdentifierAssignments>(rule(co, "badge", "x(#)")).await), "Limit Reached");
    let tried = async || {
        let sql = "SELECT CAST(COALESCE(sum(last), 0) AS bigint) AS n FROM identifier_sequences";
        let db = house.app().database.writer();
        let found = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        found.try_get::<i64>("", "n").unwrap()
    };
    let before = tried().await;
    let told = why(assign(house, &house.caller, of_person(ada)).await);
    assert!(told.contains("\"x500\" and those before it are taken; ask again"), "{told}");
    assert_eq!(tried().await - before, 500);
    for _ in 0..3 {
        why(assign(house, &house.caller, of_person(ada)).await);
    }
    assign(house, &house.caller, of_person(ada)).await.unwrap();
    assert_eq!(identifiers(house, "copersonid", ada).await, ["badge x2001"], "whoever asks again gets further");
}

/// Texts of the version before become digests, whatever there is by now.
pub(crate) async fn what_is_kept_of_names_becomes_a_digest(house: &House) {
    let db = house.app().database.writer();
    let (old, new) = (identifier_sequences::digest(7, "ada.lovelace#"), identifier_sequences::digest(7, "bob#"));
    for sql in [
        "DELETE FROM seaql_migrations WHERE version = 'm0086_affixes'".to_owned(),
        format!(
            "INSERT INTO identifier_sequences (co_identifier_assignment_id, affix, co_id, last) \
             VALUES (7, 'ada.lovelace#', 1, 3), (7, 'bob#', 1, 9), (7, '{new}', 1, 4), (8, 'x#', 1, 1)"
        ),
    ] {
        db.execute_unprepared(&sql).await.unwrap();
    }
    let house = house.with_clock(house.clock.clone()).await;
    let sql = "SELECT affix, last FROM identifier_sequences WHERE co_identifier_assignment_id = 7 ORDER BY last";
    let db = house.app().database.writer();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let kept: Vec<(String, i64)> =
        rows.iter().map(|row| (row.try_get("", "affix").unwrap(), row.try_get("", "last").unwrap())).collect();
    assert_eq!(kept, [(old, 3), (new, 9)]);
}
