//! What the status of a person follows from, and what follows from it (co-person-role.md §6.1).

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use crate::{
    app::{
        Fault,
        change::Change,
        edit::write,
        membership::{Roles, Touched, sync},
    },
    domain::{
        history::{Entry, label_of_code},
        person_status::{is_active, recalculated},
    },
    resource::{Resource, co_person::CoPeople},
    store::{
        code_of,
        entity::{co, co_group_member, co_person},
        status_of,
    },
};

/// Reads a person and holds it: changes of one person follow one another.
///
/// # Errors
/// Those of the database; that there is no such person.
pub async fn lock(change: &Change<'_>, id: i64) -> Result<co_person::Model, Fault> {
    let mut query = co_person::Entity::find_by_id(id);
    if change.tx.get_database_backend() == DbBackend::Postgres {
        // Not against what refers to the person: two changes that do would wait for one another.
        query = query.lock(LockType::NoKeyUpdate);
    }
    let person = query.one(&change.tx).await?;
    Ok(person.ok_or_else(|| sea_orm::DbErr::RecordNotFound(format!("CO Person {id}")))?)
}

/// Holds a CO: what concerns the whole of it happens one at a time.
///
/// # Errors
/// Those of the database.
pub async fn hold_co(change: &Change<'_>, id: i64) -> Result<(), Fault> {
    let mut query = co::Entity::find_by_id(id);
    if change.tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock(LockType::NoKeyUpdate);
    }
    query.one(&change.tx).await?;
    Ok(())
}

/// Recalculates the status of a person from its roles; a change is a new revision, history `RCPS`, and what follows from
/// a person's status. Says how the person is now.
///
/// # Errors
/// Those of the database.
pub async fn recalculate(
    change: &mut Change<'_>,
    person: co_person::Model,
    roles: &Roles,
) -> Result<(co_person::Model, Touched), Fault> {
    let before = status_of(&person.status);
    let status = recalculated(before, roles.iter().map(|(_, status)| *status));
    if status == before {
        return Ok((person, Touched::default()));
    }
    let mut active = person.clone().into_active_model();
    active.status = Set(code_of(status));
    let after = write::<CoPeople>(change, &person, active).await?;
    if let Some(field) = CoPeople::table().field("status") {
        let comment = format!("CO Person status recalculated to {}", label_of_code(field, &after.status));
        change.tell(Entry::of_person(after.co_id, after.id, "RCPS", comment));
    }
    let touched = status_changed(change, &person, &after, roles).await?;
    Ok((after, touched))
}

/// What follows from a changed status: all automatic groups of the person are touched, and when the person became or
/// ceased to be active its groups changed too (provisioning-engine.md §2).
///
/// # Errors
/// Those of the database.
pub async fn status_changed(
    change: &mut Change<'_>,
    before: &co_person::Model,
    after: &co_person::Model,
    roles: &Roles,
) -> Result<Touched, Fault> {
    change.person_changed(after.id, after.co_id);
    if is_active(status_of(&before.status)) != is_active(status_of(&after.status)) {
        groups_changed(change, after).await?;
    }
    Ok(Touched { cous: roles.iter().filter_map(|(cou_id, _)| *cou_id).collect(), co: true })
}

/// Tells that all groups of a person changed.
///
/// # Errors
/// Those of the database.
pub async fn groups_changed(change: &mut Change<'_>, person: &co_person::Model) -> Result<(), Fault> {
    let groups: Vec<i64> = co_group_member::Entity::find()
        .select_only()
        .column(co_group_member::Column::CoGroupId)
        .filter(co_group_member::Column::CoPersonId.eq(person.id))
        .filter(co_group_member::Column::Deleted.eq(false))
        .into_tuple()
        .all(&change.tx)
        .await?;
    for group in groups {
        change.group_changed(group, person.co_id);
    }
    Ok(())
}

/// Brings the memberships of a person up to date after its record was saved (neighbours.md CoPerson).
///
/// # Errors
/// Those of the database.
pub async fn person_saved(
    change: &mut Change<'_>,
    before: Option<&co_person::Model>,
    after: &co_person::Model,
) -> Result<(), Fault> {
    let Some(before) = before else {
        return sync(change, after, &Roles::new(), &Touched { co: true, ..Touched::default() }).await;
    };
    if before.status == after.status {
        return Ok(());
    }
    let roles = crate::app::membership::roles_of(change, after.id).await?;
    let touched = status_changed(change, before, after, &roles).await?;
    sync(change, after, &roles, &touched).await
}
