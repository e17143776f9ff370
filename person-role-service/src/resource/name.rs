//! Names: one of a person, and of an org identity, is primary (neighbours.md Name).

use proto::{
    record::{Record, Slot, Value},
    refusal::Refusal,
};
use sea_orm::ActiveValue::{Set, Unchanged};

use crate::{
    change::{Change, holds},
    context::Fault,
    domain::ids::{OrgIdentityId, Owner, PersonId},
    follow::primary_name,
    resource::{Draft, Extras, Resource, merged, owned},
    store::{
        entity::{name, name::Names},
        stored::Stored,
    },
};

#[async_trait::async_trait]
impl Resource for Names {
    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, name::Model>) -> Result<(), Fault> {
        owned::by_one::<Self>(draft);
        let before = draft.before.map(|before| Self::columns().record(before));
        let stored = before.as_ref().and_then(Owner::of_record);
        let owner = Owner::of_record(&merged::<Self>(draft))
            .filter(|owner| Some(*owner) == stored || is_there(change, draft, *owner));
        // One at a time: which name of somebody is primary is decided by looking at the others.
        if let Some(owner) = owner.or(stored) {
            holds::owner(change, owner).await?;
        }
        let primary = |record: &Record| record.get("primary_name") == Some(&Value::Bool(true));
        match (&before, owner) {
            // The first name of somebody is its primary one.
            (None, Some(owner)) if !primary(&draft.sent) && !primary_name::is_there(change, owner).await? => {
                draft.sent.set("primary_name", Slot::Is(Value::Bool(true)));
            }
            (Some(before), owner) if primary(before) => {
                if owner != stored {
                    draft.wrong.add("co_person_id", "A primary name cannot be moved; make another name primary first");
                }
                if *draft.sent.slot("primary_name") != Slot::Absent && !primary(&draft.sent) {
                    draft.wrong.add("primary_name", "One name is primary; make another name primary instead");
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn complete(
        change: &mut Change<'_>,
        row: &mut name::ActiveModel,
        _extras: &mut Extras,
        before: Option<&name::Model>,
    ) -> Result<(), Fault> {
        let (Set(person) | Unchanged(person), Set(org_identity) | Unchanged(org_identity)) =
            (&row.co_person_id, &row.org_identity_id)
        else {
            return Ok(());
        };
        let person = person.map(|id| Owner::Person(PersonId(id)));
        let owner = person.or(org_identity.map(|id| Owner::OrgIdentity(OrgIdentityId(id))));
        match (&row.primary_name, owner) {
            (Set(true), Some(owner)) => primary_name::make_room(change, owner, before.map(|before| before.id)).await,
            _ => Ok(()),
        }
    }

    async fn before_delete(_change: &mut Change<'_>, row: &name::Model) -> Result<(), Fault> {
        if row.primary_name {
            return Err(Refusal::forbidden(
                "Primary Name Cannot Be Deleted",
                "Make another name of the person primary first.",
            )
            .into());
        }
        Ok(())
    }
}

/// Whether an owner that was sent was found, and may be held.
fn is_there(change: &Change<'_>, draft: &Draft<'_, name::Model>, owner: Owner) -> bool {
    let (column, id) = owner.column();
    let resource = Names::table().field(column).map(|field| field.options.refers_to.as_str());
    resource.and_then(|resource| draft.found.co_of(resource, id)).is_some_and(|co| change.caller.may(co))
}
