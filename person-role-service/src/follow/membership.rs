//! Keeping a person's memberships in the automatic groups (co-person-role.md §6.2).
//!
//! Guarantee: after a change the person is a member of exactly the automatic groups that its status and roles call for.
//! Three statements find out, whatever the number of groups; nothing is written when nothing changes.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use proto::{events::v1::Action, registry::v1::Status};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationDef,
    sea_query::{Expr, ExprTrait},
};
use service_kit::rows::{is, is_not};

use crate::{
    change::{Change, Noted, versions},
    context::Fault,
    domain::{
        history::{Entry, differences},
        ids::{CoId, GroupId, PersonId},
        membership::{belongs, edited, joined, left},
    },
    store::{
        changed::{Changed, Pair},
        entity::{co_group, co_group_member, co_group_member::CoGroupMembers, co_person, co_person_role},
        status_of,
        stored::Stored,
    },
};

/// The COUs and statuses of a person's roles.
pub type Roles = Vec<(Option<i64>, Status)>;

/// Reads the COUs and statuses of a person's live roles.
///
/// # Errors
/// Those of the database.
pub async fn roles_of(change: &Change<'_>, PersonId(co_person_id): PersonId) -> Result<Roles, Fault> {
    let rows: Vec<(Option<i64>, String)> = co_person_role::Entity::find()
        .select_only()
        .column(co_person_role::Column::CouId)
        .column(co_person_role::Column::Status)
        .filter(co_person_role::Column::CoPersonId.eq(co_person_id))
        .filter(is_not(co_person_role::Column::Deleted))
        .into_tuple()
        .all(&change.tx)
        .await?;
    Ok(rows.into_iter().map(|(cou_id, code)| (cou_id, status_of(&code))).collect())
}

/// Which automatic groups a change may touch.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// The groups of these COUs.
    pub cous: BTreeSet<i64>,
    /// The groups of the whole CO.
    pub co: bool,
}

/// Adds and removes the memberships that the person's status and roles call for.
///
/// # Errors
/// Those of the database.
pub async fn sync(
    change: &mut Change<'_>,
    person: &co_person::Model,
    roles: &Roles,
    touched: &Touched,
) -> Result<(), Fault> {
    if touched.cous.is_empty() && !touched.co {
        return Ok(());
    }
    let mut places = Condition::any();
    if !touched.cous.is_empty() {
        places = places.add(co_group::Column::CouId.is_in(touched.cous.iter().copied()));
    }
    if touched.co {
        places = places.add(co_group::Column::CouId.is_null());
    }
    let groups = groups_and_memberships(change, person, places).await?;
    let status = status_of(&person.status);
    let (mut join, mut leave) = (Vec::new(), Vec::new());
    for (group, member) in groups {
        let here: Vec<Status> =
            roles.iter().filter(|(cou_id, _)| *cou_id == group.cou_id).map(|(_, status)| *status).collect();
        match (belongs(&group.group_type, group.cou_id.is_some(), status, &here), member) {
            (true, None) => join.push(group),
            (false, Some(member)) => leave.push((group, member)),
            _ => {}
        }
    }
    add_to(change, person, join).await?;
    remove_from(change, leave).await
}

/// The automatic groups of some places, each with the person's membership in it.
async fn groups_and_memberships(
    change: &mut Change<'_>,
    person: &co_person::Model,
    places: Condition,
) -> Result<Vec<(co_group::Model, Option<co_group_member::Model>)>, Fault> {
    change.catch_up().await?;
    let membership = RelationDef::from(
        co_group::Entity::belongs_to(co_group_member::Entity)
            .from(co_group::Column::Id)
            .to(co_group_member::Column::CoGroupId),
    );
    let person_id = person.id;
    let membership = membership.on_condition(move |_, members| {
        Condition::all()
            .add(Expr::col((members.clone(), co_group_member::Column::CoPersonId)).eq(person_id))
            .add(Expr::col((members, co_group_member::Column::Deleted)).not())
    });
    let rows = co_group::Entity::find()
        .select_also(co_group_member::Entity)
        .join(JoinType::LeftJoin, membership)
        .filter(co_group::Column::CoId.eq(person.co_id))
        .filter(is(co_group::Column::Auto))
        .filter(is_not(co_group::Column::Deleted))
        .filter(places)
        .all(&change.tx)
        .await?;
    Ok(rows)
}

