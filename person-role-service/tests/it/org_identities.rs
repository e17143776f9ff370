//! Org identities, their links to people, and what hangs on them.

use chrono::Duration;
use person_role_service::{
    app::{
        add::add, follow_membership_dates::follow_membership_dates, list::list, read_subjects::read_subjects,
        view::view,
    },
    context::Fault,
    store::entity::{
        co_org_identity_link::CoOrgIdentityLinks, co_person::CoPeople, email_address::EmailAddresses,
        history_record::HistoryRecords, identifier::Identifiers, name::Names, org_identity::OrgIdentities,
    },
};
use proto::{
    record::Record,
    refusal::Refusal,
    registry::v1::{
        self as v1, ListRequest, NamedText, ReadSubjectsRequest, Status, Subject, SubjectKind, SuspendableStatus,
        subject_state::Data,
    },
};

use crate::house::House;

fn refusal<T: std::fmt::Debug>(result: Result<T, Fault>) -> Refusal {
    result.expect_err("a refusal").into_refusal()
}

fn phrase<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    match refusal(result) {
        Refusal::Forbidden { phrase, .. } => phrase,
        other => panic!("{other:?}"),
    }
}

async fn org_identity(house: &House, co: i64) -> i64 {
    let affiliation = Some("staff".to_owned());
    let org_identity = v1::OrgIdentity { co_id: Some(co), affiliation, ..v1::OrgIdentity::default() };
    house.add::<OrgIdentities>(org_identity).await.unwrap()
}

async fn link(house: &House, person: i64, org_identity: i64) -> i64 {
    house.add::<CoOrgIdentityLinks>(linked(person, org_identity)).await.unwrap()
}

fn linked(person: i64, org_identity: i64) -> v1::CoOrgIdentityLink {
    v1::CoOrgIdentityLink {
        co_person_id: Some(person),
        org_identity_id: Some(org_identity),
        ..v1::CoOrgIdentityLink::default()
    }
}

fn eppn(text: &str) -> v1::Identifier {
    v1::Identifier {
        identifier: Some(text.to_owned()),
        r#type: Some("eppn".to_owned()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::Identifier::default()
    }
}

