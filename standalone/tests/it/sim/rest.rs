//! What is true when everything is at rest: an independent reading of the API's records says what each target should hold.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use person_role_service::store::entity::{
    co_group::CoGroups, co_group_member::CoGroupMembers, co_person::CoPeople, co_person_role::CoPersonRoles,
    identifier::Identifiers, name::Names,
};
use proto::registry::v1::{self as v1, Status, SuspendableStatus};
use testkit::proof::{
    rest::{Document, Lines, Request, Rest},
    wrong,
};

use crate::sim::{
    beside::{self, Server, Whom},
    client::{group, person},
    operator::Operator,
    reading::{self, PersonRecords, Reading},
    services::{Services, Store},
    target::Targets,
};

/// Reads everything.
pub(crate) async fn read(services: &Services, targets: &Targets, operator: &Operator, co: i64) -> Rest {
    let live = operator.live();
    let mut model = Vec::new();
    for (subject, reading, _) in everybody(services, co).await {
        let Some(key) = reading.key else { continue };
        for target in live {
            let (vector, text) = (reading.vector.clone(), reading.text.clone());
            model.push(Document { target: *target, key: key.clone(), subject: subject.clone(), vector, text });
        }
    }
    let documents = targets.0.lock().unwrap().ours();
    let documents = documents.into_iter().filter(|document| live.contains(&document.target)).collect();
    Rest { model, documents, requests: requests(services).await, history: history(services, operator.names()).await }
}

/// What is wrong in a server beside the targets: order and loss are judged at the targets.
pub(crate) async fn wrong_in(server: &dyn Server, services: &Services, operator: &Operator, co: i64) -> Vec<String> {
    let (mut model, mut documents) = (Vec::new(), Vec::new());
    for (subject, reading, whom) in everybody(services, co).await {
        // Who has no name for targets has no call there.
        let Some((key, text)) = server.wanted(&subject, &whom).filter(|_| reading.key.is_some()) else { continue };
        model.extend(operator.live().iter().map(|target| beside::document(*target, &key, text.clone())));
    }
    for target in operator.live() {
        documents.extend(server.content(*target, co).await);
    }
    let found = wrong::find(&Rest { model, documents, ..Rest::default() });
    found.into_iter().map(|sentence| format!("in {}: {sentence}", server.name())).collect()
}

/// Who belongs at targets, and what is to be seen of them there (provisioning-engine.md §3), and by what records.
async fn everybody(services: &Services, co: i64) -> Vec<(String, Reading, Whom)> {
    let now = services.now();
    let groups: Vec<v1::CoGroup> = services.list::<CoGroups>("coid", co).await;
    let mut members: Vec<v1::CoGroupMember> = Vec::new();
    for group in &groups {
        members.extend(services.list::<CoGroupMembers>("cogroupid", group.id()).await);
    }
    let mut all = Vec::new();
    let mut named = BTreeMap::<i64, Vec<String>>::new();
    for record in services.list::<CoPeople>("coid", co).await {
        let full = matches!(record.status(), Status::Active | Status::GracePeriod);
        if !full && !matches!(record.status(), Status::Suspended | Status::Expired | Status::Locked) {
            continue;
        }
        let id = record.id();
        let of = |group: &v1::CoGroup| {
            let member = members.iter().find(|row| row.co_group_id() == group.id() && row.co_person_id() == id);
            let holds = |row: &v1::CoGroupMember| within(row.valid_from, row.valid_through, now);
            member.is_some_and(|row| reading::is_all_members(group) || (full && is_active(group) && holds(row)))
        };
        let records = PersonRecords {
            names: services.list::<Names>("copersonid", id).await,
            identifiers: services.list::<Identifiers>("copersonid", id).await,
            roles: services
                .list::<CoPersonRoles>("copersonid", id)
                .await
                .into_iter()
                .filter(|role| acts(role, now))
                .collect(),
            groups: groups.iter().filter(|group| of(group)).map(|group| group.name().to_owned()).collect(),
            person: record,
        };
        let within: Vec<i64> = groups.iter().filter(|group| of(group)).map(v1::CoGroup::id).collect();
        for group in &within {
            named.entry(*group).or_default().extend(records.key());
        }
        all.push((
            person(id),
            reading::of_person(&records),
            Whom::Person { records: Box::new(records), groups: within },
        ));
    }
    for record in groups.iter().filter(|group| is_active(group)) {
        let (name, members) = (record.name().to_owned(), named.remove(&record.id()).unwrap_or_default());
        all.push((group(record.id()), reading::of_group(record), Whom::Group { name, members }));
    }
    all
}

fn is_active(group: &v1::CoGroup) -> bool {
    group.status() == SuspendableStatus::Active
}

fn acts(role: &v1::CoPersonRole, now: DateTime<Utc>) -> bool {
    matches!(role.status(), Status::Active | Status::GracePeriod) && within(role.valid_from, role.valid_through, now)
}

fn within(from: Option<prost_types::Timestamp>, through: Option<prost_types::Timestamp>, now: DateTime<Utc>) -> bool {
    from.is_none_or(|from| from.seconds <= now.timestamp())
        && through.is_none_or(|through| through.seconds > now.timestamp())
}

async fn requests(services: &Services) -> BTreeMap<i64, Request> {
    let sql = "SELECT r.id, r.co_provisioning_target_id, r.subject_kind, r.subject_id, r.status, \
               (SELECT COUNT(*) FROM provisioning_attempts AS a WHERE a.provisioning_request_id = r.id \
               AND a.status IN ('Succeeded', 'Failed', 'Retrying')) FROM provisioning_requests AS r";
    let mut requests = BTreeMap::new();
    for row in services.query(Store::Provisioning, sql).await {
        let kind: String = row.try_get_by_index(2).unwrap();
        let (subject, status): (i64, String) = (row.try_get_by_index(3).unwrap(), row.try_get_by_index(4).unwrap());
        let many = matches!(kind.as_str(), "cou" | "co" | "comparison");
        let told: i64 = row.try_get_by_index(5).unwrap();
        let request = Request {
            target: row.try_get_by_index(1).unwrap(),
            subject: format!("{kind}:{subject}"),
            ended: matches!(status.as_str(), "Succeeded" | "Failed" | "Canceled"),
            status,
            told: if many { 0 } else { u64::try_from(told).unwrap() },
        };
        requests.insert(row.try_get_by_index(0).unwrap(), request);
    }
    requests
}

/// The history tells targets by their description.
async fn history(services: &Services, names: &BTreeMap<i64, u64>) -> Vec<Lines> {
    let sql = "SELECT co_person_id, co_group_id, comment FROM history_records \
               WHERE action IN ('PCPA', 'PCPM', 'PCGA', 'PCGM', 'PRVX')";
    let mut lines: BTreeMap<(i64, String), u64> = BTreeMap::new();
    for row in services.query(Store::Registry, sql).await {
        let (of_person, of_group): (Option<i64>, Option<i64>) =
            (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        let comment: String = row.try_get_by_index(2).unwrap();
        let name = comment.split([' ', ':']).find_map(|word| word.strip_prefix('t')?.parse::<u64>().ok()).unwrap();
        let target = names.iter().find(|(_, described)| **described == name).map_or(0, |(id, _)| *id);
        let subject = of_person.map(person).or(of_group.map(group)).unwrap();
        *lines.entry((target, subject)).or_default() += 1;
    }
    lines.into_iter().map(|((target, subject), lines)| Lines { target, subject, lines }).collect()
}