async fn add_to(change: &mut Change<'_>, person: &co_person::Model, groups: Vec<co_group::Model>) -> Result<(), Fault> {
    if groups.is_empty() {
        return Ok(());
    }
    let now = change.stamp().await?;
    let rows = groups.iter().map(|group| new_member(change, group, person.id, now)).collect::<Vec<_>>();
    let backend = change.tx.get_database_backend();
    change.later(co_group_member::Entity::insert_many(rows).build(backend));
    for group in &groups {
        tell(change, group, PersonId(person.id), joined(&group.name, GroupId(group.id), true, false));
    }
    Ok(())
}

/// A new membership in an automatic group.
fn new_member(
    change: &Change<'_>,
    group: &co_group::Model,
    co_person_id: i64,
    now: DateTime<Utc>,
) -> co_group_member::ActiveModel {
    co_group_member::ActiveModel {
        co_id: Set(group.co_id),
        co_group_id: Set(group.id),
        co_person_id: Set(co_person_id),
        member: Set(true),
        owner: Set(false),
        valid_from: Set(None),
        valid_through: Set(None),
        created: Set(now),
        modified: Set(now),
        revision: Set(0),
        deleted: Set(false),
        actor_identifier: Set(Some(change.caller.username.clone())),
        ..Default::default()
    }
}

/// Ends memberships in automatic groups.
///
/// # Errors
/// Those of the database.
async fn remove_from(
    change: &mut Change<'_>,
    memberships: Vec<(co_group::Model, co_group_member::Model)>,
) -> Result<(), Fault> {
    let rows: Vec<co_group_member::Model> = memberships.iter().map(|(_, member)| member.clone()).collect();
    versions::remove::<CoGroupMembers>(change, &rows).await?;
    for (group, member) in &memberships {
        tell(change, group, PersonId(member.co_person_id), left(&group.name, GroupId(group.id)));
    }
    Ok(())
}

/// Tells of a membership that somebody added, edited or deleted.
///
/// # Errors
/// Those of the database.
pub(super) async fn told(change: &mut Change<'_>, changed: &Changed<'_>, _noted: &Noted) -> Result<(), Fault> {
    let Changed::Membership(Pair { before, after }) = changed else { return Ok(()) };
    match (before, after) {
        (Some(old), Some(new)) if old.co_group_id == new.co_group_id && old.co_person_id == new.co_person_id => {
            let columns = CoGroupMembers::columns();
            let what = differences(&columns.record(*old), &columns.record(*new));
            let group = change.group(GroupId(new.co_group_id)).await?;
            tell(change, &group, PersonId(new.co_person_id), edited(&group.name, GroupId(group.id), &what));
        }
        _ => {
            if let Some(old) = before {
                let group = change.group(GroupId(old.co_group_id)).await?;
                tell(change, &group, PersonId(old.co_person_id), left(&group.name, GroupId(group.id)));
            }
            if let Some(new) = after {
                let group = change.group(GroupId(new.co_group_id)).await?;
                let entry = joined(&group.name, GroupId(group.id), new.member, new.owner);
                tell(change, &group, PersonId(new.co_person_id), entry);
            }
        }
    }
    Ok(())
}

/// Tells something of a person in a group: into the history, and that both changed.
pub fn tell(change: &mut Change<'_>, group: &co_group::Model, person: PersonId, entry: Entry) {
    let noted = change.note(CoId(group.co_id), person, Action::Updated, entry);
    change.also(&noted, CoId(group.co_id), GroupId(group.id));
}
