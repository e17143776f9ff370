//! Identifiers of people and groups: unique for their type within the CO (neighbours.md Identifier).

use proto::record::Slot;

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource},
    store::entity::{identifier, identifier::Identifiers},
};

#[async_trait::async_trait]
impl Resource for Identifiers {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, identifier::Model>) -> Result<(), Fault> {
        let owner = |column: &str, stored: Option<i64>| match draft.sent.slot(column) {
            Slot::Absent => stored.is_some(),
            Slot::Cleared => false,
            Slot::Is(_) => true,
        };
        let person = owner("co_person_id", draft.before.and_then(|before| before.co_person_id));
        let group = owner("co_group_id", draft.before.and_then(|before| before.co_group_id));
        match (person, group) {
            (false, false) => {
                draft.forbid("No Person Specified", "Say whose identifier it is with Person, of Type CO or Group.")
            }
            (true, true) => draft.wrong.add("co_person_id", "An identifier is of a person or of a group, not of both"),
            _ => {}
        }
        if draft.sent.int("co_provisioning_target_id").is_some() {
            draft.wrong.add(
                "co_provisioning_target_id",
                "An identifier of a provisioning target is made by its plugin and cannot be set",
            );
        }
        Ok(())
    }
}
