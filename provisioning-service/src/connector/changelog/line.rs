//! The line: the data of the subject as the reference marshals it, by the names of columns and with their codes
//! (provisioning-engine.md §3).
//!
//! Names stand in the order of their letters, at each depth: digests are made of the text, and are compared with those of
//! earlier versions.

use chrono::SecondsFormat;
use proto::{
    record::{Record, Slot, Value},
    registry::v1::{PersonState, SubjectState, subject_state::Data},
    table::Field,
};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json, json};

use crate::{connector::Job, domain::eligibility::Work};

/// The data of a subject, by the names of resources.
#[derive(Debug)]
pub(in crate::connector) struct Line(Vec<(&'static str, Node)>);

/// What a name stands for.
#[derive(Debug)]
enum Node {
    /// Nothing is known.
    Null,
    /// A record, and what belongs to it.
    Record(Record, Vec<(&'static str, Node)>),
    /// Several.
    List(Vec<Node>),
    /// Which one it was.
    Skeleton(Json),
}

impl Line {
    /// The same as a map, to be a part of something greater.
    pub(in crate::connector) fn into_map(self) -> Map<String, Json> {
        match serde_json::to_value(self) {
            Ok(Json::Object(map)) => map,
            // All names are texts.
            _ => Map::new(),
        }
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        in_order(self.0.iter().map(|(name, node)| (*name, Entry::Node(node))).collect(), serializer)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::List(nodes) => serializer.collect_seq(nodes),
            Self::Skeleton(json) => json.serialize(serializer),
            Self::Record(record, below) => {
                let held = record.slots().filter_map(|(field, slot)| match slot {
                    Slot::Is(value) => Some((field.column.as_str(), Entry::Value(field, value))),
                    Slot::Absent | Slot::Cleared => None,
                });
                in_order(held.chain(below.iter().map(|(name, node)| (*name, Entry::Node(node)))).collect(), serializer)
            }
        }
    }
}

/// What stands at a name.
enum Entry<'a> {
    Node(&'a Node),
    Value(&'a Field, &'a Value),
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (field, value) = match self {
            Self::Node(node) => return node.serialize(serializer),
            Self::Value(field, value) => (field, value),
        };
        match value {
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Text(text) => serializer.serialize_str(text),
            // Whole seconds are shown without a fraction: 2026-11-27 06:00:00.
            Value::Time(seconds) => match chrono::DateTime::from_timestamp(*seconds, 0) {
                Some(time) => serializer.collect_str(&time.naive_utc()),
                None => serializer.serialize_unit(),
            },
            Value::Enum(number) => field.name_of(*number).map(|name| name.code.as_str()).serialize(serializer),
            Value::Texts(texts) => texts.serialize(serializer),
            Value::Object(object) => object.serialize(serializer),
            Value::Objects(items) => items.serialize(serializer),
        }
    }
}

fn in_order<S: Serializer>(mut entries: Vec<(&str, Entry<'_>)>, serializer: S) -> Result<S::Ok, S::Error> {
    entries.sort_unstable_by_key(|(name, _)| *name);
    serializer.collect_map(entries)
}

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
        "target": job.target.id,
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
