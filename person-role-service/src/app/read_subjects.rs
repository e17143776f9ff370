//! The present state of subjects, as far as it may be passed on (provisioning-engine.md §3).
//!
//! Many subjects are read at once: the number of statements does not depend on how many they are.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use prost::{Message, Name};
use proto::registry::v1::{
    EmailListState, GroupState, Membership, PersonState, Provisionable, ReadSubjectsRequest, Status, Subject,
    SubjectKind, SubjectState, subject_state::Data,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    app::{App, Fault, view::live},
    domain::{membership::ALL_MEMBERS, person_status::is_active},
    resource::{
        Resource, co_email_list::CoEmailLists, co_group::CoGroups, co_group_member::CoGroupMembers,
        co_person::CoPeople, co_person_role::CoPersonRoles, cou::Cous, email_address::EmailAddresses,
        identifier::Identifiers, name::Names,
    },
    store::{
        entity::{co_group, co_group_member, co_person, co_person_role, history_record},
        status_of,
    },
};

/// At most so many members of a group are told at once.
const MEMBERS: usize = 10_000;

/// The condition that a membership holds at a time.
#[must_use]
pub fn valid_now(now: DateTime<Utc>) -> Condition {
    use co_group_member::Column::{ValidFrom, ValidThrough};
    Condition::all()
        .add(Condition::any().add(ValidFrom.is_null()).add(ValidFrom.lte(now)))
        .add(Condition::any().add(ValidThrough.is_null()).add(ValidThrough.gt(now)))
}

/// Reads subjects, in the order asked.
///
/// # Errors
/// Those of the database.
pub async fn read_subjects(app: &App, request: &ReadSubjectsRequest) -> Result<Vec<SubjectState>, Fault> {
    let ids = |kind: SubjectKind| -> Vec<i64> {
        request.subjects.iter().filter(|subject| subject.kind() == kind).map(|subject| subject.id).collect()
    };
    let mut states: HashMap<(i32, i64), SubjectState> = HashMap::new();
    for state in people(app, ids(SubjectKind::CoPerson))
        .await?
        .into_iter()
        .chain(groups(app, ids(SubjectKind::CoGroup)).await?)
        .chain(lists(app, ids(SubjectKind::CoEmailList)).await?)
    {
        if let Some(subject) = state.subject {
            states.insert((subject.kind, subject.id), state);
        }
    }
    let state_of = |subject: &Subject| {
        states
            .get(&(subject.kind, subject.id))
            .cloned()
            .unwrap_or_else(|| SubjectState { subject: Some(*subject), ..SubjectState::default() })
    };
    Ok(request.subjects.iter().map(state_of).collect())
}

/// The id of the newest history record of each subject: it never decreases, and every change writes one.
async fn revisions(app: &App, column: history_record::Column, ids: &[i64]) -> Result<HashMap<i64, i64>, Fault> {
    let rows: Vec<(Option<i64>, Option<i64>)> = history_record::Entity::find()
        .select_only()
        .column(column)
        .column_as(history_record::Column::Id.max(), "newest")
        .filter(column.is_in(ids.iter().copied()))
        .group_by(column)
        .into_tuple()
        .all(app.database.writer())
        .await?;
    Ok(rows.into_iter().filter_map(|(id, newest)| Some((id?, newest?))).collect())
}

/// The live rows of a resource with one of some ids in a column.
async fn rows<R: Resource>(app: &App, column: &str, ids: &[i64]) -> Result<Vec<R::Row>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = R::Entity::find()
        .filter(R::columns().named(column)?.is_in(ids.iter().copied()))
        .order_by_asc(R::columns().named("id")?);
    // From the database that is written to: what a worker reads must not lag behind what woke it.
    Ok(live::<R>(query)?.all(app.database.writer()).await?)
}

fn message<R: Resource>(row: &R::Row) -> R::Message
where
    R::Message: Message + Name + Default,
{
    R::columns().record(row).to_message().unwrap_or_default()
}

fn gone(kind: SubjectKind, id: i64, revision: Option<&i64>) -> SubjectState {
    SubjectState {
        subject: Some(Subject { kind: kind.into(), id }),
        revision: revision.copied().unwrap_or_default(),
        ..SubjectState::default()
    }
}