fn name(given: &str) -> v1::Name {
    v1::Name { given: Some(given.to_owned()), r#type: Some("official".to_owned()), ..v1::Name::default() }
}

/// The people who are told of.
async fn told(house: &House) -> Vec<i64> {
    let people = house.events().await.into_iter().filter_map(|event| event.subject);
    people.filter(|subject| subject.kind() == SubjectKind::CoPerson).map(|subject| subject.id).collect()
}

async fn state(house: &House, person: i64) -> (i64, v1::PersonState) {
    let subject = Subject { kind: SubjectKind::CoPerson.into(), id: person };
    let mut states =
        read_subjects(house.app(), &ReadSubjectsRequest { subjects: vec![subject], contract: 2 }).await.unwrap();
    match states.remove(0) {
        v1::SubjectState { revision, data: Some(Data::Person(person)), .. } => (revision, person),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_record_hangs_on_exactly_one(house: &House) {
    let co = house.co("Owners").await;
    let (person, org) = (house.person(co, Status::Active).await, org_identity(house, co).await);
    assert_eq!(phrase(house.add::<Names>(name("Nobody's")).await), "No Person Specified");
    let both = v1::Name { co_person_id: Some(person), org_identity_id: Some(org), ..name("Both") };
    let Refusal::InvalidFields(wrong) = refusal(house.add::<Names>(both).await) else { panic!("fields") };
    assert_eq!(wrong.0.keys().collect::<Vec<_>>(), ["co_person_id"]);
    let unknown = v1::Name { org_identity_id: Some(9_999_999), ..name("Whose?") };
    assert_eq!(phrase(house.add::<Names>(unknown).await), "Person Does Not Exist");
    let elsewhere = org_identity(house, house.co("Elsewhere").await).await;
    let mine = house.add::<Names>(v1::Name { org_identity_id: Some(org), ..name("Ada") }).await.unwrap();
    assert!(house.view::<Names>(mine).await.primary_name(), "the first one");
    let moved = v1::Name { org_identity_id: Some(elsewhere), ..name("Ada") };
    let Refusal::InvalidFields(wrong) = refusal(house.edit::<Names>(mine, moved).await) else { panic!("fields") };
    assert_eq!(wrong.0["org_identity_id"], ["\"org_identity_id\" may not refer to another CO"]);
    let second = v1::Name { org_identity_id: Some(org), primary_name: Some(true), ..name("Augusta") };
    let second = house.add::<Names>(second).await.unwrap();
    assert!(!house.view::<Names>(mine).await.primary_name(), "another one took its place");
    assert_eq!(phrase(house.delete::<Names>(second).await), "Primary Name Cannot Be Deleted");
    let of_person = house.add::<Names>(v1::Name { co_person_id: Some(person), ..name("Ada") }).await.unwrap();
    assert!(house.view::<Names>(of_person).await.primary_name(), "of each its own");
    assert_eq!(house.list::<Names>("orgidentityid", org).await.len(), 2);
}

pub(crate) async fn people_are_told_what_changes_of_their_org_identities(house: &House) {
    let co = house.co("Told").await;
    let (person, org) = (house.person(co, Status::Active).await, org_identity(house, co).await);
    house.add::<Identifiers>(v1::Identifier { org_identity_id: Some(org), ..eppn("ada@home") }).await.unwrap();
    house.add::<Identifiers>(v1::Identifier { co_person_id: Some(person), ..eppn("ada@home") }).await.unwrap();
    house.events().await;
    let mut last = state(house, person).await;
    assert!(last.1.org_identities.is_empty());
    let id = link(house, person, org).await;
    let other = house.person(co, Status::Active).await;
    assert_eq!(phrase(house.add::<CoOrgIdentityLinks>(linked(other, org)).await), "OrgIdentity Already Linked");
    let found = state(house, person).await;
    assert_eq!(found.1.org_identities[0].identifiers[0].identifier(), "ada@home");
    let title =
        |title: &str| v1::OrgIdentity { co_id: Some(co), title: Some(title.to_owned()), ..v1::OrgIdentity::default() };
    let more = house.add::<Identifiers>(v1::Identifier { org_identity_id: Some(org), ..eppn("lovelace@home") });
    let more = more.await.unwrap();
    for step in 0..5 {
        match step {
            0 => {}
            1 => house.edit::<OrgIdentities>(org, title("Countess")).await.unwrap(),
            2 => house
                .edit::<Identifiers>(more, v1::Identifier { org_identity_id: Some(org), ..eppn("countess@home") })
                .await
                .unwrap(),
            3 => house.delete::<Identifiers>(more).await.unwrap(),
            _ => house.delete::<CoOrgIdentityLinks>(id).await.unwrap(),
        }
        assert!(told(house).await.contains(&person), "step {step}");
        let now = state(house, person).await;
        assert!(now.0 > last.0 && now.1 != last.1, "step {step}");
        last = now;
    }
    house.edit::<OrgIdentities>(org, title("Lady")).await.unwrap();
    assert!(told(house).await.is_empty(), "it is nobody's any more");
    let codes: Vec<String> = house
        .list::<HistoryRecords>("orgidentityid", org)
        .await
        .into_iter()
        .filter_map(|record| record.action)
        .collect();
    assert_eq!(codes, ["AOIM", "AIDE", "LOCP", "AIDE", "EOIM", "EIDE", "DIDE", "UOCP", "EOIM"]);
}

pub(crate) async fn an_org_identity_is_passed_on_between_its_dates(house: &House) {
    let co = house.co("Valid").await;
    let person = house.person(co, Status::Active).await;
    let at = |minutes: i64| {
        let time = house.clock.now() + Duration::minutes(minutes);
        Some(prost_types::Timestamp { seconds: time.timestamp(), nanos: 0 })
    };
    let dated =
        v1::OrgIdentity { co_id: Some(co), valid_from: at(5), valid_through: at(10), ..v1::OrgIdentity::default() };
    let wrong = v1::OrgIdentity { valid_through: at(5), ..dated.clone() };
    assert!(matches!(refusal(house.add::<OrgIdentities>(wrong).await), Refusal::InvalidFields(_)));
    let org = house.add::<OrgIdentities>(dated).await.unwrap();
    link(house, person, org).await;
    follow_membership_dates(house.app()).await.unwrap();
    house.events().await;
    for (valid, ends) in [(0, vec![person]), (1, vec![person]), (0, vec![])] {
        assert_eq!(state(house, person).await.1.org_identities.len(), valid);
        house.clock.advance(Duration::minutes(5));
        follow_membership_dates(house.app()).await.unwrap();
        assert_eq!(told(house).await, ends, "a date passes once");
    }
}

pub(crate) async fn what_hangs_on_something_goes_with_it(house: &House) {
    let co = house.co("Cascade").await;
    let (person, org) = (house.person(co, Status::Active).await, org_identity(house, co).await);
    let id = link(house, person, org).await;
    let Refusal::Member { co_id, name: called, .. } = refusal(house.delete::<OrgIdentities>(org).await) else {
        panic!("a refusal that names the CO")
    };
    assert_eq!(
        (co_id, called),
        (co, house.view::<person_role_service::store::entity::co::Cos>(co).await.name.unwrap())
    );
    let names = house.add::<Names>(v1::Name { org_identity_id: Some(org), ..name("Ada") }).await.unwrap();
    let mail = v1::EmailAddress {
        org_identity_id: Some(org),
        mail: Some("ada@home.example".to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::EmailAddress::default()
    };
    let mail = house.add::<EmailAddresses>(mail).await.unwrap();
    let identifier = v1::Identifier { org_identity_id: Some(org), ..eppn("ada@cascade") };
    let identifier = house.add::<Identifiers>(identifier).await.unwrap();
    let found = async |filter: &str, text: &str| {
        let filters = [("coid", co.to_string()), (filter, text.to_owned())];
        let filters = filters.map(|(name, value)| NamedText { name: name.to_owned(), value }).to_vec();
        let request = ListRequest { filters, ..ListRequest::default() };
        list::<OrgIdentities>(house.app(), &house.caller, &request).await.unwrap().records.len()
    };
    assert_eq!(found("search.identifier", "ADA@casc").await, 1);
    assert_eq!(found("search.mail", "ada@home.example").await, 1);
    assert_eq!(found("search.mail", "ada@home").await, 0, "mail is searched whole");
    house.delete::<CoPeople>(person).await.unwrap();
    let gone = view::<CoOrgIdentityLinks>(house.app(), &house.caller, id).await;
    assert_eq!(refusal(gone), Refusal::unknown("CoOrgIdentityLink"));
    house.view::<OrgIdentities>(org).await;
    house.delete::<OrgIdentities>(org).await.unwrap();
    assert!(view::<Names>(house.app(), &house.caller, names).await.is_err());
    assert!(view::<EmailAddresses>(house.app(), &house.caller, mail).await.is_err());
    assert!(view::<Identifiers>(house.app(), &house.caller, identifier).await.is_err());
    let late = v1::Name { org_identity_id: Some(org), ..name("Late") };
    let late = add::<Names>(house.app(), &house.caller, Record::of(&late), &[]).await;
    assert_eq!(phrase(late), "Person Does Not Exist");
}
