//! Adding a record of any resource.

use proto::{
    caller::Caller,
    check::{self, Violations},
    record::{Record, Slot},
    registry::v1::FieldViolation,
};
use sea_orm::ActiveModelTrait;
use service_kit::idempotency;

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

/// A record that was added.
#[derive(Debug)]
pub struct Done {
    /// Its id.
    pub id: i64,
    /// What else the answer says.
    pub extras: Extras,
    /// It was added before, by the same request (D44).
    pub replayed: bool,
}

/// Adds a record; gives its id and what else the answer says.
///
/// # Errors
/// As [`add_once`].
pub async fn add<R: Resource>(
    app: &App,
    caller: &Caller,
    record: Record,
    unread: &[FieldViolation],
) -> Result<(i64, Extras), Fault> {
    add_once::<R>(app, caller, record, unread).await.map(|done| (done.id, done.extras))
}

/// Adds a record, once for each idempotency key (D44).
///
/// # Errors
/// `InvalidFields` with all wrong fields at once, 403 with its phrase, `Unauthorized`, or the database's fault; 409 and 422
/// for a key that is in use or another request's.
pub async fn add_once<R: Resource>(
    app: &App,
    caller: &Caller,
    mut record: Record,
    unread: &[FieldViolation],
) -> Result<Done, Fault> {
    privileged(caller)?;
    // Before the transaction, which keeps others waiting.
    let wrong = check::check(&mut record, unread);
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    let mut change = Change::begin(app, caller).await?;
    if let Some(id) = idempotency::standing(&change.tx, &app.clock, caller).await?.answer()? {
        return Ok(Done { id, extras: Extras::new(), replayed: true });
    }
    platform_only::<R>(caller)?;
    let (id, extras) = put::<R>(&mut change, record, wrong, None).await?;
    idempotency::keep(&change.tx, &app.clock, caller, id).await?;
    change.commit().await?;
    Ok(Done { id, extras, replayed: false })
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
    put::<R>(change, sent, wrong, None).await
}

/// Adds a record that is the copy of one that is stored: a value that is no type any more may stay (D50).
///
/// # Errors
/// As [`add`].
pub async fn copy_in<R: Resource>(change: &mut Change<'_>, mut record: Record) -> Result<(i64, Extras), Fault> {
    let stored = record.clone();
    let wrong = check::check(&mut record, &[]);
    put::<R>(change, record, wrong, Some(&stored)).await
}

/// Adds a record whose own checks were made.
///
/// # Errors
/// As [`add`].
pub(super) async fn put<R: Resource>(
    change: &mut Change<'_>,
    mut sent: Record,
    wrong: Violations,
    stored: Option<&Record>,
) -> Result<(i64, Extras), Fault> {
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
    types::check(change, &mut draft, stored).await?;
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
