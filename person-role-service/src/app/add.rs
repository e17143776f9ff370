//! Adding a record of any resource.

use proto::{
    caller::Caller,
    check,
    record::{Record, Slot},
    registry::v1::FieldViolation,
};
use sea_orm::ActiveModelTrait;

use crate::{
    app::{references, types},
    change::{Change, holds},
    context::{App, Fault},
    domain::ids::PersonId,
    follow,
    resource::{Draft, Extras, Resource},
    rights::{platform_only, privileged},
    store::stored::id_of,
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
    privileged(caller)?;
    platform_only::<R>(caller)?;
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
    let owner = if R::CONCERNS_PERSON { sent.int("co_person_id").map(PersonId) } else { None };
    let found = holds::references(change, references::of_record(&sent, None), owner).await?;
    let co_id = references::owner(&sent, &found);
    let mut draft = Draft { sent, before: None, co_id, wrong, forbidden: None, found: &found };
    references::check(change.caller, &mut draft, None);
    types::check(change, &mut draft, None).await?;
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
    let co_id = draft.co_id;
    let mut extras = Extras::new();
    R::complete(change, &mut row, &mut extras, None).await?;
    let row = follow::insert::<R>(change, row, co_id).await?;
    Ok((id_of::<R>(&row)?, extras))
}
