//! What follows from a change of a row: its history, and everything else that changes with it.
//!
//! Guarantee: whoever writes a row through here, use case or consequence, has it told and followed up in the same
//! transaction. Mechanism: `CONSEQUENCES`, an ordered list; each looks at what kind of row changed and does its part, which
//! may write rows in turn. What hangs on a row that is deleted goes first (`cascade`).

use futures::future::BoxFuture;
use proto::record::Record;
use sea_orm::{ConnectionTrait as _, DbBackend, QueryOrder as _, QuerySelect as _, sea_query::LockType};
use service_kit::audit::{Entry, changes::between};

use crate::{
    change::{Change, Noted, versions},
    context::Fault,
    domain::{ids::CoId, told::told},
    store::{
        changed::Changed,
        stored::{Stored, co_of, id_of, with},
    },
};

pub mod automatic_groups;
mod cascade;
pub mod fan_out;
pub mod invite;
pub mod membership;
mod owned;
pub mod person_status;
pub mod primary_name;
mod telling;

/// Something that follows from changes of rows.
type Consequence = for<'c, 'a> fn(&'c mut Change<'a>, &'c Changed<'c>, &'c Noted) -> BoxFuture<'c, Result<(), Fault>>;

/// What follows, in this order.
const CONSEQUENCES: [Consequence; 6] = [
    |change, changed, noted| Box::pin(membership::told(change, changed, noted)),
    |change, changed, _| Box::pin(automatic_groups::follow_place(change, changed)),
    |change, changed, _| Box::pin(person_status::follow_roles(change, changed)),
    |change, changed, noted| Box::pin(person_status::follow_person(change, changed, noted)),
    |change, changed, _| Box::pin(invite::follow(change, changed)),
    |change, changed, noted| Box::pin(fan_out::tell(change, changed, noted)),
];

/// Adds a row of a CO, with all that follows.
///
/// # Errors
/// Those of the database; a taken name as the resource calls it; what a consequence refuses.
pub async fn insert<S: Stored>(
    change: &mut Change<'_>,
    row: S::ActiveRow,
    co_id: Option<i64>,
) -> Result<S::Row, Fault> {
    let (row, noted) = versions::insert::<S>(change, row, co_id).await?;
    tell::<S>(change, None, Some(&row), &noted).await?;
    Ok(row)
}

/// Writes a changed row, with all that follows.
///
/// # Errors
/// As [`insert`].
pub async fn update<S: Stored>(change: &mut Change<'_>, before: &S::Row, row: S::ActiveRow) -> Result<S::Row, Fault> {
    let (after, noted) = versions::write::<S>(change, before, row).await?;
    tell::<S>(change, Some(before), Some(&after), &noted).await?;
    Ok(after)
}

/// Deletes rows, after what hangs on them, with all that follows.
///
/// # Errors
/// As [`insert`].
pub async fn delete<S: Stored>(change: &mut Change<'_>, rows: Vec<S::Row>) -> Result<(), Fault> {
    for row in &rows {
        cascade::delete_what_hangs_on(change, &S::changed(Some(row), None)).await?;
    }
    let noted = versions::remove::<S>(change, &rows).await?;
    for row in &rows {
        tell::<S>(change, Some(row), None, &noted).await?;
    }
    Ok(())
}

/// Deletes all live rows with a value in a column.
///
/// # Errors
/// As [`insert`].
pub async fn delete_where<S: Stored>(change: &mut Change<'_>, column: &str, id: i64) -> Result<(), Fault> {
    change.catch_up().await?;
    let mut query = with::<S>(column, id)?;
    if change.tx.get_database_backend() == DbBackend::Postgres {
        // What is about to be moved elsewhere does not hang there any more.
        query = query.order_by_asc(S::columns().named("id")?).lock(LockType::NoKeyUpdate);
    }
    let rows = query.all(&change.tx).await?;
    delete::<S>(change, rows).await
}

/// Does what follows from a change that somebody else has told of already, in other words.
///
/// # Errors
/// As [`insert`].
pub async fn consequences(change: &mut Change<'_>, changed: &Changed<'_>, noted: &Noted) -> Result<(), Fault> {
    for consequence in CONSEQUENCES {
        consequence(change, changed, noted).await?;
    }
    Ok(())
}

/// What the security log says of a change (D60).
fn audited<S: Stored>(before: Option<&S::Row>, after: Option<&S::Row>) -> Result<Entry, Fault> {
    let row = after.or(before);
    let (old, new) = (before.map(|row| S::columns().record(row)), after.map(|row| S::columns().record(row)));
    let action = match (before, after) {
        (None, _) => "Add",
        (_, None) => "Delete",
        _ => "Edit",
    };
    Ok(Entry {
        action,
        resource: S::table().singular.clone(),
        resource_id: row.map(id_of::<S>).transpose()?,
        co_id: row.map(co_of::<S>).transpose()?.flatten(),
        changes: between(old.as_ref(), new.as_ref(), Record::clone),
    })
}

/// Tells of a change by the record's own history, and does what follows.
async fn tell<S: Stored>(
    change: &mut Change<'_>,
    before: Option<&S::Row>,
    after: Option<&S::Row>,
    written: &Noted,
) -> Result<(), Fault> {
    let record = |row| S::columns().record(row);
    if S::AUDITED {
        change.audit(audited::<S>(before, after)?);
    }
    let co = after.or(before).map(co_of::<S>).transpose()?.flatten().map(CoId);
    if let (Some(told), Some(co)) = (told(before.map(record).as_ref(), after.map(record).as_ref()), co) {
        telling::tell(change, co, told).await?;
    }
    consequences(change, &S::changed(before, after), written).await
}
