//! What a message says of each record.

use chrono::{DateTime, SecondsFormat};
use proto::{
    record::Record,
    registry::v1::{Address, CoPersonRole, EmailAddress, Identifier, Name, PersonState, TelephoneNumber, Url},
    table::Table,
};
use serde_json::{Map, Value as Json, json};

pub(super) fn name(name: &Name) -> Json {
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

pub(super) fn identifier(identifier: &Identifier) -> Json {
    known(json!({
        "meta": meta_of(&Record::of(identifier)),
        "identifier": identifier.identifier,
        "type": identifier.r#type,
    }))
}

pub(super) fn email_address(address: &EmailAddress) -> Json {
    known(json!({
        "meta": meta_of(&Record::of(address)),
        "mail": address.mail,
        "type": address.r#type,
        "verified": address.verified.unwrap_or(false),
    }))
}

pub(super) fn url(url: &Url) -> Json {
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
pub(in crate::connector) fn dialled(number: &TelephoneNumber) -> String {
    let country = number.country_code.as_ref().map(|code| format!("+{}", code.trim_start_matches('+')));
    let extension = number.extension.as_ref().map(|extension| format!("x{extension}"));
    let parts = [country, number.area_code.clone(), number.number.clone(), extension];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Lists that came later than the message are left out while they are empty.
pub(super) fn some(list: Vec<Json>) -> Option<Vec<Json>> {
    (!list.is_empty()).then_some(list)
}

pub(super) fn role(role: &CoPersonRole, person: &PersonState) -> Json {
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

pub(super) fn meta_of(record: &Record) -> Map<String, Json> {
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
pub(super) fn known(mut json: Json) -> Json {
    if let Some(object) = json.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    json
}

pub(super) fn time(record: &Record, column: &str) -> Option<String> {
    let time = DateTime::from_timestamp(record.time(column)?, 0)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// An enumeration in small letters: `grace period`.
pub(super) fn label(record: &Record, column: &str) -> Option<String> {
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
