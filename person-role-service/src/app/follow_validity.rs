//! Validity acts when its time comes (D32).
//!
//! Guarantee: a role whose `ValidFrom` or `ValidThrough` has passed gets the status that follows, with history and events
//! like any other change, soon after. Mechanism: each round looks for such roles by index and changes each in a
//! transaction of its own, after looking at it again under lock; two processes that do so at once do it once. A role begins
//! by the time that whoever reads what is provisioned goes by ([`told_until`]): a person who is active by it is never shown
//! without it. It ends by the database's time, which is never behind that one: what is expired is not shown.

use proto::{caller::Caller, events::v1::Action, registry::v1::Status};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::LockType,
};
use service_kit::{database::is_held, rows::is_not};

use crate::{
    change::{Change, holds, versions},
    context::{App, Fault},
    domain::{
        history::{Entry, label},
        ids::{CoId, PersonId, RoleId},
        person_status::ACTIVE,
        validity::status_by_now,
    },
    follow,
    store::{
        changed::{Changed, Pair},
        code_of,
        entity::{co_person_role, co_person_role::CoPersonRoles},
        status_of,
        time::{database_time, told_until},
    },
};

/// So many roles in one round.
const ROUND: u64 = 200;

/// How long the change of a role waits for each lock, in milliseconds: the next round comes to it again.
const PATIENCE: u32 = 250;

/// Changes the roles whose time has come; says whether there may be more.
///
/// # Errors
/// Those of the database.
pub async fn follow_validity(app: &App) -> Result<bool, Fault> {
    use co_person_role::Column;
    let now = database_time(app.database.reader(), &app.clock).await?;
    let told = told_until(app.database.reader(), &app.clock).await?;
    let begun = Condition::all()
        .add(Column::Status.eq(code_of(Status::Pending)))
        .add(Column::ValidFrom.lte(told))
        .add(Condition::any().add(Column::ValidThrough.is_null()).add(Column::ValidThrough.gt(now)));
    let ended = Condition::all().add(Column::Status.is_in(ACTIVE.map(code_of))).add(Column::ValidThrough.lte(now));
    let mut due: Vec<i64> = Vec::new();
    for condition in [ended, begun] {
        let ids: Vec<i64> = co_person_role::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(is_not(Column::Deleted))
            .filter(condition)
            .order_by_asc(Column::Id)
            .limit(ROUND)
            .into_tuple()
            .all(app.database.reader())
            .await?;
        due.extend(ids);
    }
    let more = due.len() as u64 >= ROUND;
    let mut followed = false;
    for id in due {
        match follow_one(app, id, now).await {
            Ok(()) => followed = true,
            Err(Fault::Database(error)) if is_held(&error) => {
                tracing::debug!(person_role.id = id, "a role that somebody holds follows its validity later");
            }
            // One role that cannot be changed must not keep the others from it.
            Err(fault) => {
                tracing::error!(person_role.id = id, error = %fault.into_refusal(), "a role cannot follow its validity")
            }
        }
    }
    Ok(more && followed)
}

async fn follow_one(app: &App, id: i64, now: chrono::DateTime<chrono::Utc>) -> Result<(), Fault> {
    let house = Caller::house();
    let mut change = Change::begin(app, &house).await?;
    change.wait_at_most(PATIENCE).await?;
    let role = match holds::row::<CoPersonRoles>(&change, id, LockType::NoKeyUpdate).await {
        Ok(role) => role,
        // Deleted in the meantime.
        Err(Fault::Refused(_)) => return Ok(()),
        Err(fault) => return Err(fault),
    };
    let seconds = |time: Option<chrono::DateTime<chrono::Utc>>| time.map(|time| time.timestamp());
    let before = status_of(&role.status);
    let status = status_by_now(before, seconds(role.valid_from), seconds(role.valid_through), now.timestamp());
    if status == before {
        return Ok(());
    }
    let mut active = role.clone().into_active_model();
    active.status = Set(code_of(status));
    let (after, _version) = versions::write::<CoPersonRoles>(&change, &role, active).await?;
    let words = |status: Status| label(&crate::store::wire_of(status));
    let (action, comment) = match status {
        Status::Expired => ("ECRX", format!("CO Person Role Expired ({id}): Status: {} > Expired", words(before))),
        _ => (
            "ECRM",
            format!("CO Person Role Edited ({id}):Status: {} > {} (valid from now)", words(before), words(status)),
        ),
    };
    let entry = Entry::new(action, comment).with_role(RoleId(id));
    let noted = change.note(CoId(after.co_id), PersonId(after.co_person_id), Action::Updated, entry);
    let changed = Changed::Role(Pair { before: Some(&role), after: Some(&after) });
    follow::consequences(&mut change, &changed, &noted).await?;
    change.commit().await?;
    Ok(())
}
