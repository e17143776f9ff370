//! The documented message (provisioning-engine.md §9), with the names of its schema. What is unknown is left out; what is
//! false or zero is sent. Messages of groups, and those that only point to the registry, are ours, in the same style.

use proto::{
    record::Record,
    registry::v1::{CoGroup, GroupState, Identifier, Membership, PersonState, SubjectState, subject_state::Data},
};
use serde_json::{Value as Json, json};

use crate::domain::subject::{Kind, Subject};

mod parts;
#[cfg(test)]
mod tests;

pub(in crate::connector) use parts::dialled;
use parts::{email_address, identifier, known, label, meta_of, name, role, some, url};

static NOBODY: std::sync::LazyLock<PersonState> = std::sync::LazyLock::new(PersonState::default);

/// The person that a state tells of; of one that is gone, nothing is known. `None` if the subject is no person.
pub(in crate::connector) fn person_of(subject: Subject, state: &SubjectState) -> Option<&PersonState> {
    match (&state.data, subject.kind) {
        (Some(Data::Person(person)), _) => Some(person),
        (None, Kind::Person) => Some(&NOBODY),
        _ => None,
    }
}

/// The group that a state tells of.
pub(super) fn group_of(state: &SubjectState) -> Option<&CoGroup> {
    match &state.data {
        Some(Data::Group(GroupState { co_group, .. })) => co_group.as_ref(),
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
    message(Kind::Person, json!({ "meta": { "id": key, "deleted": true } }))
}

/// The message that a group is to be forgotten.
pub(super) fn deleted_group(key: &str) -> Json {
    message(Kind::Group, json!({ "meta": { "id": key, "deleted": true } }))
}

/// The message that a subject has changed, and where the registry tells more.
pub(super) fn pointer(subject: Subject, key: &str) -> Json {
    let path = match subject.kind {
        Kind::Group => "co_groups",
        _ => "co_people",
    };
    let mut message = message(subject.kind, json!({ "meta": { "id": key } }));
    if let Some(members) = message.as_object_mut() {
        members.insert("pointer".to_owned(), format!("{path}/{}.json", subject.id).into());
    }
    message
}

/// The message that says all of a person.
pub(in crate::connector) fn full(person: &PersonState, key: &str) -> Json {
    message(Kind::Person, whole(person, key, None))
}

/// The same with the memberships, for a server that is sent groups too.
pub(super) fn with_memberships(person: &PersonState, key: &str) -> Json {
    let memberships = person.memberships.iter().filter_map(membership).collect();
    message(Kind::Person, whole(person, key, Some(memberships)))
}

fn whole(person: &PersonState, key: &str, memberships: Option<Vec<Json>>) -> Json {
    let co_person = person.co_person.clone().unwrap_or_default();
    let mut meta = meta_of(&Record::of(&co_person));
    meta.insert("id".to_owned(), Json::from(key));
    meta.remove("revision");
    let groups = person.memberships.iter().filter_map(|membership| membership.group.as_ref()?.name.clone());
    known(json!({
        "meta": meta,
        "status": label(&Record::of(&co_person), "status"),
        "dateOfBirth": co_person.date_of_birth,
        "names": person.names.iter().map(name).collect::<Vec<_>>(),
        "identifiers": person.identifiers.iter().map(identifier).collect::<Vec<_>>(),
        "emailAddresses": person.email_addresses.iter().map(email_address).collect::<Vec<_>>(),
        "urls": some(person.urls.iter().map(url).collect()),
        "roles": person.roles.iter().map(|held| role(held, person)).collect::<Vec<_>>(),
        "members": groups.collect::<Vec<_>>(),
        "memberships": memberships,
    }))
}

/// The membership of a person: the group by the id that messages of groups have.
fn membership(membership: &Membership) -> Option<Json> {
    let group = membership.group.as_ref()?;
    let row = membership.member.as_ref();
    Some(known(json!({
        "group": { "meta": { "id": group.id?.to_string() }, "name": group.name },
        "member": row.is_none_or(|row| row.member.unwrap_or(true)),
        "owner": row.is_some_and(|row| row.owner.unwrap_or(false)),
    })))
}

/// The message that says all of a group but its members: where the registry lists them.
pub(super) fn full_group(group: &CoGroup, key: &str) -> Json {
    let record = Record::of(group);
    let mut meta = meta_of(&record);
    meta.insert("id".to_owned(), Json::from(key));
    meta.remove("revision");
    let members = group.id.map(|id| format!("co_group_members.json?cogroupid={id}"));
    let group = known(json!({
        "meta": meta,
        "name": group.name,
        "description": group.description,
        "status": label(&record, "status"),
        "open": group.open.unwrap_or(false),
        "members": members.map(|pointer| json!({ "pointer": pointer })),
    }));
    message(Kind::Group, group)
}

fn message(kind: Kind, subject: Json) -> Json {
    match kind {
        Kind::Group => json!({ "meta": { "version": "1.0.0", "objectType": "group" }, "group": subject }),
        _ => json!({ "meta": { "version": "1.0.0", "objectType": "person" }, "person": subject }),
    }
}
