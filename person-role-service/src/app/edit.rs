//! Editing a record of any resource: partial, and without a trace when nothing changes (D19).

use proto::{
    caller::Caller,
    check,
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::FieldViolation,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, DbErr, EntityTrait, IntoActiveModel, ModelTrait, Value as Sql,
    sea_query::LockType,
};

use crate::{
    app::{
        App, Fault,
        add::{co_of, taken},
        change::Change,
        delete::STATEMENT,
        references::{self, of_other_co},
        view::find_for_change,
    },
    resource::{Draft, Extras, Resource},
    store::entity::record_version,
};

/// Edits a record.
///
/// # Errors
/// `Unknown`, `InvalidFields` with all wrong fields at once, 403 with its phrase, `Unauthorized`, or the database's fault.
pub async fn edit<R: Resource>(
    app: &App,
    caller: &Caller,
    id: i64,
    record: Record,
    unread: &[FieldViolation],
) -> Result<(), Fault> {
    let mut change = Change::begin(app, caller).await?;
    let row = find_for_change::<R>(&change, id, LockType::NoKeyUpdate).await?;
    if edit_in::<R>(&mut change, row, record, unread).await? {
        change.commit().await?;
    }
    Ok(())
}

/// Edits a row as a part of a change; says whether anything changed.
///
/// # Errors
/// As [`edit`].
pub async fn edit_in<R: Resource>(
    change: &mut Change<'_>,
    row: R::Row,
    mut sent: Record,
    unread: &[FieldViolation],
) -> Result<bool, Fault> {
    let before = R::columns().record(&row);
    let wrong = check::check(&mut sent, unread);
    for (column, value) in R::defaults() {
        if matches!(sent.slot(column), Slot::Cleared) {
            sent.set(column, Slot::Is(value));
        }
    }
    let found = references::hold(&change.tx, &references::of_record(&sent, Some(&before))).await?;
    let mut draft = Draft { sent, before: Some(&row), co_id: co_of::<R>(&row)?, wrong, forbidden: None, found: &found };
    references::check(change.caller, &mut draft, Some(&before));
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
    let after = write::<R>(change, &row, active).await?;
    R::after(change, Some(&row), Some(&after)).await?;
    Ok(true)
}

/// Writes a changed row, its new revision, and the version that it was (rest-conventions §4).
///
/// # Errors
/// Those of the database; a taken name as the resource calls it.
pub async fn write<R: Resource>(
    change: &Change<'_>,
    before: &R::Row,
    mut active: R::ActiveRow,
) -> Result<R::Row, Fault> {
    let columns = R::columns();
    active.try_set(columns.named("modified")?, Sql::from(change.now))?;
    if R::CHANGELOG {
        archive::<R>(change, std::slice::from_ref(before)).await?;
        let revision = match before.get(columns.named("revision")?) {
            Sql::BigInt(Some(revision)) => revision,
            _ => 0,
        };
        active.try_set(columns.named("revision")?, Sql::from(revision + 1))?;
        active.try_set(columns.named("actor_identifier")?, Sql::from(change.caller.username.clone()))?;
    }
    active.update(&change.tx).await.map_err(taken::<R>)
}

/// Keeps the versions that rows were until now, in one statement.
///
/// # Errors
/// Those of the database.
pub async fn archive<R: Resource>(change: &Change<'_>, before: &[R::Row]) -> Result<(), DbErr> {
    let modified = R::columns().named("modified")?;
    let mut versions = Vec::with_capacity(before.len());
    for row in before {
        let record = R::columns().record(row);
        let valid_from = match row.get(modified) {
            Sql::ChronoDateTimeUtc(Some(time)) => time,
            _ => change.now,
        };
        versions.push(record_version::ActiveModel {
            resource: Set(R::table().singular.clone()),
            record_id: Set(record.int("id").unwrap_or_default()),
            revision: Set(record.int("revision").unwrap_or_default()),
            co_id: Set(co_of::<R>(row)?),
            content: Set(record.encode()),
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

/// Says no to what the caller may not change: who is not privileged at all.
///
/// # Errors
/// `Unauthorized`.
pub fn privileged(caller: &Caller) -> Result<(), Refusal> {
    if caller.privileged { Ok(()) } else { Err(Refusal::not_privileged()) }
}
