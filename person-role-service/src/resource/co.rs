//! COs: the one called COmanage stays as it is (neighbours.md CO). Whose a CO is says its store, what goes with one its
//! consequences.

use proto::refusal::Refusal;

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource},
    store::entity::{co, co::Cos},
};

/// The CO that the reference keeps for itself: a site's users of the platform may be named after it.
const COMANAGE: &str = "COmanage";

#[async_trait::async_trait]
impl Resource for Cos {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, co::Model>) -> Result<(), Fault> {
        if draft.before.is_some_and(|before| before.name == COMANAGE) {
            draft.forbid("Cannot Edit COmanage CO", "It is the platform's own. Edit another CO.");
        }
        Ok(())
    }

    async fn before_delete(_change: &mut Change<'_>, row: &co::Model) -> Result<(), Fault> {
        if row.name == COMANAGE {
            let sentence = "It is the platform's own. Delete another CO.";
            return Err(Refusal::forbidden("Cannot Remove COmanage CO", sentence).into());
        }
        Ok(())
    }
}
