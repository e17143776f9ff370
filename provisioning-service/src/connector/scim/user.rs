//! What a person is to be at a SCIM server: the attributes of RFC 7643 §4.1 that the registry knows.

use proto::registry::v1::{Name, PersonState, Provisionable};
use serde_json::{Map, Value as Json, json};

use crate::connector::{api::message::dialled, scim::resource::USERS};

/// The identifier of a type.
pub(super) fn identifier<'a>(person: &'a PersonState, kind: &str) -> Option<&'a str> {
    let of_type = person.identifiers.iter().filter(|identifier| identifier.r#type() == kind);
    of_type.filter_map(|identifier| identifier.identifier.as_deref()).map(str::trim).find(|value| !value.is_empty())
}

/// The resource of a person. One of whom only person data is provisioned (Suspended, Expired, Locked) is there and not
/// active.
pub(super) fn wanted(person: &PersonState, key: &str, user_name: &str) -> Map<String, Json> {
    let primary = person.names.iter().find(|name| name.primary_name()).or(person.names.first());
    let preferred = person.names.iter().find(|name| name.r#type() == "preferred").or(primary);
    let display = preferred.map(whole).filter(|name| !name.is_empty());
    let title = person.roles.iter().find_map(|role| known(&role.title));
    known_of(json!({
        "schemas": [USERS.schema],
        "externalId": key,
        "userName": user_name,
        "displayName": display.unwrap_or_else(|| user_name.to_owned()),
        "title": title,
        "active": person.provisionable() == Provisionable::Everything,
        "name": primary.map(name),
        "emails": listed(person.email_addresses.iter().filter_map(|mail| {
            let kind = match mail.r#type() { "official" => "work", "personal" => "home", _ => "other" };
            Some((known(&mail.mail)?, kind))
        })),
        "phoneNumbers": listed(person.telephone_numbers.iter().map(|number| {
            let kind = match number.r#type() {
                "office" | "campus" => "work",
                "home" => "home",
                "mobile" => "mobile",
                "fax" => "fax",
                _ => "other",
            };
            (dialled(number), kind)
        })),
    }))
}

fn known(text: &Option<String>) -> Option<String> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn name(name: &Name) -> Json {
    Json::Object(known_of(json!({
        "formatted": Some(whole(name)).filter(|name| !name.is_empty()),
        "familyName": known(&name.family),
        "givenName": known(&name.given),
        "middleName": known(&name.middle),
        "honorificPrefix": known(&name.honorific),
        "honorificSuffix": known(&name.suffix),
    })))
}

fn whole(name: &Name) -> String {
    let parts = [&name.honorific, &name.given, &name.middle, &name.family, &name.suffix];
    parts.into_iter().filter_map(known).collect::<Vec<_>>().join(" ")
}

/// Values with their types, each value once. The first of type work is the one to use; the first, if there is none.
fn listed(values: impl Iterator<Item = (String, &'static str)>) -> Option<Vec<Json>> {
    let mut list: Vec<(String, &'static str)> = Vec::new();
    for (value, kind) in values {
        if !value.is_empty() && list.iter().all(|(known, _)| *known != value) {
            list.push((value, kind));
        }
    }
    let first = list.iter().position(|(_, kind)| *kind == "work").unwrap_or(0);
    let item = |(at, (value, kind)): (usize, (String, &str))| match at == first {
        true => json!({ "value": value, "type": kind, "primary": true }),
        false => json!({ "value": value, "type": kind }),
    };
    (!list.is_empty()).then(|| list.into_iter().enumerate().map(item).collect())
}

/// Leaves out what is unknown.
fn known_of(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(mut object) => {
            object.retain(|_, value| !value.is_null());
            object
        }
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::registry::v1::{CoPersonRole, EmailAddress, TelephoneNumber};

    #[test]
    fn a_person_is_a_user() {
        let text = |text: &str| Some(text.to_owned());
        let mail =
            |mail: &str, kind: &str| EmailAddress { mail: text(mail), r#type: text(kind), ..EmailAddress::default() };
        let person = PersonState {
            provisionable: Provisionable::PersonData.into(),
            names: vec![Name { given: text("Mira"), family: text(" Oduya "), ..Name::default() }],
            email_addresses: vec![mail("m@home.org", "personal"), mail("m@x.org", "official"), mail("m@x.org", "list")],
            telephone_numbers: vec![TelephoneNumber {
                country_code: text("1"),
                number: text("555 0100"),
                r#type: text("campus"),
                ..TelephoneNumber::default()
            }],
            roles: vec![CoPersonRole { title: text("Analyst"), ..CoPersonRole::default() }],
            ..PersonState::default()
        };
        let expected = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "co_2:co_person:3",
            "userName": "mira", "displayName": "Mira Oduya", "title": "Analyst", "active": false,
            "name": { "formatted": "Mira Oduya", "familyName": "Oduya", "givenName": "Mira" },
            "emails": [{ "value": "m@home.org", "type": "home" },
                { "value": "m@x.org", "type": "work", "primary": true }],
            "phoneNumbers": [{ "value": "+1 555 0100", "type": "work", "primary": true }],
        });
        assert_eq!(Json::Object(wanted(&person, "co_2:co_person:3", "mira")), expected);
    }

    #[test]
    fn of_whom_nothing_else_is_known_the_user_name_is_shown() {
        let wanted = wanted(&PersonState::default(), "k", "mira");
        assert_eq!(wanted.get("displayName"), Some(&json!("mira")));
        assert!(!wanted.contains_key("name") && !wanted.contains_key("emails"));
    }
}
