//! Viewing a record of any resource.

use proto::{caller::Caller, record::Record, refusal::Refusal};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::LockType,
};

use crate::{
    app::{App, Fault, add::co_of, change::Change, edit::privileged},
    resource::Resource,
};

/// The record with an id.
///
/// # Errors
/// `Unknown`, also when it is of a CO on which the caller has no rights (D9); `Unauthorized`.
pub async fn view<R: Resource>(app: &App, caller: &Caller, id: i64) -> Result<Record, Fault> {
    privileged(caller)?;
    let row = by_id::<R>(id)?.one(app.database.reader()).await?;
    let row = permitted::<R>(caller, row)?;
    Ok(R::columns().record(&row))
}

/// The row with an id, held until the change ends. What is to be deleted is held against everything that would hang
/// something on it; what is to be edited, against other edits.
///
/// # Errors
/// As [`view`]; for what only platform users may change, `Unauthorized` to the others (D12).
pub async fn find_for_change<R: Resource>(change: &Change<'_>, id: i64, hold: LockType) -> Result<R::Row, Fault> {
    privileged(change.caller)?;
    let mut query = by_id::<R>(id)?;
    if change.tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock(hold);
    }
    let row = permitted::<R>(change.caller, query.one(&change.tx).await?)?;
    if R::PLATFORM_ONLY && !change.caller.is_platform() {
        return Err(Refusal::not_privileged().into());
    }
    Ok(row)
}

fn by_id<R: Resource>(id: i64) -> Result<Select<R::Entity>, Fault> {
    let query = R::Entity::find().filter(R::columns().named("id")?.eq(id));
    Ok(live::<R>(query)?)
}

/// Leaves out what was deleted (D29).
///
/// # Errors
/// If the entity lacks the column, which a test would find.
pub fn live<R: Resource>(query: Select<R::Entity>) -> Result<Select<R::Entity>, sea_orm::DbErr> {
    Ok(if R::CHANGELOG { query.filter(R::columns().named("deleted")?.eq(false)) } else { query })
}

fn permitted<R: Resource>(caller: &Caller, row: Option<R::Row>) -> Result<R::Row, Fault> {
    let unknown = || Refusal::unknown(&R::table().singular);
    let row = row.ok_or_else(unknown)?;
    // What belongs to no CO is the platform's.
    let allowed = co_of::<R>(&row)?.map_or_else(|| caller.is_platform(), |co_id| caller.may(co_id));
    if allowed { Ok(row) } else { Err(unknown().into()) }
}
