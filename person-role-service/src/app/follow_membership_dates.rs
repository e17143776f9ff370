//! A membership begins and ends at its dates: when one has passed, person and group changed (provisioning-engine.md §2).
//!
//! Guarantee: each date that passes is told once, also one that passed while no process ran. Mechanism: the watermark
//! says up to when it was told; it moves in the transaction of the events.

use proto::caller::Caller;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait,
    IntoActiveModel, QueryFilter, QuerySelect, sea_query::LockType,
};

use crate::{
    app::{App, Fault, change::Change},
    store::entity::{co_group_member, watermark},
};

const NAME: &str = "membership-dates";

/// Tells of the memberships whose dates have passed since the last time.
///
/// # Errors
/// Those of the database.
pub async fn follow_membership_dates(app: &App) -> Result<(), Fault> {
    let known = watermark::Entity::find_by_id(NAME.to_owned()).one(app.database.reader()).await?;
    if let Some(known) = &known
        && co_group_member::Entity::find()
            .filter(passed(known, app.clock.now()))
            .one(app.database.reader())
            .await?
            .is_none()
    {
        return Ok(());
    }
    let house = Caller::house();
    let mut change = Change::begin(app, &house).await?;
    let mut query = watermark::Entity::find_by_id(NAME.to_owned());
    if change.tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock(LockType::NoKeyUpdate);
    }
    match query.one(&change.tx).await? {
        None => {
            let first = watermark::ActiveModel { name: Set(NAME.to_owned()), reached: Set(change.now) };
            watermark::Entity::insert(first).exec_without_returning(&change.tx).await?;
        }
        Some(known) => {
            let members = co_group_member::Entity::find().filter(passed(&known, change.now)).all(&change.tx).await?;
            for member in members {
                change.person_changed(member.co_person_id, member.co_id);
                change.group_changed(member.co_group_id, member.co_id);
            }
            let mut active = known.into_active_model();
            active.reached = Set(change.now);
            active.update(&change.tx).await?;
        }
    }
    change.commit().await?;
    Ok(())
}

/// The memberships with a date after the watermark and not after now.
fn passed(known: &watermark::Model, now: chrono::DateTime<chrono::Utc>) -> Condition {
    use co_group_member::Column::{Deleted, ValidFrom, ValidThrough};
    let between = |column: co_group_member::Column| Condition::all().add(column.gt(known.reached)).add(column.lte(now));
    Condition::all().add(Deleted.eq(false)).add(Condition::any().add(between(ValidFrom)).add(between(ValidThrough)))
}
