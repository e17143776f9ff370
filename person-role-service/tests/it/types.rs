//! Types and affiliations that a CO defines in place of the defaults (D50).

use person_role_service::{
    app::{add, read_subjects::read_subjects},
    context::Fault,
    store::entity::{
        co_extended_type::CoExtendedTypes, co_person_role::CoPersonRoles, identifier::Identifiers,
        org_identity::OrgIdentities,
    },
};
use proto::{
    caller::Caller,
    record::Record,
    refusal::Refusal,
    registry::v1::{self as v1, Status, SuspendableStatus},
};

use crate::house::{House, role};

pub(crate) async fn an_affiliation_of_a_co_s_own_stands_for_one_of_eduperson(house: &House) {
    let (co, other) = (house.co("Affiliations").await, house.co("Defaults").await);
    let of = |name: &str, status: SuspendableStatus, edu_person: Option<&str>| v1::CoExtendedType {
        status: Some(status.into()),
        edupersonaffiliation: edu_person.map(str::to_owned),
        ..defined(co, "CoPersonRole.affiliation", name)
    };
    for defined in [
        of("postdoc", SuspendableStatus::Active, Some("faculty")),
        of("guest", SuspendableStatus::Active, None),
        of("emeritus", SuspendableStatus::Suspended, Some("alum")),
    ] {
        house.add::<CoExtendedTypes>(defined).await.unwrap();
    }
    for (co, expected) in [(co, vec![("postdoc".to_owned(), "faculty".to_owned())]), (other, Vec::new())] {
        let id = house.person(co, Status::Active).await;
        let subject = v1::Subject { kind: v1::SubjectKind::CoPerson.into(), id };
        let request = v1::ReadSubjectsRequest { subjects: vec![subject], contract: 2 };
        let mut states = read_subjects(house.app(), &request).await.unwrap();
        let Some(v1::subject_state::Data::Person(person)) = states.remove(0).data else { panic!("no person") };
        let told = person.affiliation_types.into_iter().map(|one| (one.affiliation, one.edu_person));
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}

fn defined(co: i64, attribute: &str, name: &str) -> v1::CoExtendedType {
    v1::CoExtendedType {
        co_id: Some(co),
        attribute: Some(attribute.to_owned()),
        name: Some(name.to_owned()),
        display_name: Some(name.to_uppercase()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::CoExtendedType::default()
    }
}

fn identifier(person: i64, kind: &str, text: &str) -> v1::Identifier {
    v1::Identifier {
        co_person_id: Some(person),
        identifier: Some(text.to_owned()),
        r#type: Some(kind.to_owned()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::Identifier::default()
    }
}

/// The wrong fields of a refusal, or its phrase.
fn why<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    match result.expect_err("a refusal").into_refusal() {
        Refusal::InvalidFields(wrong) => wrong.0.into_keys().collect::<Vec<_>>().join(" "),
        Refusal::Forbidden { phrase, .. } => phrase,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_co_s_own_types_replace_the_defaults(house: &House) {
    let (co, other) = (house.co("Types").await, house.co("Defaults").await);
    let (person, stranger) = (house.person(co, Status::Active).await, house.person(other, Status::Active).await);
    let before = house.add::<Identifiers>(identifier(person, "uid", "ada")).await.unwrap();
    assert_eq!(why(house.add::<Identifiers>(identifier(person, "gidNumber", "1000")).await), "type");
    for name in ["osggid", "gidNumber"] {
        house.add::<CoExtendedTypes>(defined(co, "Identifier.type", name)).await.unwrap();
    }
    assert_eq!(why(house.add::<CoExtendedTypes>(defined(co, "Identifier.type", "osggid")).await), "Name In Use");
    assert_eq!(why(house.add::<CoExtendedTypes>(defined(co, "Identifier.type", "a b")).await), "name");
    assert_eq!(why(house.add::<CoExtendedTypes>(defined(co, "Identifier.kind", "ab")).await), "attribute");
    let id = house.add::<Identifiers>(identifier(person, "gidNumber", "1000")).await.unwrap();
    assert_eq!(house.view::<Identifiers>(id).await.r#type(), "gidNumber");
    assert_eq!(why(house.add::<Identifiers>(identifier(person, "eppn", "ada@x")).await), "type", "no default any more");
    house.add::<Identifiers>(identifier(stranger, "eppn", "ada@x")).await.unwrap();
    assert_eq!(why(house.add::<Identifiers>(identifier(stranger, "gidNumber", "1000")).await), "type", "another CO");
    // What is stored may stay, and cannot come anew.
    let login = v1::Identifier { login: Some(true), ..identifier(person, "uid", "ada") };
    house.edit::<Identifiers>(before, login).await.unwrap();
    assert_eq!(why(house.edit::<Identifiers>(id, identifier(person, "uid", "1000")).await), "type");
    // Of affiliations, roles and org identities have the same.
    house.add::<CoExtendedTypes>(defined(co, "CoPersonRole.affiliation", "visitor")).await.unwrap();
    let visitor = v1::CoPersonRole { affiliation: Some("visitor".to_owned()), ..role(person, None, Status::Active) };
    house.add::<CoPersonRoles>(visitor).await.unwrap();
    assert_eq!(why(house.add::<CoPersonRoles>(role(person, None, Status::Active)).await), "affiliation");
    let at_home = |affiliation: &str| v1::OrgIdentity {
        co_id: Some(co),
        affiliation: Some(affiliation.to_owned()),
        ..v1::OrgIdentity::default()
    };
    house.add::<OrgIdentities>(at_home("visitor")).await.unwrap();
    assert_eq!(why(house.add::<OrgIdentities>(at_home("staff")).await), "affiliation");
}

pub(crate) async fn a_type_in_use_stays_what_it_is(house: &House) {
    let co = house.co("In use").await;
    let person = house.person(co, Status::Active).await;
    let add = async |name: &str| house.add::<CoExtendedTypes>(defined(co, "Identifier.type", name)).await.unwrap();
    let (used, spare) = (add("gidNumber").await, add("spare").await);
    let id = house.add::<Identifiers>(identifier(person, "gidNumber", "1000")).await.unwrap();
    assert_eq!(why(house.delete::<CoExtendedTypes>(used).await), "Type In Use");
    let renamed = defined(co, "Identifier.type", "gid");
    assert_eq!(why(house.edit::<CoExtendedTypes>(used, renamed).await), "Type In Use");
    let suspended = v1::CoExtendedType {
        status: Some(SuspendableStatus::Suspended.into()),
        ..defined(co, "Identifier.type", "gidNumber")
    };
    house.edit::<CoExtendedTypes>(used, suspended).await.unwrap();
    assert_eq!(why(house.add::<Identifiers>(identifier(person, "gidNumber", "1001")).await), "type");
    house.edit::<CoExtendedTypes>(spare, defined(co, "Identifier.type", "other")).await.unwrap();
    house.delete::<CoExtendedTypes>(spare).await.unwrap();
    house.add::<Identifiers>(identifier(person, "uid", "ada")).await.unwrap();
    house.delete::<Identifiers>(id).await.unwrap();
    house.delete::<CoExtendedTypes>(used).await.unwrap();
}

/// Nobody is left with a type that was deleted meanwhile.
pub(crate) async fn a_type_is_not_deleted_while_it_comes_into_use(house: &House) {
    let co = house.co("Race of types").await;
    let person = house.person(co, Status::Active).await;
    house.add::<CoExtendedTypes>(defined(co, "Identifier.type", "kept")).await.unwrap();
    for round in 0..8 {
        let name = format!("t{round}");
        let id = house.add::<CoExtendedTypes>(defined(co, "Identifier.type", &name)).await.unwrap();
        let (deleted, added) = tokio::join!(
            house.delete::<CoExtendedTypes>(id),
            house.add::<Identifiers>(identifier(person, &name, "x")),
        );
        assert!(deleted.is_err() != added.is_err(), "round {round}: {deleted:?} {added:?}");
    }
}

pub(crate) async fn what_types_another_co_has_is_not_told(house: &House) {
    let (mine, other) = (house.co("Mine").await, house.co("Other").await);
    let stranger = house.person(other, Status::Active).await;
    house.add::<CoExtendedTypes>(defined(other, "Identifier.type", "hushhush")).await.unwrap();
    let me = Caller {
        username: "co.me".to_owned(),
        api_user_id: Some(7),
        co_id: Some(mine),
        privileged: true,
        ..Caller::default()
    };
    let sent = Record::of(&identifier(stranger, "zzz", "1"));
    let refused = add::add::<Identifiers>(house.app(), &me, sent, &[]).await.expect_err("a refusal").into_refusal();
    let Refusal::InvalidFields(wrong) = refused else { panic!("{refused:?}") };
    assert!(wrong.has("co_person_id") && wrong.has("type"), "{wrong:?}");
    assert!(!format!("{wrong:?}").contains("hushhush"), "{wrong:?}");
}
