//! A membership begins and ends at its dates: when one has passed, person and group changed (provisioning-engine.md §2).
//!
//! Guarantee: each date that passes is told once, also one that passed while no process ran. Mechanism: the watermark
//! says up to when it was told; it moves in the transaction of the events. It goes by the time of the database, and so does
//! whoever reads what is provisioned: clocks of hosts that differ lose no date.

use chrono::{DateTime, Utc};
use proto::caller::Caller;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait,
    IntoActiveModel, QueryFilter, QuerySelect, sea_query::LockType,
};

use crate::{
    change::Change,
    context::{App, Fault},
    domain::{
        ids::{GroupId, PersonId},
        membership::date_passed,
        passed_on::within,
    },
    follow::membership::tell,
    store::{
        entity::{co_group_member, watermark},
        time::database_time,
    },
};

const NAME: &str = "membership-dates";

/// Tells of the memberships whose dates have passed since the last time.
///
/// # Errors
/// Those of the database.
pub async fn follow_membership_dates(app: &App) -> Result<(), Fault> {
    let reader = app.database.reader();
    let known = watermark::Entity::find_by_id(NAME.to_owned()).one(reader).await?;
    if let Some(known) = &known {
        let now = database_time(reader, &app.clock).await?;
        if co_group_member::Entity::find().filter(passed(known, now)).one(reader).await?.is_none() {
            return Ok(());
        }
    }
    let house = Caller::house();
    let mut change = Change::begin(app, &house).await?;
    let mut query = watermark::Entity::find_by_id(NAME.to_owned());
    if change.tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock(LockType::NoKeyUpdate);
    }
    let known = query.one(&change.tx).await?;
    // After the lock was had: what is seen from here on was committed before this moment.
    let now = database_time(&change.tx, &app.clock).await?;
    match known {
        None => {
            let first = watermark::ActiveModel { name: Set(NAME.to_owned()), reached: Set(now) };
            watermark::Entity::insert(first).exec_without_returning(&change.tx).await?;
        }
        Some(known) => {
            let members = co_group_member::Entity::find().filter(passed(&known, now)).all(&change.tx).await?;
            for member in members {
                let group = change.group(GroupId(member.co_group_id)).await?;
                let holds = within(member.valid_from, member.valid_through, now);
                let entry = date_passed(&group.name, GroupId(group.id), holds);
                tell(&mut change, &group, PersonId(member.co_person_id), entry);
            }
            let mut active = known.into_active_model();
            active.reached = Set(now);
            active.update(&change.tx).await?;
        }
    }
    change.commit().await?;
    Ok(())
}

/// The memberships with a date after the watermark and not after now.
fn passed(known: &watermark::Model, now: DateTime<Utc>) -> Condition {
    use co_group_member::Column::{Deleted, ValidFrom, ValidThrough};
    let between = |column: co_group_member::Column| Condition::all().add(column.gt(known.reached)).add(column.lte(now));
    Condition::all().add(Deleted.eq(false)).add(Condition::any().add(between(ValidFrom)).add(between(ValidThrough)))
}
