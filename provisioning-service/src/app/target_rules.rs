//! The rules of targets that need more than the record: plugins, their configuration, and references (D28, D34, D35).

use proto::{
    check::Violations,
    provisioning::v1::Mode,
    record::{Record, Slot, Value},
    refusal::Refusal,
};
use serde_json::{Map, Value as Json};
use tokio::time::timeout;

use crate::{
    app::{App, REACH},
    connector::{
        Connector,
        description::{MASK, bounds},
        registry::Connectors,
    },
    domain::{
        ids::TargetId,
        target::{Guard, Target},
    },
    registry::Owners,
};

/// Finds the connector of a plugin, or says which plugins there are.
pub fn connector_of<'a>(
    connectors: &'a Connectors,
    plugin: Option<&str>,
    wrong: &mut Violations,
) -> Option<&'a dyn Connector> {
    let plugin = plugin.filter(|_| !wrong.has("plugin"))?;
    let found = connectors.get(plugin);
    if found.is_none() {
        let names = connectors.names().collect::<Vec<_>>().join(", ");
        wrong.add("plugin", format!("\"Plugin\" must be one that this server has: {names}."));
    }
    found.map(AsRef::as_ref)
}

/// Works out the configuration that is to be stored and finds what is wrong with it, by the connector's description. A
/// configuration that was sent takes the place of the stored one.
pub fn configure(
    connector: &dyn Connector,
    record: &mut Record,
    stored: Option<&Map<String, Json>>,
    wrong: &mut Violations,
) {
    let sent = match record.slot("configuration") {
        Slot::Absent if stored.is_some() => return,
        Slot::Is(Value::Object(object)) => object.clone(),
        Slot::Absent | Slot::Cleared | Slot::Is(_) => Map::new(),
    };
    if wrong.has("configuration") {
        return;
    }
    if let Some(exceeded) = bounds::exceeded(&sent) {
        return wrong.add("configuration", exceeded.sentence);
    }
    let (configuration, found) = connector.configuration().accept(&sent, stored);
    for found in found {
        wrong.add("configuration", found.sentence);
    }
    record.set("configuration", Slot::Is(Value::Object(configuration)));
}

/// Hides the secrets of a record that goes out.
pub fn mask(connectors: &Connectors, record: &mut Record) {
    let Some(Value::Object(mut configuration)) = record.get("configuration").cloned() else { return };
    match record.text("plugin").and_then(|plugin| connectors.get(plugin)) {
        Some(connector) => connector.configuration().mask(&mut configuration),
        // Of a plugin that this server no longer has, nothing is known to be harmless.
        None => configuration.values_mut().for_each(|value| *value = Json::from(MASK)),
    }
    record.set("configuration", Slot::Is(Value::Object(configuration)));
}

/// What a record refers to anew, beside its CO: a reference that stays is not judged again, whatever became of its group
/// (D19).
#[must_use]
pub fn references(record: &Record, before: Option<i64>, wrong: &Violations) -> Vec<(&'static str, i64)> {
    let group = record.int("provision_co_group_id").filter(|_| !wrong.has("provision_co_group_id"));
    group.filter(|id| before != Some(*id)).map(|id| ("CoGroup", id)).into_iter().collect()
}

/// Checks what a record refers to anew, beside its CO.
pub fn check_references(record: &Record, before: Option<i64>, (co_id, owners): (i64, &Owners), wrong: &mut Violations) {
    for (resource, id) in references(record, before, wrong) {
        match owners.co_of(resource, id) {
            Some(co) if co == co_id => {}
            Some(_) => {
                wrong.add("provision_co_group_id", "\"provision_co_group_id\" may not refer to another CO");
            }
            None => {
                wrong.add("provision_co_group_id", "\"ProvisionCoGroupId\" must be the id of a CO Group that exists");
            }
        }
    }
    if record.int("skip_org_identity_source_id").is_some() {
        let sentence = "\"SkipOrgIdentitySourceId\" must be the id of an Org Identity Source, and this server has none";
        wrong.add("skip_org_identity_source_id", sentence);
    }
}

/// Reaches for the target that a record makes, if the record wishes it; the wish is not kept. What the record does not say
/// is as it was.
///
/// # Errors
/// 400 with what the target said; 503 if too many are reached at once.
pub async fn reach(
    app: &App,
    record: &mut Record,
    before: Option<Target>,
    (co_id, plugin): (i64, &str),
) -> Result<(), Refusal> {
    let wished = record.get("check") == Some(&Value::Bool(true));
    record.set("check", Slot::Absent);
    let Some(connector) = app.connectors.get(plugin).filter(|_| wished) else { return Ok(()) };
    let _look = app.looks.begin(Some(co_id)).await?;
    let told = match record.get("configuration") {
        Some(Value::Object(told)) => Some(told.clone()),
        _ => None,
    };
    let target = Target {
        id: before.as_ref().map_or(TargetId(0), |before| before.id),
        co_id,
        description: None,
        plugin: plugin.to_owned(),
        provision_co_group_id: None,
        mode: Mode::Manual,
        retry_interval: None,
        max_retry: None,
        configuration: told.or(before.map(|before| before.configuration)).unwrap_or_default(),
        guard: Guard::default(),
        edition: 0,
    };
    let said = match timeout(REACH, connector.check(&target)).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_elapsed) => "The target did not answer in time.".to_owned(),
    };
    Err(Refusal::BadRequest(format!("The target cannot be used as it is configured. {said}")))
}

/// A guard that is taken away is the usual one (D53).
pub fn default_guard(record: &mut Record) {
    let Guard { share, count, window } = Guard::default();
    for (column, usual) in [("guard_share", share), ("guard_count", count), ("guard_window", window)] {
        if *record.slot(column) == Slot::Cleared {
            record.set(column, Slot::Is(Value::Int(usual)));
        }
    }
}

/// The 403 for a CO that does not exist, or is none of the caller's (D9, D34).
#[must_use]
pub fn no_such_co() -> Refusal {
    Refusal::forbidden("CO Does Not Exist", "There is no CO with this id, or you have no rights on it. Check CoId.")
}
