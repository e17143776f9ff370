//! Computing the members of an automatic group anew (neighbours.md CoGroup).
//!
//! Guarantee: nobody who belongs to the group is taken out of it, whatever changes meanwhile. Mechanism: people whose
//! membership seems wrong are looked for without holding anybody; each of them is then looked at again, held, by what
//! keeps memberships at every other change. They are done some at a time, so that others wait for a moment only.

use std::collections::{BTreeSet, HashMap};

use proto::{caller::Caller, refusal::Refusal, registry::v1::Status};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType};
use service_kit::{idempotency, rows::is_not};

use crate::{
    change::{Change, holds},
    context::{App, Fault},
    domain::{ids::PersonId, membership::belongs},
    follow::membership::{Touched, roles_of, sync},
    store::{
        entity::{co_group, co_group::CoGroups, co_group_member, co_person, co_person_role},
        status_of,
    },
};

/// So many people are held at once.
const SOME: usize = 50;

/// Computes the members of an automatic group anew; says whether it was done before, by the same request (D44). What two
/// processes do at once under one key they both do, which leaves what one of them would.
///
/// # Errors
/// `Unknown`, 403 for a group that is not automatic, those of the database; 409 and 422 for a key that is in use or another
/// request's.
pub async fn reconcile(app: &App, caller: &Caller, id: i64) -> Result<bool, Fault> {
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    let change = Change::begin(app, caller).await?;
    if idempotency::standing(&change.tx, &app.clock, caller).await?.answer()?.is_some() {
        return Ok(true);
    }
    let group = holds::row::<CoGroups>(&change, id, LockType::KeyShare).await?;
    drop(change);
    if !group.auto {
        return Err(Refusal::forbidden(
            "Not An Automatic Group",
            "Only automatic groups can be reconciled. Edit its members instead.",
        )
        .into());
    }
    let people: Vec<i64> = suspects(app, &group).await?.into_iter().collect();
    let touched = Touched { cous: group.cou_id.into_iter().collect(), co: group.cou_id.is_none() };
    for some in people.chunks(SOME) {
        let mut change = Change::begin(app, caller).await?;
        for person in some {
            let person = holds::person(&mut change, PersonId(*person)).await?;
            if !person.deleted {
                let roles = roles_of(&change, PersonId(person.id)).await?;
                sync(&mut change, &person, &roles, &touched).await?;
            }
        }
        change.commit().await?;
    }
    if caller.idempotency.is_some() {
        let change = Change::begin(app, caller).await?;
        idempotency::keep(&change.tx, &app.clock, caller, id).await?;
        change.commit().await?;
    }
    Ok(false)
}

/// The people who are members and do not seem to belong, or the other way round.
async fn suspects(app: &App, group: &co_group::Model) -> Result<BTreeSet<i64>, Fault> {
    // All people of the CO are read, which keeps nobody from writing, and not all who read.
    let (_turn, db) = (app.searches.begin(Some(group.co_id)).await?, app.database.reader());
    let people: Vec<(i64, String)> = co_person::Entity::find()
        .select_only()
        .columns([co_person::Column::Id, co_person::Column::Status])
        .filter(co_person::Column::CoId.eq(group.co_id))
        .filter(is_not(co_person::Column::Deleted))
        .into_tuple()
        .all(db)
        .await?;
    let roles: Vec<(i64, String)> = co_person_role::Entity::find()
        .select_only()
        .columns([co_person_role::Column::CoPersonId, co_person_role::Column::Status])
        .filter(co_person_role::Column::CoId.eq(group.co_id))
        .filter(co_person_role::Column::CouId.eq(group.cou_id))
        .filter(is_not(co_person_role::Column::Deleted))
        .into_tuple()
        .all(db)
        .await?;
    let members: Vec<i64> = co_group_member::Entity::find()
        .select_only()
        .column(co_group_member::Column::CoPersonId)
        .filter(co_group_member::Column::CoGroupId.eq(group.id))
        .filter(is_not(co_group_member::Column::Deleted))
        .into_tuple()
        .all(db)
        .await?;
    let mut statuses: HashMap<i64, Vec<Status>> = HashMap::new();
    for (person, status) in roles {
        statuses.entry(person).or_default().push(status_of(&status));
    }
    let none = Vec::new();
    let wanted = people.into_iter().filter(|(person, status)| {
        let roles = statuses.get(person).unwrap_or(&none);
        belongs(&group.group_type, group.cou_id.is_some(), status_of(status), roles)
    });
    let wanted: BTreeSet<i64> = wanted.map(|(person, _)| person).collect();
    let there: BTreeSet<i64> = members.into_iter().collect();
    Ok(wanted.symmetric_difference(&there).copied().collect())
}
