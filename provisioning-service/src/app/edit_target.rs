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
    app::{
        App, audit, privileged,
        secrets::{configuration_with_secrets, description},
        target_rules as rules,
    },
    domain::{ids::TargetId, target::DEFAULT_MAX_RETRY},
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
        let found =
            targets::find(app.database.reader(), TargetId(message.id())).await.map_err(|error| refusal_of(&error))?;
        let found = found.filter(|row| caller.may(row.co_id));
        // What is written is written over this row and no other.
        hold(if_match, found.as_ref().map(targets::tag).as_deref())?;
        let Some(row) = found else {
            return Err(Refusal::unknown("CoProvisioningTarget"));
        };
        let stored = app.secrets.record(&row).await;
        let mut change = change(app, caller, message, unread, sent, (&row, &stored)).await?;
        let mut before = targets::target(row.clone());
        app.secrets.open(&mut before).await;
        rules::reach(app, &mut change, Some(before), (row.co_id, &row.plugin)).await?;
        if !changes(&change, &stored) {
            return Ok(());
        }
        if write(app, caller, (row, stored), change).await? {
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
    (row, stored): (&Model, &Record),
) -> Result<Record, Refusal> {
    let mut record = Record::of(message).with_sent(sent);
    let mut wrong = check::check(&mut record, unread);
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
    let group = stored.int("provision_co_group_id");
    let mut references = rules::references(&record, group, &wrong);
    references.extend(other_co.filter(|co| caller.may(*co)).map(|co| ("Co", co)));
    let owners = app.registry.resolve(&references).await.map_err(|status| Refusal::of_status(&status))?;
    if let Some(co) = other_co {
        if owners.co_of("Co", co).is_none() {
            return Err(rules::no_such_co());
        }
        wrong.add("co_id", "\"CoId\" cannot be changed: a target stays in its CO. Add one in the other CO instead.");
    }
    rules::check_references(&record, group, (row.co_id, &owners), &mut wrong);
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
async fn write(
    app: &App,
    caller: &Caller,
    (row, before): (Model, Record),
    mut record: Record,
) -> Result<bool, Refusal> {
    let away = |error: DbErr| refusal_of(&error);
    let description = description(&app.connectors, &row.plugin);
    let secret = configuration_with_secrets(description, &record);
    if secret.is_some() {
        app.secrets.ready().await?;
    }
    let transaction = app.database.begin().await.map_err(away)?;
    if targets::find_for_update(&transaction, row.id).await.map_err(away)?.as_ref() != Some(&row) {
        transaction.rollback().await.map_err(away)?;
        return Ok(false);
    }
    if *record.slot("ordr") == Slot::Cleared {
        let next = targets::next_order(&transaction, row.co_id).await.map_err(away)?;
        record.set("ordr", Slot::Is(Value::Int(next)));
    }
    let now = app.clock.now();
    let entry = audit::entry(app, row.id, row.co_id, Some(&before), Some(&over(&before, &record)));
    if let Some(mut configuration) = secret {
        app.secrets.seal(&transaction, description, row.id, &mut configuration).await?;
        record.set("configuration", Slot::Is(Value::Object(configuration)));
    }
    targets::update(&transaction, row, &record, now).await.map_err(away)?;
    let written = app.audit.write(&transaction, now, caller, vec![entry]).await.map_err(away)?;
    transaction.commit().await.map_err(away)?;
    written.tell();
    Ok(true)
}
