//! Writing rows, and keeping the versions that they were (rest-conventions §4).
//!
//! Called only by use cases and consequences: whoever writes a row tells of it, or lets [`crate::follow`] do so.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, ModelTrait, QueryFilter, Value as Sql,
    sea_query::Expr,
};
use service_kit::database::is_taken;

use crate::{
    change::{Change, Noted, STATEMENT},
    context::Fault,
    store::{
        entity::record_version,
        stored::{Stored, co_of, id_of, revision_of},
    },
};

/// Adds a row, with its first revision and the actor. `co_id` is the CO that it is of.
///
/// # Errors
/// Those of the database; a taken name as the resource calls it.
pub async fn insert<S: Stored>(
    change: &Change<'_>,
    mut row: S::ActiveRow,
    co_id: Option<i64>,
) -> Result<(S::Row, Noted), Fault> {
    let columns = S::columns();
    row.not_set(columns.named("id")?);
    row.try_set(columns.named("created")?, Sql::from(change.now))?;
    row.try_set(columns.named("modified")?, Sql::from(change.now))?;
    if S::OF_CO {
        row.try_set(columns.named("co_id")?, Sql::from(co_id))?;
    }
    if S::CHANGELOG {
        row.try_set(columns.named("revision")?, Sql::from(0_i64))?;
        row.try_set(columns.named("deleted")?, Sql::from(false))?;
        row.try_set(columns.named("actor_identifier")?, Sql::from(change.caller.username.clone()))?;
    }
    Ok((row.insert(&change.tx).await.map_err(taken::<S>)?, Noted(())))
}

/// Writes a changed row, its new revision, and the version that it was. That version is what tells of the change where no
/// history does.
///
/// # Errors
/// Those of the database; a taken name as the resource calls it.
pub async fn write<S: Stored>(
    change: &Change<'_>,
    before: &S::Row,
    mut row: S::ActiveRow,
) -> Result<(S::Row, Noted), Fault> {
    let columns = S::columns();
    row.try_set(columns.named("modified")?, Sql::from(change.now))?;
    if S::CHANGELOG {
        archive::<S>(change, std::slice::from_ref(before)).await?;
        row.try_set(columns.named("revision")?, Sql::from(revision_of::<S>(before)? + 1))?;
        row.try_set(columns.named("actor_identifier")?, Sql::from(change.caller.username.clone()))?;
    }
    Ok((row.update(&change.tx).await.map_err(taken::<S>)?, Noted(())))
}

/// Deletes rows: of a changelog resource they stay, with `deleted` set; others are gone.
///
/// # Errors
/// Those of the database.
pub async fn remove<S: Stored>(change: &Change<'_>, rows: &[S::Row]) -> Result<Noted, Fault> {
    let columns = S::columns();
    for some in rows.chunks(STATEMENT) {
        let ids = some.iter().map(id_of::<S>).collect::<Result<Vec<i64>, _>>()?;
        let these = columns.named("id")?.is_in(ids);
        if S::CHANGELOG {
            archive::<S>(change, some).await?;
            S::Entity::update_many()
                .col_expr(columns.named("deleted")?, Expr::value(true))
                .col_expr(columns.named("modified")?, Expr::value(change.now))
                .col_expr(columns.named("actor_identifier")?, Expr::value(change.caller.username.clone()))
                .filter(these)
                .exec(&change.tx)
                .await?;
        } else {
            S::Entity::delete_many().filter(these).exec(&change.tx).await?;
        }
    }
    Ok(Noted(()))
}

/// Keeps the versions that rows were until now, in one statement.
async fn archive<S: Stored>(change: &Change<'_>, before: &[S::Row]) -> Result<(), DbErr> {
    let modified = S::columns().named("modified")?;
    let mut versions = Vec::with_capacity(before.len());
    for row in before {
        let valid_from = match row.get(modified) {
            Sql::ChronoDateTimeUtc(Some(time)) => time,
            _ => change.now,
        };
        versions.push(record_version::ActiveModel {
            resource: Set(S::table().singular.clone()),
            record_id: Set(id_of::<S>(row)?),
            revision: Set(revision_of::<S>(row)?),
            co_id: Set(co_of::<S>(row)?),
            content: Set(S::columns().record(row).encode()),
            valid_from: Set(valid_from),
            valid_until: Set(change.now),
            ..Default::default()
        });
    }
    for some in versions.chunks(STATEMENT) {
        record_version::Entity::insert_many(some.to_vec()).exec_without_returning(&change.tx).await?;
    }
    Ok(())
}

/// What a refused insert or update means to the caller.
fn taken<S: Stored>(error: DbErr) -> Fault {
    if is_taken(&error) { S::taken().into() } else { error.into() }
}
