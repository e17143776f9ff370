//! Identifiers of people and groups: unique for their type within the CO (neighbours.md Identifier).

use proto::{
    record::{Record, Slot},
    refusal::Refusal,
};

use crate::{
    app::{
        Fault,
        change::Change,
        person_status::{groups_changed, lock},
    },
    domain::history::{Entry, differences},
    resource::{Draft, Resource, rows_of},
    store::entity::identifier,
};

/// Identifiers.
#[derive(Debug)]
pub struct Identifiers;

#[async_trait::async_trait]
impl Resource for Identifiers {
    rows_of!(Identifier, identifier);

    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, identifier::Model>) -> Result<(), Fault> {
        let owner = |column: &str, stored: Option<i64>| match draft.sent.slot(column) {
            Slot::Absent => stored.is_some(),
            Slot::Cleared => false,
            Slot::Is(_) => true,
        };
        let person = owner("co_person_id", draft.before.and_then(|before| before.co_person_id));
        let group = owner("co_group_id", draft.before.and_then(|before| before.co_group_id));
        match (person, group) {
            (false, false) => {
                draft.forbid("No Person Specified", "Say whose identifier it is with Person, of Type CO or Group.")
            }
            (true, true) => draft.wrong.add("co_person_id", "An identifier is of a person or of a group, not of both"),
            _ => {}
        }
        if draft.sent.int("co_provisioning_target_id").is_some() {
            draft.wrong.add(
                "co_provisioning_target_id",
                "An identifier of a provisioning target is made by its plugin and cannot be set",
            );
        }
        Ok(())
    }

    async fn after(
        change: &mut Change<'_>,
        before: Option<&identifier::Model>,
        after: Option<&identifier::Model>,
    ) -> Result<(), Fault> {
        let record = |row: &identifier::Model| -> Record { Self::columns().record(row) };
        let shown = |row: &identifier::Model| format!("{} ({})", row.identifier, row.r#type);
        let told = match (before, after) {
            (None, Some(row)) => Some(("AIDE", row, format!("Identifier Added: {}", shown(row)))),
            (Some(old), Some(row)) => {
                Some(("EIDE", row, format!("Identifier Edited: {}", differences(&record(old), &record(row)))))
            }
            (Some(row), None) => Some(("DIDE", row, format!("Identifier Deleted: {}", shown(row)))),
            (None, None) => None,
        };
        let Some((action, row, comment)) = told else { return Ok(()) };
        match (row.co_person_id, row.co_group_id) {
            (Some(person), _) => change.tell(Entry::of_person(row.co_id, person, action, comment)),
            (None, Some(group)) => change.tell(Entry::of_group(row.co_id, group, action, comment)),
            (None, None) => {}
        }
        for row in [before, after].into_iter().flatten() {
            if let Some(group) = row.co_group_id {
                change.group_changed(group, row.co_id);
            }
            if let Some(person) = row.co_person_id {
                change.person_changed(person, row.co_id);
                let person = lock(change, person).await?;
                groups_changed(change, &person).await?;
            }
        }
        Ok(())
    }

    fn taken() -> Refusal {
        Refusal::forbidden(
            "Identifier In Use",
            "There is one of this type with this value in the CO already. Choose another value.",
        )
    }
}
