//! Names: one of a person is primary (neighbours.md Name).

use proto::{
    record::{Slot, Value},
    refusal::Refusal,
};
use sea_orm::{ActiveValue, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

use crate::{
    app::{Fault, change::Change, edit::write, person_status::lock},
    domain::history::{Entry, differences},
    resource::{Draft, Extras, Resource, person_needed, rows_of},
    store::entity::name,
};

/// Names.
#[derive(Debug)]
pub struct Names;

#[async_trait::async_trait]
impl Resource for Names {
    rows_of!(Name, name);

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
            lock(change, person).await?;
        }
        let primary = |slot: &Slot| matches!(slot, Slot::Is(Value::Bool(true)));
        match (draft.before, draft.sent.int("co_person_id")) {
            // The first name of a person is its primary one.
            (None, Some(person))
                if !primary(draft.sent.slot("primary_name")) && primaries(person).count(&change.tx).await? == 0 =>
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
        let other = primaries(*person).filter(name::Column::Id.ne(before.map_or(0, |before| before.id)));
        for old in other.all(&change.tx).await? {
            let mut active = old.clone().into_active_model();
            active.primary_name = Set(false);
            let demoted = write::<Self>(change, &old, active).await?;
            Self::after(change, Some(&old), Some(&demoted)).await?;
        }
        Ok(())
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

    async fn after(
        change: &mut Change<'_>,
        before: Option<&name::Model>,
        after: Option<&name::Model>,
    ) -> Result<(), Fault> {
        let Some(row) = after.or(before) else { return Ok(()) };
        let (action, comment) = match (before, after) {
            (None, _) => ("ANAM", format!("Name Added: {}", shown(row))),
            (Some(old), Some(new)) => {
                let columns = Self::columns();
                ("ENAM", format!("Name Edited: {}", differences(&columns.record(old), &columns.record(new))))
            }
            (_, None) => ("DNAM", format!("Name Deleted: {}", shown(row))),
        };
        change.tell(Entry::of_person(row.co_id, row.co_person_id, action, comment));
        change.person_changed(row.co_person_id, row.co_id);
        if let Some(old) = before.filter(|old| old.co_person_id != row.co_person_id) {
            change.person_changed(old.co_person_id, old.co_id);
        }
        Ok(())
    }
}

fn primaries(co_person_id: i64) -> sea_orm::Select<name::Entity> {
    name::Entity::find()
        .filter(name::Column::CoPersonId.eq(co_person_id))
        .filter(name::Column::PrimaryName.eq(true))
        .filter(name::Column::Deleted.eq(false))
}

fn shown(row: &name::Model) -> String {
    let family = row.family.as_ref().map(|family| format!(" {family}")).unwrap_or_default();
    format!("{}{family} ({})", row.given, row.r#type)
}
