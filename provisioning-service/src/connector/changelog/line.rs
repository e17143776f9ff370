//! The line: the data of the subject as the reference marshals it, by the names of columns and with their codes
//! (provisioning-engine.md §3).
//!
//! Names stand in the order of their letters, at each depth: digests are made of the text, and are compared with those of
//! earlier versions.

use chrono::SecondsFormat;
use proto::{
    record::{Record, Slot},
    registry::v1::{PersonState, SubjectState, subject_state::Data},
};
use serde_json::{Value as Json, json};

use crate::{connector::Job, domain::eligibility::Work};

mod node;

use node::{Entry, Line, Node};

/// The data of the subject; of one that is removed, only which it was.
pub(in crate::connector) fn data(job: &Job<'_>, work: Work) -> Line {
    Line(match (&job.state.data, work) {
        (Some(Data::Person(person)), Work::Apply) => of_person(person),
        (Some(Data::Group(group)), Work::Apply) => vec![
            ("CoGroup", record(group.co_group.as_ref().map(Record::of))),
            ("Identifier", list(group.identifiers.iter().map(Record::of))),
        ],
        (Some(Data::EmailList(list)), Work::Apply) => {
            vec![("CoEmailList", record(list.co_email_list.as_ref().map(Record::of)))]
        }
        (Some(Data::Service(service)), Work::Apply) => {
            vec![("CoService", record(service.co_service.as_ref().map(Record::of)))]
        }
        _ => vec![(job.subject.kind.resource(), Node::Skeleton(skeleton(job, job.state)))],
    })
}

/// The texts of the data alone, and of the line, which has beside the data what is to be known of this application.
///
/// # Errors
/// If it cannot be written as JSON.
pub(super) fn texts(job: &Job<'_>, work: Work) -> Result<(String, String), serde_json::Error> {
    let stable = serde_json::to_string(&data(job, work))?;
    let action = serde_json::to_string(job.action)?;
    let meta = json!({
        "time": job.now.to_rfc3339_opts(SecondsFormat::Micros, true),
        "target": job.target.id.0,
        "revision": job.state.revision,
        "removed": work == Work::Remove,
    });
    // Names of resources begin with a capital, and stand before these.
    let open = stable.strip_suffix('}').unwrap_or(&stable);
    let whole = format!("{open},\"action\":{action},\"meta\":{meta}}}");
    Ok((stable, whole))
}

fn of_person(person: &PersonState) -> Vec<(&'static str, Node)> {
    let roles = person.roles.iter().map(|role| {
        let cou = person.cous.iter().find(|cou| cou.id.is_some() && cou.id == role.cou_id);
        let addresses = person.addresses.iter().filter(|row| row.co_person_role_id == role.id);
        let numbers = person.telephone_numbers.iter().filter(|row| row.co_person_role_id == role.id);
        let attributes = person.ad_hoc_attributes.iter().filter(|row| row.co_person_role_id == role.id);
        let mut below = vec![
            ("AdHocAttribute", list(attributes.map(Record::of))),
            ("Address", list(addresses.map(Record::of))),
            ("TelephoneNumber", list(numbers.map(Record::of))),
        ];
        below.extend(cou.map(|cou| ("Cou", Node::Record(Record::of(cou), Vec::new()))));
        Node::Record(Record::of(role), below)
    });
    let memberships = person.memberships.iter().filter_map(|membership| {
        let member = membership.member.as_ref().map(Record::of)?;
        let group = membership.group.as_ref().map(|group| ("CoGroup", Node::Record(Record::of(group), Vec::new())));
        Some(Node::Record(member, group.into_iter().collect()))
    });
    let links = person.org_identities.iter().filter_map(|linked| {
        let identifiers = ("Identifier", list(linked.identifiers.iter().map(Record::of)));
        let org_identity = Node::Record(Record::of(linked.org_identity.as_ref()?), vec![identifiers]);
        Some(Node::Record(Record::of(linked.link.as_ref()?), vec![("OrgIdentity", org_identity)]))
    });
    vec![
        ("CoPerson", record(person.co_person.as_ref().map(Record::of))),
        ("Name", list(person.names.iter().map(Record::of))),
        ("EmailAddress", list(person.email_addresses.iter().map(Record::of))),
        ("Identifier", list(person.identifiers.iter().map(Record::of))),
        ("Url", list(person.urls.iter().map(Record::of))),
        ("CoPersonRole", Node::List(roles.collect())),
        ("CoGroupMember", Node::List(memberships.collect())),
        ("CoOrgIdentityLink", Node::List(links.collect())),
    ]
}

fn skeleton(job: &Job<'_>, state: &SubjectState) -> Json {
    let mut skeleton = json!({ "id": job.subject.id, "co_id": job.target.co_id });
    let status = match &state.data {
        Some(Data::Person(person)) => person.co_person.as_ref().map(Record::of),
        Some(Data::Group(group)) => group.co_group.as_ref().map(Record::of),
        Some(Data::EmailList(list)) => list.co_email_list.as_ref().map(Record::of),
        Some(Data::Service(_)) | None => None,
    };
    let status = status.and_then(|record| {
        let (field, value) = record.slots().find(|(field, _)| field.column == "status")?;
        match value {
            Slot::Is(value) => serde_json::to_value(Entry::Value(field, value)).ok(),
            Slot::Absent | Slot::Cleared => None,
        }
    });
    if let (Some(status), Some(skeleton)) = (status, skeleton.as_object_mut()) {
        skeleton.insert("status".to_owned(), status);
    }
    skeleton
}

fn list(records: impl Iterator<Item = Record>) -> Node {
    Node::List(records.map(|record| Node::Record(record, Vec::new())).collect())
}

fn record(record: Option<Record>) -> Node {
    record.map_or(Node::Null, |record| Node::Record(record, Vec::new()))
}
