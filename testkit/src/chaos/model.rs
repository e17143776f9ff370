//! What each target should hold, read from the records of the API by the documented rules alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{api::Api, payload};
use crate::proof::{journal::Vector, rest::Document};

/// A person that belongs at the targets.
#[derive(Debug)]
pub(super) struct Person {
    document: Document,
    /// Active or in the grace period: in all of its groups.
    full: bool,
    /// The COUs in which it has roles, and those in which it has active ones.
    cous: BTreeSet<i64>,
    active_cous: BTreeSet<i64>,
}

pub(super) type People = BTreeMap<i64, Person>;

/// Gives the documents of all people; which target they are at is left open.
pub(super) async fn read(api: &Api, co: i64) -> Vec<Document> {
    let query = format!("coid={co}");
    let mut people = people(api, &query).await;
    for (path, name) in
        [("names", "Given"), ("email_addresses", "Mail"), ("identifiers", "Identifier"), ("co_person_roles", "Title")]
    {
        for record in api.list(path, &query).await {
            if let Some(person) = person_of(&record).and_then(|person| people.get_mut(&person)) {
                show(person, path, name, &record);
            }
        }
    }
    for group in api.list("co_groups", &query).await {
        show_group(api, &mut people, &group).await;
    }
    people.into_values().map(|person| person.document).filter(|document| !document.key.is_empty()).collect()
}

/// Those that belong at the targets.
pub(super) async fn people(api: &Api, query: &str) -> People {
    let mut people = People::new();
    for person in api.list("co_people", query).await {
        let status = text(&person, "Status").unwrap_or_default();
        let full = is_active(status);
        if (full || ["Suspended", "Expired", "Locked"].contains(&status))
            && let Some(id) = number(&person, "Id")
        {
            let text = text(&person, "DateOfBirth").map(|born| format!("born {born}")).unwrap_or_default();
            let (key, subject, vector) = (String::new(), String::new(), Vector::new());
            let document = Document { target: 0, key, subject, vector, text };
            people.insert(id, Person { document, full, cous: BTreeSet::new(), active_cous: BTreeSet::new() });
        }
    }
    people
}

/// Notes a record of a person; its text is in the field `name`.
fn show(person: &mut Person, path: &str, name: &str, record: &Value) {
    let document = &mut person.document;
    let cou = number(record, "CouId");
    if path == "co_person_roles" {
        person.cous.extend(cou);
        if !text(record, "Status").is_some_and(is_active) {
            return;
        }
        person.active_cous.extend(cou);
    }
    let Some(value) = text(record, name) else { return };
    if text(record, "Type") == Some(payload::KEY_TYPE) {
        document.key = value.to_owned();
        document.subject = payload::subject_of_key(value).unwrap_or_default().to_owned();
    }
    if let Some(cou) = cou {
        payload::note(&mut document.text, &format!("{value} in COU {cou}"));
    }
    document.vector.extend(payload::field_of(value));
}

/// Notes a group with its members. Who is in an automatic one follows from status and roles, not from the memberships.
async fn show_group(api: &Api, people: &mut People, group: &Value) {
    let (Some(id), Some(name)) = (number(group, "Id"), text(group, "Name")) else { return };
    if payload::is_automatic(name) {
        let cou = number(group, "CouId");
        let members = people.values_mut().filter(|person| is_in(person, text(group, "GroupType"), cou));
        members.for_each(|person| payload::note(&mut person.document.text, name));
    } else if text(group, "Status") == Some("Active") {
        for member in api.list("co_group_members", &format!("cogroupid={id}")).await {
            let person = person_of(&member).and_then(|person| people.get_mut(&person)).filter(|person| person.full);
            if let Some(person) = person.filter(|_| holds_now(&member)) {
                person.document.vector.extend(payload::field_of(name));
            }
        }
    }
}

fn is_in(person: &Person, group_type: Option<&str>, cou: Option<i64>) -> bool {
    match group_type {
        Some("MA") => person.full && cou.is_none_or(|cou| person.active_cous.contains(&cou)),
        Some("M") => cou.is_none_or(|cou| person.cous.contains(&cou)),
        _ => false,
    }
}

/// Times are written so that their order is that of their texts.
fn holds_now(record: &Value) -> bool {
    let now = super::in_some_seconds(0);
    text(record, "ValidFrom").is_none_or(|from| *from <= *now)
        && text(record, "ValidThrough").is_none_or(|through| *through > *now)
}

fn is_active(status: &str) -> bool {
    matches!(status, "Active" | "GracePeriod")
}

fn person_of(record: &Value) -> Option<i64> {
    record.pointer("/Person/Id").and_then(Value::as_i64)
}

fn text<'a>(record: &'a Value, name: &str) -> Option<&'a str> {
    record.get(name).and_then(Value::as_str)
}

fn number(record: &Value, name: &str) -> Option<i64> {
    record.get(name).and_then(Value::as_i64)
}
