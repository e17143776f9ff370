//! Memberships in groups; those in automatic groups are the server's (neighbours.md CoGroupMember).

use proto::{record::Value, refusal::Refusal};

use crate::{
    change::Change,
    context::Fault,
    domain::{ids::GroupId, validity},
    resource::{Draft, Resource, merged},
    store::entity::{co_group_member, co_group_member::CoGroupMembers},
};

const AUTOMATIC: (&str, &str) =
    ("Memberships in automatic groups can not be edited", "They follow from the status and the roles of the person.");

#[async_trait::async_trait]
impl Resource for CoGroupMembers {
    fn defaults() -> Vec<(&'static str, Value)> {
        vec![("member", Value::Bool(false)), ("owner", Value::Bool(false))]
    }

    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, co_group_member::Model>) -> Result<(), Fault> {
        let new = draft.sent.int("co_group_id").filter(|id| draft.found.co_of("CoGroup", *id).is_some());
        for group in new.into_iter().chain(draft.before.map(|before| before.co_group_id)) {
            if change.group(GroupId(group)).await?.auto {
                draft.forbid(AUTOMATIC.0, AUTOMATIC.1);
            }
        }
        let full = merged::<Self>(draft);
        validity::check_order(&full, &mut draft.wrong);
        Ok(())
    }

    async fn before_delete(change: &mut Change<'_>, row: &co_group_member::Model) -> Result<(), Fault> {
        if change.group(GroupId(row.co_group_id)).await?.auto {
            return Err(Refusal::forbidden(AUTOMATIC.0, AUTOMATIC.1).into());
        }
        Ok(())
    }
}