async fn people(app: &App, ids: Vec<i64>) -> Result<Vec<SubjectState>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.clock.now();
    // The revision first: what is read after it is at least as new.
    let revisions = revisions(app, history_record::Column::CoPersonId, &ids).await?;
    let people = rows::<CoPeople>(app, "id", &ids).await?;
    let there: Vec<i64> = people.iter().map(|person| person.id).collect();
    let names = rows::<Names>(app, "co_person_id", &there).await?;
    let mails = rows::<EmailAddresses>(app, "co_person_id", &there).await?;
    let identifiers = rows::<Identifiers>(app, "co_person_id", &there).await?;
    let roles = rows::<CoPersonRoles>(app, "co_person_id", &there).await?;
    let members = rows::<CoGroupMembers>(app, "co_person_id", &there).await?;
    let groups = rows::<CoGroups>(app, "id", &distinct(members.iter().map(|member| member.co_group_id))).await?;
    let cous = rows::<Cous>(app, "id", &distinct(roles.iter().filter_map(|role| role.cou_id))).await?;

    let mut states: Vec<SubjectState> = ids
        .iter()
        .filter(|id| !there.contains(id))
        .map(|id| gone(SubjectKind::CoPerson, *id, revisions.get(id)))
        .collect();
    for person in &people {
        let provisionable = provisionable(person);
        let mut state = PersonState {
            co_person: Some(message::<CoPeople>(person)),
            provisionable: provisionable.into(),
            ..PersonState::default()
        };
        if provisionable != Provisionable::Nothing {
            let mut live_roles: Vec<&co_person_role::Model> =
                roles.iter().filter(|role| role.co_person_id == person.id && role_holds(role, now)).collect();
            live_roles.sort_by_key(|role| (role.ordr.unwrap_or(i64::MAX), role.id));
            state.names = names.iter().filter(|name| name.co_person_id == person.id).map(message::<Names>).collect();
            state.email_addresses =
                mails.iter().filter(|mail| mail.co_person_id == person.id).map(message::<EmailAddresses>).collect();
            state.identifiers = identifiers
                .iter()
                .filter(|identifier| identifier.co_person_id == Some(person.id) && identifier.status == "A")
                .map(message::<Identifiers>)
                .collect();
            state.cous = cous
                .iter()
                .filter(|cou| live_roles.iter().any(|role| role.cou_id == Some(cou.id)))
                .map(message::<Cous>)
                .collect();
            state.roles = live_roles.into_iter().map(message::<CoPersonRoles>).collect();
            state.memberships = members
                .iter()
                .filter(|member| member.co_person_id == person.id)
                .filter_map(|member| Some((member, groups.iter().find(|group| group.id == member.co_group_id)?)))
                .filter(|(member, group)| member_holds(provisionable, member, group, now))
                .map(|(member, group)| Membership {
                    group: Some(message::<CoGroups>(group)),
                    member: Some(message::<CoGroupMembers>(member)),
                })
                .collect();
        }
        states.push(SubjectState {
            subject: Some(Subject { kind: SubjectKind::CoPerson.into(), id: person.id }),
            co_id: person.co_id,
            revision: revisions.get(&person.id).copied().unwrap_or_default(),
            exists: true,
            data: Some(Data::Person(state)),
        });
    }
    Ok(states)
}

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    ids.collect::<std::collections::BTreeSet<i64>>().into_iter().collect()
}

fn provisionable(person: &co_person::Model) -> Provisionable {
    match status_of(&person.status) {
        Status::Active | Status::GracePeriod => Provisionable::Everything,
        Status::Suspended | Status::Expired | Status::Locked => Provisionable::PersonData,
        _ => Provisionable::Nothing,
    }
}

fn within(from: Option<DateTime<Utc>>, through: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    from.is_none_or(|from| from <= now) && through.is_none_or(|through| through > now)
}

fn role_holds(role: &co_person_role::Model, now: DateTime<Utc>) -> bool {
    is_active(status_of(&role.status)) && within(role.valid_from, role.valid_through, now)
}

fn member_holds(
    provisionable: Provisionable,
    member: &co_group_member::Model,
    group: &co_group::Model,
    now: DateTime<Utc>,
) -> bool {
    group.group_type == ALL_MEMBERS
        || (provisionable == Provisionable::Everything
            && group.status == "A"
            && within(member.valid_from, member.valid_through, now))
}

async fn groups(app: &App, ids: Vec<i64>) -> Result<Vec<SubjectState>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let revisions = revisions(app, history_record::Column::CoGroupId, &ids).await?;
    let groups = rows::<CoGroups>(app, "id", &ids).await?;
    let there: Vec<i64> = groups.iter().map(|group| group.id).collect();
    let identifiers = rows::<Identifiers>(app, "co_group_id", &there).await?;
    let members: Vec<(i64, i64)> = co_group_member::Entity::find()
        .select_only()
        .column(co_group_member::Column::CoGroupId)
        .column(co_group_member::Column::CoPersonId)
        .filter(co_group_member::Column::CoGroupId.is_in(there.iter().copied()))
        .filter(co_group_member::Column::Deleted.eq(false))
        .filter(co_group_member::Column::Member.eq(true))
        .filter(valid_now(app.clock.now()))
        .order_by_asc(co_group_member::Column::CoPersonId)
        .into_tuple()
        .all(app.database.writer())
        .await?;
    let mut states: Vec<SubjectState> = ids
        .iter()
        .filter(|id| !there.contains(id))
        .map(|id| gone(SubjectKind::CoGroup, *id, revisions.get(id)))
        .collect();
    for group in &groups {
        let of_group = members.iter().filter(|(id, _)| *id == group.id).map(|(_, person)| *person);
        states.push(SubjectState {
            subject: Some(Subject { kind: SubjectKind::CoGroup.into(), id: group.id }),
            co_id: group.co_id,
            revision: revisions.get(&group.id).copied().unwrap_or_default(),
            exists: true,
            data: Some(Data::Group(GroupState {
                co_group: Some(message::<CoGroups>(group)),
                identifiers: identifiers
                    .iter()
                    .filter(|identifier| identifier.co_group_id == Some(group.id) && identifier.status == "A")
                    .map(message::<Identifiers>)
                    .collect(),
                member_ids: of_group.take(MEMBERS).collect(),
            })),
        });
    }
    Ok(states)
}

async fn lists(app: &App, ids: Vec<i64>) -> Result<Vec<SubjectState>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let revisions = revisions(app, history_record::Column::CoEmailListId, &ids).await?;
    let lists = rows::<CoEmailLists>(app, "id", &ids).await?;
    let there: Vec<i64> = lists.iter().map(|list| list.id).collect();
    let mut states: Vec<SubjectState> = ids
        .iter()
        .filter(|id| !there.contains(id))
        .map(|id| gone(SubjectKind::CoEmailList, *id, revisions.get(id)))
        .collect();
    for list in &lists {
        states.push(SubjectState {
            subject: Some(Subject { kind: SubjectKind::CoEmailList.into(), id: list.id }),
            co_id: list.co_id,
            revision: revisions.get(&list.id).copied().unwrap_or_default(),
            exists: true,
            data: Some(Data::EmailList(EmailListState { co_email_list: Some(message::<CoEmailLists>(list)) })),
        });
    }
    Ok(states)
}
