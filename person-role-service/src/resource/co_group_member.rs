//! Memberships in groups; those in automatic groups are the server's (neighbours.md CoGroupMember).

use proto::{record::Value, refusal::Refusal};

use crate::{
    app::{
        Fault,
        change::Change,
        membership::{joined, left, tell},
    },
    domain::{history::differences, validity},
    resource::{Draft, Resource, merged, rows_of},
    store::entity::co_group_member,
};

/// Memberships.
#[derive(Debug)]
pub struct CoGroupMembers;

const AUTOMATIC: (&str, &str) =
    ("Memberships in automatic groups can not be edited", "They follow from the status and the roles of the person.");

#[async_trait::async_trait]
impl Resource for CoGroupMembers {
    rows_of!(CoGroupMember, co_group_member);

    fn defaults() -> Vec<(&'static str, Value)> {
        vec![("member", Value::Bool(false)), ("owner", Value::Bool(false))]
    }

    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, co_group_member::Model>) -> Result<(), Fault> {
        let new = draft.sent.int("co_group_id").filter(|id| draft.found.co_of("CoGroup", *id).is_some());
        for group in new.into_iter().chain(draft.before.map(|before| before.co_group_id)) {
            if change.group(group).await?.auto {
                draft.forbid(AUTOMATIC.0, AUTOMATIC.1);
            }
        }
        let full = merged::<Self>(draft);
        validity::check_order(&full, &mut draft.wrong);
        Ok(())
    }

    async fn before_delete(change: &mut Change<'_>, row: &co_group_member::Model) -> Result<(), Fault> {
        if change.group(row.co_group_id).await?.auto {
            return Err(Refusal::forbidden(AUTOMATIC.0, AUTOMATIC.1).into());
        }
        Ok(())
    }

    async fn after(
        change: &mut Change<'_>,
        before: Option<&co_group_member::Model>,
        after: Option<&co_group_member::Model>,
    ) -> Result<(), Fault> {
        match (before, after) {
            (Some(old), Some(new)) if old.co_group_id == new.co_group_id && old.co_person_id == new.co_person_id => {
                let columns = Self::columns();
                let what = differences(&columns.record(old), &columns.record(new));
                let group = change.group(new.co_group_id).await?;
                let comment = format!("CO Group Membership in {} ({}) Edited: {what}", group.name, group.id);
                tell(change, &group, new.co_person_id, "ECGM", comment);
            }
            _ => {
                if let Some(old) = before {
                    let group = change.group(old.co_group_id).await?;
                    left(change, &group, old.co_person_id);
                }
                if let Some(new) = after {
                    let group = change.group(new.co_group_id).await?;
                    joined(change, &group, new.co_person_id, new.member, new.owner);
                }
            }
        }
        Ok(())
    }

    fn taken() -> Refusal {
        Refusal::forbidden(
            "CoPerson Already Member",
            "The person has a membership in this group already. Edit that one.",
        )
    }
}
