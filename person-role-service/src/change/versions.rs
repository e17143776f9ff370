//! Writing rows, and keeping the versions that they were (rest-conventions §4).
//!
//! Called only by use cases and consequences: whoever writes a row tells of it, or lets [`crate::follow`] do so.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IdenStatic, Iterable, ModelTrait, QueryFilter,
    Value as Sql, sea_query::Expr,
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
    let now = time::<S>(change, &[]).await?;
    row.not_set(columns.named("id")?);
    row.try_set(columns.named("created")?, Sql::from(now))?;
    row.try_set(columns.named("modified")?, Sql::from(now))?;
    if S::OF_CO {
        row.try_set(columns.named("co_id")?, Sql::from(co_id))?;
    }
    if S::CHANGELOG {
        row.try_set(columns.named("revision")?, Sql::from(0_i64))?;
        row.try_set(columns.named("deleted")?, Sql::from(false))?;
        row.try_set(columns.named("actor_identifier")?, Sql::from(change.caller.username.clone()))?;
    }
    let row = row.insert(&change.tx).await.map_err(taken::<S>)?;
    change.mind_dates((&S::table().singular, id_of::<S>(&row)?), dates_of::<S>(&row), now);
    Ok((row, Noted(())))
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
    let now = time::<S>(change, std::slice::from_ref(before)).await?;
    row.try_set(columns.named("modified")?, Sql::from(now))?;
    if S::CHANGELOG {
        archive::<S>(change, std::slice::from_ref(before), now).await?;
        row.try_set(columns.named("revision")?, Sql::from(revision_of::<S>(before)? + 1))?;
        row.try_set(columns.named("actor_identifier")?, Sql::from(change.caller.username.clone()))?;
    }
    let row = row.update(&change.tx).await.map_err(taken::<S>)?;
    change.mind_dates((&S::table().singular, id_of::<S>(&row)?), dates_of::<S>(&row), now);
    Ok((row, Noted(())))
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
            let now = time::<S>(change, some).await?;
            archive::<S>(change, some, now).await?;
            S::Entity::update_many()
                .col_expr(columns.named("deleted")?, Expr::value(true))
                .col_expr(columns.named("modified")?, Expr::value(now))
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

/// The time of a change of rows: that of the whole change, but never before the one that the rows bear. Where clocks are
/// set back, a row's versions follow one another nevertheless.
async fn time<S: Stored>(change: &Change<'_>, before: &[S::Row]) -> Result<DateTime<Utc>, DbErr> {
    let now = if S::CHANGELOG { change.stamp().await? } else { change.time().await? };
    let modified = S::columns().named("modified")?;
    Ok(before.iter().filter_map(|row| moment(&row.get(modified))).fold(now, Ord::max))
}

/// When a row begins and ends, if it does.
fn dates_of<S: Stored>(row: &S::Row) -> impl Iterator<Item = DateTime<Utc>> {
    let columns = ["valid_from", "valid_through"].into_iter().filter_map(|column| S::columns().named(column).ok());
    columns.filter_map(|column| moment(&row.get(column)))
}

fn moment(value: &Sql) -> Option<DateTime<Utc>> {
    match value {
        Sql::ChronoDateTimeUtc(time) => *time,
        _ => None,
    }
}

/// Keeps the versions that rows were until now, in one statement, with what lists look for.
async fn archive<S: Stored>(change: &Change<'_>, before: &[S::Row], now: DateTime<Utc>) -> Result<(), DbErr> {
    let columns = S::columns();
    let modified = columns.named("modified")?;
    let looked_for: Vec<_> = record_version::Column::iter()
        .filter(record_version::Column::is_of_record)
        .filter_map(|column| Some((column, columns.named(column.as_str()).ok()?)))
        .collect();
    let mut versions = Vec::with_capacity(before.len());
    for row in before {
        let mut version = record_version::ActiveModel {
            resource: Set(S::table().singular.clone()),
            record_id: Set(id_of::<S>(row)?),
            revision: Set(revision_of::<S>(row)?),
            co_id: Set(co_of::<S>(row)?),
            content: Set(columns.record(row).encode()),
            valid_from: Set(moment(&row.get(modified)).unwrap_or(now)),
            valid_until: Set(now),
            filled: Set(true),
            ..Default::default()
        };
        for (column, of_row) in &looked_for {
            version.try_set(*column, row.get(*of_row))?;
        }
        versions.push(version);
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
