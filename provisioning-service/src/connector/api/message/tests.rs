//! The messages, held against the documented ones.

use prost_types::Timestamp;
use proto::registry::v1::{
    Address, CoGroupMember, CoPerson, CoPersonRole, EmailAddress, Name, Status, SuspendableStatus, TelephoneNumber, Url,
};

use super::*;

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos: 0 })
}

fn mira() -> PersonState {
    let text = |text: &str| Some(text.to_owned());
    PersonState {
        co_person: Some(CoPerson {
            id: Some(42),
            co_id: Some(2),
            status: Some(Status::GracePeriod.into()),
            date_of_birth: text("1990-02-03"),
            created: at(1_709_283_600),
            modified: at(1_714_644_672),
            revision: Some(3),
            ..CoPerson::default()
        }),
        names: vec![Name {
            id: Some(71),
            given: text("Mira"),
            family: text("Oduya"),
            r#type: text("official"),
            revision: Some(0),
            ..Name::default()
        }],
        identifiers: vec![Identifier {
            id: Some(12),
            identifier: text("E100042"),
            r#type: text("enterprise"),
            ..Identifier::default()
        }],
        email_addresses: vec![EmailAddress {
            id: Some(9),
            mail: text("mira@example.org"),
            r#type: text("official"),
            verified: Some(false),
            ..EmailAddress::default()
        }],
        roles: vec![CoPersonRole {
            id: Some(55),
            cou_id: Some(7),
            title: text("Analyst"),
            o: text("Example"),
            ou: text("Labs"),
            affiliation: text("staff"),
            ordr: Some(0),
            valid_from: at(1_704_067_200),
            status: Some(Status::Active.into()),
            ..CoPersonRole::default()
        }],
        urls: vec![Url {
            id: Some(3),
            url: text("https://example.org/~mira"),
            r#type: text("personal"),
            ..Url::default()
        }],
        addresses: vec![Address {
            id: Some(4),
            co_person_role_id: Some(55),
            street: text("1 Main St"),
            state: text("MI"),
            r#type: text("office"),
            ..Address::default()
        }],
        telephone_numbers: vec![
            TelephoneNumber {
                id: Some(6),
                co_person_role_id: Some(55),
                country_code: text("1"),
                area_code: text("555"),
                number: text("0100"),
                extension: text("12"),
                r#type: text("office"),
                ..TelephoneNumber::default()
            },
            TelephoneNumber { co_person_role_id: Some(56), number: text("not hers"), ..TelephoneNumber::default() },
        ],
        memberships: vec![Membership {
            group: Some(CoGroup { name: text("CO:members:all"), ..CoGroup::default() }),
            member: None,
        }],
        ..PersonState::default()
    }
}

#[test]
fn the_full_message_is_the_documented_one() {
    let expected = json!({
        "meta": { "version": "1.0.0", "objectType": "person" },
        "person": {
            "meta": { "id": "E100042", "created": "2024-03-01T09:00:00Z", "lastModified": "2024-05-02T10:11:12Z" },
            "status": "grace period",
            "dateOfBirth": "1990-02-03",
            "names": [{ "meta": { "id": "71", "revision": 0 }, "given": "Mira", "family": "Oduya", "type": "official" }],
            "identifiers": [{ "meta": { "id": "12" }, "identifier": "E100042", "type": "enterprise" }],
            "emailAddresses": [{ "meta": { "id": "9" }, "mail": "mira@example.org", "type": "official", "verified": false }],
            "roles": [{ "meta": { "id": "55" }, "couId": 7, "title": "Analyst", "organization": "Example",
                "department": "Labs", "affiliation": "staff", "rank": 0, "validFrom": "2024-01-01T00:00:00Z",
                "status": "active",
                "addresses": [{ "meta": { "id": "4" }, "street": "1 Main St", "region": "MI", "type": "office" }],
                "telephoneNumbers": [{ "meta": { "id": "6" }, "number": "+1 555 0100 x12", "type": "office" }] }],
            "urls": [{ "meta": { "id": "3" }, "url": "https://example.org/~mira", "type": "personal" }],
            "members": ["CO:members:all"]
        }
    });
    let mira = mira();
    assert_eq!(key(&mira, "enterprise"), Some("E100042"));
    assert_eq!(key(&mira, "eppn"), None);
    assert_eq!(full(&mira, "E100042"), expected);
}

#[test]
fn the_deleted_message_is_the_documented_one() {
    let expected = json!({ "meta": { "version": "1.0.0", "objectType": "person" },
        "person": { "meta": { "id": "E100042", "deleted": true } } });
    assert_eq!(deleted("E100042"), expected);
}

#[test]
fn groups_are_told_without_their_members_and_people_with_their_memberships() {
    let team = CoGroup {
        id: Some(7),
        name: Some("Team".to_owned()),
        status: Some(SuspendableStatus::Active.into()),
        created: at(1_709_283_600),
        revision: Some(2),
        ..CoGroup::default()
    };
    let expected = json!({ "meta": { "version": "1.0.0", "objectType": "group" }, "group": {
        "meta": { "id": "7", "created": "2024-03-01T09:00:00Z" }, "name": "Team", "status": "active", "open": false,
        "members": { "pointer": "co_group_members.json?cogroupid=7" } } });
    assert_eq!(full_group(&team, "7"), expected);
    let owner = CoGroupMember { member: Some(false), owner: Some(true), ..CoGroupMember::default() };
    let person = PersonState { memberships: vec![Membership { group: Some(team), member: Some(owner) }], ..mira() };
    let told = with_memberships(&person, "E100042");
    let expected = json!([{ "group": { "meta": { "id": "7" }, "name": "Team" }, "member": false, "owner": true }]);
    assert_eq!(told.pointer("/person/memberships"), Some(&expected));
}

#[test]
fn a_pointer_tells_nothing_of_the_subject() {
    let expected = json!({ "meta": { "version": "1.0.0", "objectType": "person" },
        "person": { "meta": { "id": "E100042" } }, "pointer": "co_people/42.json" });
    assert_eq!(pointer(Subject::new(Kind::Person, 42), "E100042"), expected);
    let expected = json!({ "meta": { "version": "1.0.0", "objectType": "group" },
        "group": { "meta": { "id": "7" } }, "pointer": "co_groups/7.json" });
    assert_eq!(pointer(Subject::new(Kind::Group, 7), "7"), expected);
}
