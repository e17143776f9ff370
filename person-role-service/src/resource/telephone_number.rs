//! Telephone numbers (neighbours.md TelephoneNumber).

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource, owned},
    store::entity::{telephone_number, telephone_number::TelephoneNumbers},
};

#[async_trait::async_trait]
impl Resource for TelephoneNumbers {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, telephone_number::Model>) -> Result<(), Fault> {
        owned::by_one::<Self>(draft);
        Ok(())
    }
}
