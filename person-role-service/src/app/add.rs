//! Adding a record of any resource.

use proto::{
    caller::Caller,
    check,
    record::{Record, Slot},
    refusal::Refusal,
    registry::v1::FieldViolation,
};
use sea_orm::{ActiveModelTrait, DbErr, ModelTrait, Value as Sql};
use service_kit::database::is_taken;

use crate::{
    app::{App, Fault, change::Change, references},
    resource::{Draft, Extras, Resource},
};

/// Adds a record; gives its id and what else the answer says.
///
/// # Errors
/// `InvalidFields` with all wrong fields at once, 403 with its phrase, `Unauthorized`, or the database's fault.
pub async fn add<R: Resource>(
    app: &App,
    caller: &Caller,
    record: Record,
    unread: &[FieldViolation],
) -> Result<(i64, Extras), Fault> {
    if !caller.privileged || (R::PLATFORM_ONLY && !caller.is_platform()) {
        return Err(Refusal::not_privileged().into());
    }
    let mut change = Change::begin(app, caller).await?;
    let (row, extras) = add_in::<R>(&mut change, record, unread).await?;
    change.commit().await?;
    Ok((row, extras))
}

/// Adds a record as a part of a change.
///
/// # Errors
/// As [`add`].
pub async fn add_in<R: Resource>(
    change: &mut Change<'_>,
    mut sent: Record,
    unread: &[FieldViolation],
) -> Result<(i64, Extras), Fault> {
    let wrong = check::check(&mut sent, unread);
    for (column, value) in R::defaults() {
        if matches!(sent.slot(column), Slot::Absent | Slot::Cleared) && !wrong.has(column) {
            sent.set(column, Slot::Is(value));
        }
    }
    let found = references::hold(&change.tx, &references::of_record(&sent, None)).await?;
    let co_id = references::owner(&sent, &found);
    let mut draft = Draft { sent, before: None, co_id, wrong, forbidden: None, found: &found };
    references::check(change.caller, &mut draft, None);
    R::check(change, &mut draft).await?;
    draft.verdict()?;
    let mut row = <R::ActiveRow as ActiveModelTrait>::default();
    for (field, column) in R::columns().iter() {
        if !field.options.read_only {
            // Every statement names every column, so that few statements are prepared. A column that takes no null is
            // one of a required field, which has a value.
            let _not_nullable = row.try_set(*column, service_kit::rows::sql_of_slot(field, &Slot::Cleared));
        }
    }
    R::columns().write(&draft.sent, &mut row)?;
    stamp::<R>(change, &mut row, draft.co_id)?;
    let mut extras = Extras::new();
    R::complete(change, &mut row, &mut extras, None).await?;
    let row = row.insert(&change.tx).await.map_err(taken::<R>)?;
    R::after(change, None, Some(&row)).await?;
    Ok((id_of::<R>(&row)?, extras))
}

fn stamp<R: Resource>(change: &Change<'_>, row: &mut R::ActiveRow, co_id: Option<i64>) -> Result<(), DbErr> {
    let columns = R::columns();
    row.not_set(columns.named("id")?);
    row.try_set(columns.named("created")?, Sql::from(change.now))?;
    row.try_set(columns.named("modified")?, Sql::from(change.now))?;
    if R::OF_CO {
        row.try_set(columns.named("co_id")?, Sql::from(co_id))?;
    }
    if R::CHANGELOG {
        row.try_set(columns.named("revision")?, Sql::from(0_i64))?;
        row.try_set(columns.named("deleted")?, Sql::from(false))?;
        row.try_set(columns.named("actor_identifier")?, Sql::from(change.caller.username.clone()))?;
    }
    Ok(())
}

/// The id of a row.
///
/// # Errors
/// If the entity has no id, which a test would find.
pub fn id_of<R: Resource>(row: &R::Row) -> Result<i64, DbErr> {
    number::<R>(row, "id")?.ok_or_else(|| DbErr::Custom("a row without id".to_owned()))
}

/// The CO of a row; of a CO, its own id.
///
/// # Errors
/// If the entity has no such column, which a test would find.
pub fn co_of<R: Resource>(row: &R::Row) -> Result<Option<i64>, DbErr> {
    number::<R>(row, if R::OF_CO { "co_id" } else { "id" })
}

fn number<R: Resource>(row: &R::Row, column: &str) -> Result<Option<i64>, DbErr> {
    Ok(match row.get(R::columns().named(column)?) {
        Sql::BigInt(number) => number,
        _ => None,
    })
}

/// What a refused insert or update means to the caller.
pub fn taken<R: Resource>(error: DbErr) -> Fault {
    if is_taken(&error) { R::taken().into() } else { error.into() }
}
