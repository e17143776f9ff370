//! Editing a record of any resource: partial, and without a trace when nothing changes (D19).

use proto::{
    caller::Caller,
    check::{self, Violations},
    record::{Record, Slot, Value},
    registry::v1::FieldViolation,
};
use sea_orm::{IntoActiveModel, sea_query::LockType};

use crate::{
    app::{
        condition,
        references::{self, of_other_co},
        types,
    },
    change::{Change, holds},
    context::{App, Fault},
    follow,
    resource::{Draft, Extras, Resource},
    store::stored::co_of,
};

/// Edits a record, if it is what `if_match` says.
///
/// # Errors
/// `Unknown`, `Precondition`, `InvalidFields` with all wrong fields at once, 403 with its phrase, `Unauthorized`, or the database's fault.
pub async fn edit<R: Resource>(
    app: &App,
    caller: &Caller,
    id: i64,
    mut record: Record,
    unread: &[FieldViolation],
    if_match: Option<&str>,
) -> Result<(), Fault> {
    // Before the transaction, which keeps others waiting.
    let wrong = check::check(&mut record, unread);
    let mut change = Change::begin(app, caller).await?;
    let row = condition::row::<R>(&change, id, LockType::NoKeyUpdate, if_match).await?;
    if edit_in::<R>(&mut change, row, record, wrong).await? {
        change.commit().await?;
    }
    Ok(())
}

/// Edits a row; says whether anything changed.
async fn edit_in<R: Resource>(
    change: &mut Change<'_>,
    row: R::Row,
    mut sent: Record,
    wrong: Violations,
) -> Result<bool, Fault> {
    let before = R::columns().record(&row);
    for (column, value) in R::defaults() {
        if matches!(sent.slot(column), Slot::Cleared) {
            sent.set(column, Slot::Is(value));
        }
    }
    let found = holds::references(change, references::held_for(&sent, &before), None).await?;
    let mut draft = Draft { sent, before: Some(&row), co_id: co_of::<R>(&row)?, wrong, forbidden: None, found: &found };
    references::check(change.caller, &mut draft, Some(&before));
    types::check(change, &mut draft, Some(&before)).await?;
    check_immutable(&mut draft, &before);
    R::check(change, &mut draft).await?;
    draft.verdict()?;
    let sent = draft.sent;
    if !sent.slots().zip(before.slots()).any(|((_, new), (_, old))| differs(new, old)) {
        return Ok(false);
    }
    let mut active = row.clone().into_active_model();
    R::columns().write(&sent, &mut active)?;
    R::complete(change, &mut active, &mut Extras::new(), Some(&row)).await?;
    follow::update::<R>(change, &row, active).await?;
    Ok(true)
}

fn check_immutable<M>(draft: &mut Draft<'_, M>, before: &Record) {
    for (field, slot) in draft.sent.slots() {
        if field.options.immutable && differs(slot, before.slot(&field.column)) && !draft.wrong.has(&field.column) {
            let sentence = match field.column.as_str() {
                "co_id" => of_other_co("co_id"),
                _ => format!("\"{}\" cannot be changed; add a new record instead", field.wire),
            };
            draft.wrong.add(&field.column, sentence);
        }
    }
}

/// Whether what was sent differs from what is stored. A truth that was cleared is false.
#[must_use]
pub fn differs(sent: &Slot, stored: &Slot) -> bool {
    match (sent, stored) {
        (Slot::Absent, _) | (Slot::Cleared, Slot::Absent | Slot::Cleared | Slot::Is(Value::Bool(false))) => false,
        (Slot::Cleared, Slot::Is(_)) | (Slot::Is(_), Slot::Absent | Slot::Cleared) => true,
        (Slot::Is(new), Slot::Is(old)) => new != old,
    }
}
