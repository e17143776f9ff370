//! What begins and ends at its dates: when one has passed, person and group changed (provisioning-engine.md §2).
//!
//! Guarantee: each date that passes is told once, also one that passed while no process ran; and what is read of a subject
//! changes with its revision, never before. Mechanism: the watermark says up to when dates were told; it moves in the
//! transaction of the events, and whoever reads what is provisioned goes by it and not by the time
//! ([`crate::store::time::told_until`]). It goes by the time of the database: clocks of hosts that differ lose no date. A
//! change that writes a date which passes about now holds the watermark until its commit.

use chrono::{DateTime, Duration, Utc};
use proto::{caller::Caller, events::v1::Action};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait,
    IntoActiveModel, QueryFilter, QuerySelect, sea_query::LockType,
};
use service_kit::rows::is_not;

use crate::{
    change::Change,
    context::{App, Fault},
    domain::{
        history::Entry,
        ids::{CoId, GroupId, OrgIdentityId, PersonId, RoleId},
        membership::date_passed,
        passed_on::within,
    },
    follow::{fan_out::linked_people, membership::tell},
    store::{
        entity::{co_group_member, co_person_role, org_identity, watermark},
        time::DATES,
    },
};

/// The watermark moves at least so often, also when no date passes: what is added with a date that has just passed is seen.
const OFTEN: Duration = Duration::seconds(5);

/// Tells of the memberships, roles and org identities whose dates have passed since the last time.
///
/// # Errors
/// Those of the database.
pub async fn follow_membership_dates(app: &App) -> Result<(), Fault> {
    let house = Caller::house();
    let mut change = Change::begin(app, &house).await?;
    let mut query = watermark::Entity::find_by_id(DATES.to_owned());
    if change.tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock(LockType::NoKeyUpdate);
    }
    // The time after the lock was had. What was committed before it is seen from here on; of what is committed later,
    // whatever has a date that passes about now waits for this to end (`Change::mind_dates`).
    let known = change.held(query).await?;
    let now = change.time().await?;
    if let Some(known) = &known {
        app.dates_told.saw(known.reached);
    }
    match known {
        None => {
            let first = watermark::ActiveModel { name: Set(DATES.to_owned()), reached: Set(now) };
            watermark::Entity::insert(first).exec_without_returning(&change.tx).await?;
        }
        Some(known) if known.reached >= now => return Ok(()),
        Some(known) => {
            let passed = memberships(&mut change, known.reached, now).await?
                + roles(&mut change, known.reached, now).await?
                + org_identities(&mut change, known.reached, now).await?;
            if passed == 0 && now - known.reached < OFTEN {
                return Ok(());
            }
            let mut active = known.into_active_model();
            active.reached = Set(now);
            active.update(&change.tx).await?;
        }
    }
    change.commit().await?;
    Ok(())
}

async fn memberships(change: &mut Change<'_>, reached: DateTime<Utc>, now: DateTime<Utc>) -> Result<usize, Fault> {
    use co_group_member::Column::{Deleted, ValidFrom, ValidThrough};
    let passed = between(ValidFrom, reached, now).add(between(ValidThrough, reached, now));
    let query = co_group_member::Entity::find().filter(is_not(Deleted)).filter(passed);
    let members = query.all(&change.tx).await?;
    for member in &members {
        let group = change.group(GroupId(member.co_group_id)).await?;
        let holds = within(member.valid_from, member.valid_through, now);
        let entry = date_passed(&group.name, GroupId(group.id), holds);
        tell(change, &group, PersonId(member.co_person_id), entry);
    }
    Ok(members.len())
}

/// Gives how many passed. Told is a role that is active before its time, or after it; one that waits for its beginning is
/// told when its status follows ([`super::follow_validity`]), which goes by the watermark.
async fn roles(change: &mut Change<'_>, reached: DateTime<Utc>, now: DateTime<Utc>) -> Result<usize, Fault> {
    use co_person_role::Column::{Deleted, Status, ValidFrom, ValidThrough};
    let passed = between(ValidFrom, reached, now).add(between(ValidThrough, reached, now));
    let active = Status.is_in(["A", "GP"]);
    let query = co_person_role::Entity::find().filter(is_not(Deleted)).filter(active).filter(passed);
    let roles = query.all(&change.tx).await?;
    for role in &roles {
        let what =
            if within(role.valid_from, role.valid_through, now) { "valid from now" } else { "not valid any more" };
        let entry = Entry::new("ECRM", format!("CO Person Role ({}) is {what}", role.id)).with_role(RoleId(role.id));
        change.note(CoId(role.co_id), PersonId(role.co_person_id), Action::Updated, entry);
    }
    if !roles.is_empty() {
        return Ok(roles.len());
    }
    let waits = co_person_role::Entity::find().filter(is_not(Deleted)).filter(Status.eq("P"));
    let begins = waits.filter(between(ValidFrom, reached, now)).one(&change.tx).await?;
    Ok(usize::from(begins.is_some()))
}

/// Gives how many passed. Those that are valid are passed on with the people that they are linked to.
async fn org_identities(change: &mut Change<'_>, reached: DateTime<Utc>, now: DateTime<Utc>) -> Result<usize, Fault> {
    use org_identity::Column::{Deleted, ValidFrom, ValidThrough};
    let passed = between(ValidFrom, reached, now).add(between(ValidThrough, reached, now));
    let found = org_identity::Entity::find().filter(is_not(Deleted)).filter(passed).all(&change.tx).await?;
    for row in &found {
        let what = if within(row.valid_from, row.valid_through, now) { "valid from now" } else { "not valid any more" };
        let (co, id) = (CoId(row.co_id), OrgIdentityId(row.id));
        let noted = change.write_down(co, Entry::new("EOIM", format!("Org Identity is {what}")).with_org_identity(id));
        linked_people(change, co, id, &noted).await?;
    }
    Ok(found.len())
}

/// The condition that a date is after the watermark and not after now.
fn between<C: ColumnTrait>(column: C, reached: DateTime<Utc>, now: DateTime<Utc>) -> Condition {
    Condition::any().add(Condition::all().add(column.gt(reached)).add(column.lte(now)))
}
