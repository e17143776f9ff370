//! Rows that are held until the change ends, so that changes of the same follow one another.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType,
};

use crate::{
    change::Change,
    context::Fault,
    domain::ids::{CoId, OrgIdentityId, Owner, PersonId},
    rights::{permitted, privileged},
    store::{
        entity::{co, co_person, org_identity},
        stored::{Stored, live},
    },
};

/// The row with an id, held until the change ends. What is to be deleted is held against everything that would hang
/// something on it; what is to be edited, against other edits.
///
/// # Errors
/// `Unknown`, also when it is of a CO on which the caller has no rights (D9); `Unauthorized`.
pub async fn row<S: Stored>(change: &Change<'_>, id: i64, hold: LockType) -> Result<S::Row, Fault> {
    privileged(change.caller)?;
    let mut query = live::<S>(S::Entity::find().filter(S::columns().named("id")?.eq(id)))?;
    if locks(change) {
        query = query.lock(hold);
    }
    permitted::<S, _>(change.caller, query.one(&change.tx).await?)
}

/// Reads a person and holds it: changes of one person follow one another.
///
/// # Errors
/// Those of the database; that there is no such person.
pub async fn person(change: &Change<'_>, PersonId(id): PersonId) -> Result<co_person::Model, Fault> {
    let mut query = co_person::Entity::find_by_id(id);
    if locks(change) {
        // Not against what refers to the person: two changes that do would wait for one another.
        query = query.lock(LockType::NoKeyUpdate);
    }
    let person = query.one(&change.tx).await?;
    Ok(person.ok_or_else(|| DbErr::RecordNotFound(format!("CO Person {id}")))?)
}

/// Holds what a record hangs on, so that its records change one at a time. Roles and groups are not held.
///
/// # Errors
/// As [`person`].
pub async fn owner(change: &Change<'_>, owner: Owner) -> Result<(), Fault> {
    match owner {
        Owner::Person(id) => person(change, id).await.map(drop),
        Owner::OrgIdentity(id) => org_identity(change, id).await,
        Owner::Role(_) | Owner::Group(_) => Ok(()),
    }
}

/// Holds an org identity: what changes of it, and whom it is linked to, is decided one at a time.
///
/// # Errors
/// Those of the database.
pub async fn org_identity(change: &Change<'_>, OrgIdentityId(id): OrgIdentityId) -> Result<(), Fault> {
    let mut query = org_identity::Entity::find_by_id(id);
    if locks(change) {
        query = query.lock(LockType::NoKeyUpdate);
    }
    query.one(&change.tx).await?;
    Ok(())
}

/// Holds a CO: what concerns the whole of it happens one at a time.
///
/// # Errors
/// Those of the database.
pub async fn whole_co(change: &Change<'_>, CoId(id): CoId) -> Result<(), Fault> {
    let mut query = co::Entity::find_by_id(id);
    if locks(change) {
        query = query.lock(LockType::NoKeyUpdate);
    }
    query.one(&change.tx).await?;
    Ok(())
}

/// With SQLite a transaction that writes is alone.
fn locks(change: &Change<'_>) -> bool {
    change.tx.get_database_backend() == DbBackend::Postgres
}
