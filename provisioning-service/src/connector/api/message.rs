//! The documented message (provisioning-engine.md §9), with the names of its schema. What is unknown is left out; what is
//! false or zero is sent.

use chrono::{DateTime, SecondsFormat};
use proto::{
    record::Record,
    registry::v1::{
        Address, CoPersonRole, EmailAddress, Identifier, Name, PersonState, SubjectState, TelephoneNumber, Url,
        subject_state::Data,
    },
    table::Table,
};
use serde_json::{Map, Value as Json, json};

use crate::domain::subject::{Kind, Subject};

static NOBODY: std::sync::LazyLock<PersonState> = std::sync::LazyLock::new(PersonState::default);

/// The person that a state tells of; of one that is gone, nothing is known. `None` if the subject is no person.
pub(in crate::connector) fn person_of(subject: Subject, state: &SubjectState) -> Option<&PersonState> {
    match (&state.data, subject.kind) {
        (Some(Data::Person(person)), _) => Some(person),
        (None, Kind::Person) => Some(&NOBODY),
        _ => None,
    }
}

/// The identifier that names a person at the server.
pub(super) fn key<'a>(person: &'a PersonState, identifier_type: &str) -> Option<&'a str> {
    let of_type = |identifier: &&Identifier| identifier.r#type.as_deref() == Some(identifier_type);
    person.identifiers.iter().find(of_type).and_then(|identifier| identifier.identifier.as_deref())
}

/// The message that a person is to be forgotten.
pub(in crate::connector) fn deleted(key: &str) -> Json {
    message(json!({ "meta": { "id": key, "deleted": true } }))
}

/// The message that says all of a person.
pub(in crate::connector) fn full(person: &PersonState, key: &str) -> Json {
    let co_person = person.co_person.clone().unwrap_or_default();
    let mut meta = meta_of(&Record::of(&co_person));
    meta.insert("id".to_owned(), Json::from(key));
    meta.remove("revision");
    let groups = person.memberships.iter().filter_map(|membership| membership.group.as_ref()?.name.clone());
    message(known(json!({
        "meta": meta,
        "status": label(&Record::of(&co_person), "status"),
        "dateOfBirth": co_person.date_of_birth,
        "names": person.names.iter().map(name).collect::<Vec<_>>(),
        "identifiers": person.identifiers.iter().map(identifier).collect::<Vec<_>>(),
        "emailAddresses": person.email_addresses.iter().map(email_address).collect::<Vec<_>>(),
        "urls": some(person.urls.iter().map(url).collect()),
        "roles": person.roles.iter().map(|held| role(held, person)).collect::<Vec<_>>(),
        "members": groups.collect::<Vec<_>>(),
    })))
}

fn message(person: Json) -> Json {
    json!({ "meta": { "version": "1.0.0", "objectType": "person" }, "person": person })
}

fn name(name: &Name) -> Json {
    known(json!({
        "meta": meta_of(&Record::of(name)),
        "prefix": name.honorific,
        "given": name.given,
        "middle": name.middle,
        "family": name.family,
        "suffix": name.suffix,
        "language": name.language,
        "type": name.r#type,
    }))
}

fn identifier(identifier: &Identifier) -> Json {
    known(json!({
        "meta": meta_of(&Record::of(identifier)),
        "identifier": identifier.identifier,
        "type": identifier.r#type,
    }))
}

fn email_address(address: &EmailAddress) -> Json {
    known(json!({
        "meta": meta_of(&Record::of(address)),
        "mail": address.mail,
        "type": address.r#type,
        "verified": address.verified.unwrap_or(false),
    }))
}

fn url(url: &Url) -> Json {
    known(json!({ "meta": meta_of(&Record::of(url)), "url": url.url, "type": url.r#type }))
}

fn address(address: &Address) -> Json {
    known(json!({
        "meta": meta_of(&Record::of(address)),
        "street": address.street,
        "room": address.room,
        "locality": address.locality,
        "region": address.state,
        "postalCode": address.postal_code,
        "country": address.country,
        "language": address.language,
        "type": address.r#type,
    }))
}

fn telephone_number(number: &TelephoneNumber) -> Json {
    known(json!({
        "meta": meta_of(&Record::of(number)),
        "number": dialled(number),
        "type": number.r#type,
    }))
}

/// A telephone number in one piece: `+1 555 0100 x12`.
fn dialled(number: &TelephoneNumber) -> String {
    let country = number.country_code.as_ref().map(|code| format!("+{}", code.trim_start_matches('+')));
    let extension = number.extension.as_ref().map(|extension| format!("x{extension}"));
    let parts = [country, number.area_code.clone(), number.number.clone(), extension];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Lists that came later than the message are left out while they are empty.
fn some(list: Vec<Json>) -> Option<Vec<Json>> {
    (!list.is_empty()).then_some(list)
}

fn role(role: &CoPersonRole, person: &PersonState) -> Json {
    let record = Record::of(role);
    let addresses = person.addresses.iter().filter(|row| row.co_person_role_id == role.id);
    let numbers = person.telephone_numbers.iter().filter(|row| row.co_person_role_id == role.id);
    known(json!({
        "addresses": some(addresses.map(address).collect()),
        "telephoneNumbers": some(numbers.map(telephone_number).collect()),
        "meta": meta_of(&record),
        "couId": role.cou_id,
        "title": role.title,
        "organization": role.o,
        "department": role.ou,
        "affiliation": role.affiliation,
        "rank": role.ordr,
        "validFrom": time(&record, "valid_from"),
        "validThrough": time(&record, "valid_through"),
        "status": label(&record, "status"),
    }))
}

fn meta_of(record: &Record) -> Map<String, Json> {
    let meta = known(json!({
        "id": record.int("id").map(|id| id.to_string()),
        "created": time(record, "created"),
        "lastModified": time(record, "modified"),
        "revision": record.int("revision"),
    }));
    match meta {
        Json::Object(meta) => meta,
        _ => Map::new(),
    }
}

/// Leaves out what is unknown.
fn known(mut json: Json) -> Json {
    if let Some(object) = json.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    json
}

fn time(record: &Record, column: &str) -> Option<String> {
    let time = DateTime::from_timestamp(record.time(column)?, 0)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// An enumeration in small letters: `grace period`.
fn label(record: &Record, column: &str) -> Option<String> {
    let number = match record.get(column)? {
        proto::record::Value::Enum(number) => *number,
        _ => return None,
    };
    let table: &'static Table = record.table();
    let wire = &table.field(column)?.name_of(number)?.wire;
    let mut label = String::with_capacity(wire.len() + 2);
    for letter in wire.chars() {
        if letter.is_ascii_uppercase() && !label.is_empty() {
            label.push(' ');
        }
        label.push(letter.to_ascii_lowercase());
    }
    Some(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_types::Timestamp;
    use proto::registry::v1::{CoGroup, CoPerson, Membership, Status};

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
}
