//! Editing a target (D19, D34, D35).

use proto::{
    caller::Caller,
    check::{self, Violations},
    provisioning::v1::CoProvisioningTarget,
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::FieldViolation,
    tag::hold,
};
use sea_orm::DbErr;
use service_kit::database::refusal_of;

use crate::{
    app::{App, audit, privileged, target_rules as rules},
    domain::target::DEFAULT_MAX_RETRY,
    store::{entity::target::Model, targets},
};

/// How often an edit begins anew when others edit the same target at the same time.
const TRIES: usize = 5;

/// Edits a target, if it is what `if_match` says (D43).
///
/// # Errors
/// 400, 401, 403 `CO Does Not Exist`, 404, 412.
pub async fn run(
    app: &App,
    caller: &Caller,
    message: &CoProvisioningTarget,
    unread: &[FieldViolation],
    sent: &[String],
    if_match: Option<&str>,
) -> Result<(), Refusal> {
    privileged(caller)?;
    for _ in 0..TRIES {
        let found = targets::find(app.database.reader(), message.id()).await.map_err(|error| refusal_of(&error))?;
        let found = found.filter(|row| caller.may(row.co_id));
        // What is written is written over this row and no other.
        hold(if_match, found.as_ref().map(targets::tag).as_deref())?;
        let Some(row) = found else {
            return Err(Refusal::unknown("CoProvisioningTarget"));
        };
        let mut change = change(app, caller, message, unread, sent, &row).await?;
        let before = targets::target(row.clone());
        rules::reach(&app.connectors, &mut change, Some(before), (row.co_id, &row.plugin)).await?;
        if !changes(&change, &targets::record(&row)) {
            return Ok(());
        }
        if write(app, caller, row, change).await.map_err(|error| refusal_of(&error))? {
            return Ok(());
        }
    }
    Err(Refusal::Unavailable("Others are editing this target. Try again in a moment.".to_owned()))
}

/// Works out what is to be written over a row.
async fn change(
    app: &App,
    caller: &Caller,
    message: &CoProvisioningTarget,
    unread: &[FieldViolation],
    sent: &[String],
    row: &Model,
) -> Result<Record, Refusal> {
    let mut record = Record::of(message).with_sent(sent);
    let mut wrong = check::check(&mut record, unread);
    let stored = targets::record(row);
    if record.text("plugin").is_some_and(|plugin| plugin != row.plugin) && !wrong.has("plugin") {
        let sentence = format!("\"Plugin\" cannot be changed: it is {}. Add another target instead.", row.plugin);
        wrong.add("plugin", sentence);
    } else if let Some(connector) = rules::connector_of(&app.connectors, Some(&row.plugin), &mut wrong) {
        let configuration = match stored.get("configuration") {
            Some(Value::Object(object)) => object.clone(),
            _ => serde_json::Map::new(),
        };
        rules::configure(connector, &mut record, Some(&configuration), &mut wrong);
    }
    let other_co = record.int("co_id").filter(|co| *co != row.co_id && !wrong.has("co_id"));
    let mut references = rules::references(&record, &wrong);
    references.extend(other_co.filter(|co| caller.may(*co)).map(|co| ("Co", co)));
    let owners = app.registry.resolve(&references).await.map_err(|status| Refusal::of_status(&status))?;
    if let Some(co) = other_co {
        if owners.co_of("Co", co).is_none() {
            return Err(rules::no_such_co());
        }
        wrong.add("co_id", "\"CoId\" cannot be changed: a target stays in its CO. Add one in the other CO instead.");
    }
    rules::check_references(&record, row.co_id, &owners, &mut wrong);
    finish(record, wrong)
}

fn finish(mut record: Record, wrong: Violations) -> Result<Record, Refusal> {
    if !wrong.is_empty() {
        return Err(Refusal::InvalidFields(wrong));
    }
    for fixed in ["co_id", "plugin"] {
        record.set(fixed, Slot::Absent);
    }
    if *record.slot("max_retry") == Slot::Cleared {
        record.set("max_retry", Slot::Is(Value::Int(DEFAULT_MAX_RETRY)));
    }
    rules::default_guard(&mut record);
    Ok(record)
}

/// Whether a record says anything else than what is stored (D19).
fn changes(record: &Record, stored: &Record) -> bool {
    record.slots().any(|(field, slot)| match slot {
        Slot::Absent => false,
        Slot::Cleared => stored.get(&field.column).is_some(),
        Slot::Is(value) => stored.get(&field.column) != Some(value),
    })
}

/// What a record says over what is stored.
fn over(stored: &Record, record: &Record) -> Record {
    let mut full = stored.clone();
    for (field, slot) in record.slots().filter(|(_, slot)| **slot != Slot::Absent) {
        full.set(&field.column, slot.clone());
    }
    full
}

/// Writes, unless somebody else has written meanwhile.
async fn write(app: &App, caller: &Caller, row: Model, mut record: Record) -> Result<bool, DbErr> {
    let transaction = app.database.begin().await?;
    if targets::find_for_update(&transaction, row.id).await?.as_ref() != Some(&row) {
        transaction.rollback().await?;
        return Ok(false);
    }
    if *record.slot("ordr") == Slot::Cleared {
        record.set("ordr", Slot::Is(Value::Int(targets::next_order(&transaction, row.co_id).await?)));
    }
    let (before, now) = (targets::record(&row), app.clock.now());
    let entry = audit::entry(app, row.id, row.co_id, Some(&before), Some(&over(&before, &record)));
    targets::update(&transaction, row, &record, now).await?;
    let written = app.audit.write(&transaction, now, caller, vec![entry]).await?;
    transaction.commit().await?;
    written.tell();
    Ok(true)
}
