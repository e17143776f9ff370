//! Ad hoc attributes (neighbours.md AdHocAttribute).

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource, owned},
    store::entity::{ad_hoc_attribute, ad_hoc_attribute::AdHocAttributes},
};

#[async_trait::async_trait]
impl Resource for AdHocAttributes {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, ad_hoc_attribute::Model>) -> Result<(), Fault> {
        owned::by_one::<Self>(draft);
        Ok(())
    }
}
