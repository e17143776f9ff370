//! What begins and ends at its dates: when one has passed, person and group changed (provisioning-engine.md §2).
//!
//! Guarantee: each date that passes is told once, also one that passed while no process ran; and what is read of a subject
//! changes with its revision, never before. Mechanism: the watermark says up to when dates were told; it moves in the
//! transaction of the events, and whoever reads what is provisioned goes by it and not by the time
//! ([`crate::store::time::told_until`]). It goes by the time of the database: clocks of hosts that differ lose no date. What
//! is committed beside a look, with a date that passes by it, is looked at once more ([`crate::store::late_dates`]), and so is
//! an org identity that somebody holds, who may be linking it: nobody's dates wait for that.

use chrono::{DateTime, Duration, Utc};
use proto::{caller::Caller, events::v1::Action, time::within};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType,
};
use service_kit::rows::is_not;

use crate::{
    change::{Change, holds},
    context::{App, Fault},
    domain::{
        history::Entry,
        ids::{CoId, GroupId, OrgIdentityId, PersonId, RoleId},
        membership::date_passed,
        person_status::ACTIVE,
    },
    follow::{fan_out::linked_now, membership::tell},
    store::{
        code_of,
        entity::{
            co_group_member, co_group_member::CoGroupMembers, co_person_role, co_person_role::CoPersonRoles,
            org_identity, org_identity::OrgIdentities, watermark,
        },
        late_dates::Late,
        stored::Stored,
        time::DATES,
    },
};

/// The watermark moves at least so often, also when no date passes: what is added with a date that has just passed is seen.
const OFTEN: Duration = Duration::seconds(5);

/// How long a look waits for a lock, in milliseconds, before it is made anew.
const PATIENCE: u32 = 2_000;

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
    // The time after the lock was had: what was committed before it is seen from here on.
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
            change.wait_at_most(PATIENCE).await?;
            let passed = Passed { reached: known.reached, now, late: Late::take(&change.tx).await? };
            let told = memberships(&mut change, &passed).await?
                + roles(&mut change, &passed).await?
                + org_identities(&mut change, &passed).await?;
            if told == 0 && passed.late.is_empty() && now - known.reached < OFTEN {
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

async fn memberships(change: &mut Change<'_>, passed: &Passed) -> Result<usize, Fault> {
    use co_group_member::Column::{Deleted, Id, ValidFrom, ValidThrough};
    let (now, dates) = (passed.now, passed.of::<CoGroupMembers>(Id, [ValidFrom, ValidThrough]));
    let query = co_group_member::Entity::find().filter(is_not(Deleted)).filter(dates);
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
async fn roles(change: &mut Change<'_>, passed: &Passed) -> Result<usize, Fault> {
    use co_person_role::Column::{Deleted, Id, Status, ValidFrom, ValidThrough};
    let (now, dates) = (passed.now, passed.of::<CoPersonRoles>(Id, [ValidFrom, ValidThrough]));
    let active = Status.is_in(ACTIVE.map(code_of));
    let query = co_person_role::Entity::find().filter(is_not(Deleted)).filter(active).filter(dates);
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
    let begins = waits.filter(passed.between(ValidFrom)).one(&change.tx).await?;
    Ok(usize::from(begins.is_some()))
}

/// Gives how many passed. Those that are valid are passed on with the people that they are linked to.
async fn org_identities(change: &mut Change<'_>, passed: &Passed) -> Result<usize, Fault> {
    use org_identity::Column::{Deleted, Id, ValidFrom, ValidThrough};
    let (now, dates) = (passed.now, passed.of::<OrgIdentities>(Id, [ValidFrom, ValidThrough]));
    // In the order in which others hold several.
    let found = org_identity::Entity::find().filter(is_not(Deleted)).filter(dates).order_by_asc(Id);
    let found = found.all(&change.tx).await?;
    for row in &found {
        let what = if within(row.valid_from, row.valid_through, now) { "valid from now" } else { "not valid any more" };
        let (co, id) = (CoId(row.co_id), OrgIdentityId(row.id));
        let free = holds::org_identity_if_free(change, id).await?;
        let dates = [row.valid_from, row.valid_through].into_iter().flatten();
        let told_now: Vec<DateTime<Utc>> = dates.filter(|date| passed.tells(*date)).collect();
        if !free {
            change.look_again((&OrgIdentities::table().singular, row.id), told_now.iter().copied());
            if told_now.iter().all(|date| *date <= passed.reached) {
                // Those who are linked have been told.
                continue;
            }
        }
        let noted = change.write_down(co, Entry::new("EOIM", format!("Org Identity is {what}")).with_org_identity(id));
        linked_now(change, co, id, &noted).await?;
    }
    Ok(found.len())
}

/// Which dates have passed: those after the watermark and not after now, and those of records that were noted.
struct Passed {
    reached: DateTime<Utc>,
    now: DateTime<Utc>,
    late: Late,
}

impl Passed {
    /// The condition that one of the dates of a record has passed.
    fn of<S: Stored>(&self, id: impl ColumnTrait, dates: [impl ColumnTrait; 2]) -> Condition {
        let passed = dates.iter().fold(Condition::any(), |passed, date| passed.add(self.between(*date)));
        let (ids, late) = self.late.of::<S>();
        if ids.is_empty() {
            return passed;
        }
        let before = |date: &_| {
            Condition::all()
                .add(ColumnTrait::lte(date, self.reached))
                .add(ColumnTrait::is_in(date, late.iter().copied()))
        };
        let noted = dates.iter().fold(Condition::any(), |noted, date| noted.add(before(date)));
        passed.add(Condition::all().add(id.is_in(ids)).add(noted))
    }

    /// Whether a date of an org identity is one of those that have passed.
    fn tells(&self, date: DateTime<Utc>) -> bool {
        date <= self.now && (date > self.reached || self.late.of::<OrgIdentities>().1.contains(&date))
    }

    fn between(&self, date: impl ColumnTrait) -> Condition {
        Condition::all().add(date.gt(self.reached)).add(date.lte(self.now))
    }
}
