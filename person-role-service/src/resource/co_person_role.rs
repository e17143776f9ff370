//! Roles (co-person-role.md): the status follows the dates when a role is saved.

use proto::{
    record::{Slot, Value},
    registry::v1::Status,
};

use crate::{
    change::Change,
    context::Fault,
    domain::validity,
    resource::{Draft, Resource, merged},
    store::{
        entity::{co_person_role, co_person_role::CoPersonRoles},
        time::database_time,
    },
};

#[async_trait::async_trait]
impl Resource for CoPersonRoles {
    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, co_person_role::Model>) -> Result<(), Fault> {
        let full = merged::<Self>(draft);
        if !draft.wrong.has("valid_from") && !draft.wrong.has("valid_through") {
            validity::check_order(&full, &mut draft.wrong);
        }
        if let Some(Value::Object(attributes)) = draft.sent.get("extended_attributes") {
            for name in attributes.keys() {
                draft.wrong.add(name, "The CO has no extended attribute of this name");
            }
        }
        let dated = ["valid_from", "valid_through"].iter().any(|date| draft.sent.time(date).is_some());
        if let Some(Value::Enum(number)) = draft.sent.get("status").filter(|_| dated) {
            let status = Status::try_from(*number).unwrap_or_default();
            // By the time that the sweep and whoever reads go by.
            let now = database_time(&change.tx, &change.app().clock).await?;
            let status = validity::status_on_save(status, &draft.sent, now.timestamp());
            draft.sent.set("status", Slot::Is(Value::Enum(status.into())));
        }
        // Nothing of these is stored yet; empty, they may be sent.
        draft.sent.set("extended_attributes", Slot::Absent);
        Ok(())
    }
}
