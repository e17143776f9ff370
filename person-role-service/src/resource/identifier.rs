//! Identifiers: unique for their type among people and groups of the CO (neighbours.md Identifier).

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource, owned},
    store::entity::{identifier, identifier::Identifiers},
};

#[async_trait::async_trait]
impl Resource for Identifiers {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, identifier::Model>) -> Result<(), Fault> {
        owned::by_one::<Self>(draft);
        if draft.sent.int("co_provisioning_target_id").is_some() {
            draft.wrong.add(
                "co_provisioning_target_id",
                "An identifier of a provisioning target is made by its plugin and cannot be set",
            );
        }
        Ok(())
    }
}
