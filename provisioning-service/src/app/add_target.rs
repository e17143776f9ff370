//! Adding a target.

use chrono::{DateTime, Utc};
use proto::{
    caller::Caller,
    check,
    provisioning::v1::CoProvisioningTarget,
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::FieldViolation,
};
use sea_orm::{ConnectionTrait, DbErr};
use service_kit::{
    database::{Transaction, refusal_of},
    idempotency,
};

use crate::{
    app::{
        App, audit, privileged, repeated,
        secrets::{configuration_with_secrets, description},
        target_rules as rules,
    },
    domain::{ids::TargetId, target::DEFAULT_MAX_RETRY},
    store::targets,
};

/// Adds a target; gives its id, and whether it was added before, by the same request (D44).
///
/// # Errors
/// 400, 401, 403 `CO Does Not Exist`, 403 `Limit Reached`.
pub async fn run(
    app: &App,
    caller: &Caller,
    message: &CoProvisioningTarget,
    unread: &[FieldViolation],
) -> Result<(TargetId, bool), Refusal> {
    privileged(caller)?;
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    if let Some(id) = repeated(app.database.reader(), &app.clock, caller).await? {
        return Ok((TargetId(id), true));
    }
    let mut record = Record::of(message);
    let mut wrong = check::check(&mut record, unread);
    let plugin = record.text("plugin").map(str::to_owned);
    if let Some(connector) = rules::connector_of(&app.connectors, plugin.as_deref(), &mut wrong) {
        rules::configure(connector, &mut record, None, &mut wrong);
    }
    let co_id = record.int("co_id").filter(|_| !wrong.has("co_id"));
    let mut references = rules::references(&record, None, &wrong);
    references.extend(co_id.filter(|co| caller.may(*co)).map(|co| ("Co", co)));
    let owners = app.registry.resolve_now(&references).await.map_err(|status| Refusal::of_status(&status))?;
    if let Some(co) = co_id {
        if owners.co_of("Co", co).is_none() {
            return Err(rules::no_such_co());
        }
        rules::check_references(&record, None, (co, &owners), &mut wrong);
    }
    let Some(co) = co_id.filter(|_| wrong.is_empty()) else { return Err(Refusal::InvalidFields(wrong)) };
    // Before anything is reached, or made there to see whether it can be.
    within_quota(app, caller, app.database.reader(), co).await?;
    rules::reach(app, &mut record, None, (co, plugin.as_deref().unwrap_or_default())).await?;
    write(app, caller, record, (co, owners.told_at)).await
}

async fn write(
    app: &App,
    caller: &Caller,
    record: Record,
    (co, since): (i64, Option<DateTime<Utc>>),
) -> Result<(TargetId, bool), Refusal> {
    let away = |error: DbErr| refusal_of(&error);
    let description = description(&app.connectors, record.text("plugin").unwrap_or_default());
    let secret = configuration_with_secrets(description, &record);
    if secret.is_some() {
        app.secrets.ready().await?;
    }
    let transaction = app.database.begin().await.map_err(away)?;
    if let Some(id) = repeated(&transaction, &app.clock, caller).await? {
        return Ok((TargetId(id), true));
    }
    within_quota(app, caller, &*transaction, co).await?;
    let (id, record) = insert(app, &transaction, record, (co, since), secret.is_some()).await.map_err(away)?;
    // Sealed they belong to their row, which has an id now.
    if let Some(mut configuration) = secret {
        app.secrets.seal(&transaction, description, id, &mut configuration).await?;
        targets::configure(&transaction, id, configuration).await.map_err(away)?;
    }
    idempotency::keep(&transaction, &app.clock, caller, id.0).await.map_err(away)?;
    let entry = audit::entry(app, id, co, None, Some(&record));
    let written = app.audit.write(&transaction, app.clock.now(), caller, vec![entry]).await.map_err(away)?;
    transaction.commit().await.map_err(away)?;
    written.tell();
    Ok((id, false))
}

/// Holds a CO to how many targets it may have (D62); what platform users add is over and above that.
async fn within_quota<C: ConnectionTrait>(app: &App, caller: &Caller, db: &C, co: i64) -> Result<(), Refusal> {
    let most = app.targets_of_co;
    if caller.is_platform() || most == 0 {
        return Ok(());
    }
    let there = targets::count_to_add(db, co).await.map_err(|error| refusal_of(&error))?;
    if there < u64::from(most) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "Limit Reached",
        format!(
            "This CO has {there} provisioning targets, and its users may make {most}. Delete one that is not needed, or \
             have a platform user add this one."
        ),
    ))
}

async fn insert(
    app: &App,
    transaction: &Transaction,
    mut record: Record,
    (co, since): (i64, Option<DateTime<Utc>>),
    has_secrets: bool,
) -> Result<(TargetId, Record), DbErr> {
    if record.int("max_retry").is_none() {
        record.set("max_retry", Slot::Is(Value::Int(DEFAULT_MAX_RETRY)));
    }
    rules::default_guard(&mut record);
    if record.int("ordr").is_none() {
        record.set("ordr", Slot::Is(Value::Int(targets::next_order(transaction, co).await?)));
    }
    let mut plain = record.clone();
    if has_secrets {
        plain.set("configuration", Slot::Absent);
    }
    let id = targets::insert(transaction, &plain, app.clock.now(), since).await?;
    Ok((id, record))
}
