//! Postal addresses (neighbours.md Address).

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource, owned},
    store::entity::{address, address::Addresses},
};

#[async_trait::async_trait]
impl Resource for Addresses {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, address::Model>) -> Result<(), Fault> {
        owned::by_one::<Self>(draft);
        Ok(())
    }
}
