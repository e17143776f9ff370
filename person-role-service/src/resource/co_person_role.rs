//! Roles (co-person-role.md): the status follows the dates when a role is saved.

use std::collections::BTreeSet;

use proto::{
    record::{Record, Slot, Value},
    registry::v1::Status,
};
use serde_json::{Map, Value as Json};

use crate::{
    change::Change,
    context::{App, Fault},
    domain::{
        extended_attributes::{merge, shown},
        validity,
    },
    resource::{Draft, Resource, merged},
    store::{
        entity::{co_person_role, co_person_role::CoPersonRoles},
        extended_attributes,
        past::Moment,
        stored::Stored,
    },
};

#[async_trait::async_trait]
impl Resource for CoPersonRoles {
    const CONCERNS_PERSON: bool = true;

    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, co_person_role::Model>) -> Result<(), Fault> {
        let full = merged::<Self>(draft);
        if !draft.wrong.has("valid_from") && !draft.wrong.has("valid_through") {
            validity::check_order(&full, &mut draft.wrong);
        }
        extend(change, draft).await?;
        let dated = ["valid_from", "valid_through"].iter().any(|date| draft.sent.time(date).is_some());
        if let Some(Value::Enum(number)) = draft.sent.get("status").filter(|_| dated) {
            let status = Status::try_from(*number).unwrap_or_default();
            // By the time that the sweep and whoever reads go by.
            let now = change.time().await?;
            let status = validity::status_on_save(status, &draft.sent, now.timestamp());
            draft.sent.set("status", Slot::Is(Value::Enum(status.into())));
        }
        Ok(())
    }

    /// Definitions of attributes are renamed and dropped without the role.
    fn is_computed(row: &co_person_role::Model) -> bool {
        row.extended_attributes.is_some()
    }

    async fn computed(app: &App, records: &mut [&mut Record], _moment: Moment, filtered: bool) -> Result<(), Fault> {
        let values = |record: &Record| match record.get(ATTRIBUTES) {
            Some(Value::Object(stored)) => Some(stored.clone()),
            _ => None,
        };
        // Retrieving all roles does not retrieve these, as the page says (D30).
        let stored = records.iter().filter(|_| filtered).filter_map(|record| values(record));
        let ids: BTreeSet<i64> =
            stored.flat_map(|stored| stored.into_iter().filter_map(|(id, _)| id.parse().ok())).collect();
        let defined = extended_attributes::with_ids(app.database.reader(), &ids).await?;
        for record in records {
            if let Some(stored) = values(record) {
                record.set(ATTRIBUTES, slot_of(shown(&defined, &stored)));
            }
        }
        Ok(())
    }
}

const ATTRIBUTES: &str = "extended_attributes";

/// Sets the values of extended attributes that were sent over those that are stored.
async fn extend(change: &Change<'_>, draft: &mut Draft<'_, co_person_role::Model>) -> Result<(), Fault> {
    let Some(Value::Object(sent)) = draft.sent.get(ATTRIBUTES) else { return Ok(()) };
    let defined = match draft.co_id.filter(|co_id| change.caller.may(*co_id)) {
        Some(co_id) => extended_attributes::of_co(&change.tx, co_id).await?,
        None => Vec::new(),
    };
    let before = draft.before.map(|before| CoPersonRoles::columns().record(before));
    let stored = match before.as_ref().and_then(|before| before.get(ATTRIBUTES)) {
        Some(Value::Object(stored)) => stored.clone(),
        _ => Map::new(),
    };
    let merged = merge(&defined, stored, sent, &mut draft.wrong);
    draft.sent.set(ATTRIBUTES, slot_of(merged));
    Ok(())
}

fn slot_of(values: Map<String, Json>) -> Slot {
    if values.is_empty() { Slot::Cleared } else { Slot::Is(Value::Object(values)) }
}
