//! The line: the data of the subject as the reference marshals it, by the names of columns and with their codes
//! (provisioning-engine.md §3).

use chrono::SecondsFormat;
use proto::{
    record::{Record, Slot, Value},
    registry::v1::{PersonState, SubjectState, subject_state::Data},
};
use serde_json::{Map, Value as Json, json};

use crate::{connector::Job, domain::eligibility::Work};

/// The data of the subject; of one that is removed, only which it was.
pub(in crate::connector) fn data(job: &Job<'_>, work: Work) -> Map<String, Json> {
    let mut line = Map::new();
    match (&job.state.data, work) {
        (Some(Data::Person(person)), Work::Apply) => add_person(&mut line, person),
        (Some(Data::Group(group)), Work::Apply) => {
            line.insert("CoGroup".to_owned(), record(group.co_group.as_ref().map(Record::of)));
            line.insert("Identifier".to_owned(), list(group.identifiers.iter().map(Record::of)));
        }
        (Some(Data::EmailList(list)), Work::Apply) => {
            line.insert("CoEmailList".to_owned(), record(list.co_email_list.as_ref().map(Record::of)));
        }
        (Some(Data::Service(service)), Work::Apply) => {
            line.insert("CoService".to_owned(), record(service.co_service.as_ref().map(Record::of)));
        }
        _ => {
            line.insert(job.subject.kind.resource().to_owned(), skeleton(job, job.state));
        }
    }
    line
}

/// The line with what is to be known beside the data.
pub(super) fn with_meta(mut data: Map<String, Json>, job: &Job<'_>, work: Work) -> Map<String, Json> {
    data.insert("action".to_owned(), Json::from(job.action));
    let meta = json!({
        "time": job.now.to_rfc3339_opts(SecondsFormat::Micros, true),
        "target": job.target.id,
        "revision": job.state.revision,
        "removed": work == Work::Remove,
    });
    data.insert("meta".to_owned(), meta);
    data
}

fn add_person(line: &mut Map<String, Json>, person: &PersonState) {
    line.insert("CoPerson".to_owned(), record(person.co_person.as_ref().map(Record::of)));
    line.insert("Name".to_owned(), list(person.names.iter().map(Record::of)));
    line.insert("EmailAddress".to_owned(), list(person.email_addresses.iter().map(Record::of)));
    line.insert("Identifier".to_owned(), list(person.identifiers.iter().map(Record::of)));
    line.insert("Url".to_owned(), list(person.urls.iter().map(Record::of)));
    let roles = person.roles.iter().map(|role| {
        let cou = person.cous.iter().find(|cou| cou.id.is_some() && cou.id == role.cou_id);
        let mut whole = nested(Record::of(role), "Cou", cou.map(Record::of));
        if let Some(whole) = whole.as_object_mut() {
            let addresses = person.addresses.iter().filter(|row| row.co_person_role_id == role.id);
            whole.insert("Address".to_owned(), list(addresses.map(Record::of)));
            let numbers = person.telephone_numbers.iter().filter(|row| row.co_person_role_id == role.id);
            whole.insert("TelephoneNumber".to_owned(), list(numbers.map(Record::of)));
            let attributes = person.ad_hoc_attributes.iter().filter(|row| row.co_person_role_id == role.id);
            whole.insert("AdHocAttribute".to_owned(), list(attributes.map(Record::of)));
        }
        whole
    });
    line.insert("CoPersonRole".to_owned(), Json::Array(roles.collect()));
    let memberships = person.memberships.iter().filter_map(|membership| {
        let member = membership.member.as_ref().map(Record::of)?;
        Some(nested(member, "CoGroup", membership.group.as_ref().map(Record::of)))
    });
    line.insert("CoGroupMember".to_owned(), Json::Array(memberships.collect()));
    let links = person.org_identities.iter().filter_map(|linked| {
        let mut link = object(&Record::of(linked.link.as_ref()?));
        let mut org_identity = object(&Record::of(linked.org_identity.as_ref()?));
        org_identity.insert("Identifier".to_owned(), list(linked.identifiers.iter().map(Record::of)));
        link.insert("OrgIdentity".to_owned(), Json::Object(org_identity));
        Some(Json::Object(link))
    });
    line.insert("CoOrgIdentityLink".to_owned(), Json::Array(links.collect()));
}

fn skeleton(job: &Job<'_>, state: &SubjectState) -> Json {
    let mut skeleton = json!({ "id": job.subject.id, "co_id": job.target.co_id });
    let status = match &state.data {
        Some(Data::Person(person)) => person.co_person.as_ref().map(Record::of),
        Some(Data::Group(group)) => group.co_group.as_ref().map(Record::of),
        Some(Data::EmailList(list)) => list.co_email_list.as_ref().map(Record::of),
        Some(Data::Service(_)) | None => None,
    };
    let status = status.and_then(|record| object(&record).remove("status"));
    if let (Some(status), Some(skeleton)) = (status, skeleton.as_object_mut()) {
        skeleton.insert("status".to_owned(), status);
    }
    skeleton
}

fn nested(record: Record, name: &str, inner: Option<Record>) -> Json {
    let mut object = object(&record);
    if let Some(inner) = inner {
        object.insert(name.to_owned(), Json::Object(self::object(&inner)));
    }
    Json::Object(object)
}

fn list(records: impl Iterator<Item = Record>) -> Json {
    Json::Array(records.map(|record| Json::Object(object(&record))).collect())
}

fn record(record: Option<Record>) -> Json {
    record.map_or(Json::Null, |record| Json::Object(object(&record)))
}

fn object(record: &Record) -> Map<String, Json> {
    let value = |field: &proto::table::Field, value: &Value| match value {
        Value::Int(number) => Json::from(*number),
        Value::Bool(truth) => Json::from(*truth),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Time(seconds) => chrono::DateTime::from_timestamp(*seconds, 0)
            .map_or(Json::Null, |time| Json::from(time.format("%Y-%m-%d %H:%M:%S").to_string())),
        Value::Enum(number) => field.name_of(*number).map_or(Json::Null, |name| Json::from(name.code.as_str())),
        Value::Texts(texts) => Json::from(texts.clone()),
        Value::Object(object) => Json::Object(object.clone()),
        Value::Objects(items) => Json::Array(items.clone()),
    };
    let held = record.slots().filter_map(|(field, slot)| match slot {
        Slot::Is(held) => Some((field.column.clone(), value(field, held))),
        Slot::Absent | Slot::Cleared => None,
    });
    held.collect()
}
