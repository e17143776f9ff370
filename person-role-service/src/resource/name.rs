//! Names: one of a person is primary (neighbours.md Name).

use proto::{
    record::{Slot, Value},
    refusal::Refusal,
};
use sea_orm::ActiveValue;

use crate::{
    change::{Change, holds},
    context::Fault,
    domain::ids::PersonId,
    follow::primary_name,
    resource::{Draft, Extras, Resource, person_needed},
    store::entity::{name, name::Names},
};

#[async_trait::async_trait]
impl Resource for Names {
    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, name::Model>) -> Result<(), Fault> {
        person_needed(draft);
        if let Some(before) = draft.before
            && before.primary_name
            && draft.sent.int("co_person_id").is_some_and(|person| person != before.co_person_id)
        {
            draft
                .wrong
                .add("co_person_id", "A primary name cannot be moved; make another name of the person primary first");
        }
        // One at a time: which name of a person is primary is decided by looking at the others.
        let person = draft.sent.int("co_person_id").filter(|id| draft.found.co_of("CoPerson", *id).is_some());
        if let Some(person) = person.or(draft.before.map(|before| before.co_person_id)) {
            holds::person(change, PersonId(person)).await?;
        }
        let primary = |slot: &Slot| matches!(slot, Slot::Is(Value::Bool(true)));
        match (draft.before, draft.sent.int("co_person_id")) {
            // The first name of a person is its primary one.
            (None, Some(person))
                if !primary(draft.sent.slot("primary_name"))
                    && !primary_name::is_there(change, PersonId(person)).await? =>
            {
                draft.sent.set("primary_name", Slot::Is(Value::Bool(true)));
            }
            (Some(before), _)
                if before.primary_name
                    && !matches!(draft.sent.slot("primary_name"), Slot::Absent | Slot::Is(Value::Bool(true))) =>
            {
                draft.wrong.add("primary_name", "One name of a person is primary; make another name primary instead");
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
        let (ActiveValue::Set(true), ActiveValue::Set(person) | ActiveValue::Unchanged(person)) =
            (&row.primary_name, &row.co_person_id)
        else {
            return Ok(());
        };
        primary_name::make_room(change, PersonId(*person), before.map(|before| before.id)).await
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
