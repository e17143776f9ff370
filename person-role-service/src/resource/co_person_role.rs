//! Roles (co-person-role.md): the status follows the dates, the person's status and memberships follow the role.

use std::collections::BTreeSet;

use proto::{
    record::{Slot, Value},
    registry::v1::Status,
};

use crate::{
    app::{
        Fault,
        change::Change,
        membership::{roles_of, sync},
        person_status::{lock, recalculate},
    },
    domain::{
        history::{Entry, differences},
        validity,
    },
    resource::{Draft, Resource, merged, rows_of},
    store::entity::co_person_role,
};

/// Roles.
#[derive(Debug)]
pub struct CoPersonRoles;

#[async_trait::async_trait]
impl Resource for CoPersonRoles {
    rows_of!(CoPersonRole, co_person_role);

    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, co_person_role::Model>) -> Result<(), Fault> {
        let full = merged::<Self>(draft);
        if !draft.wrong.has("valid_from") && !draft.wrong.has("valid_through") {
            validity::check_order(&full, &mut draft.wrong);
        }
        if draft.sent.int("source_org_identity_id").is_some() {
            draft.wrong.add(
                "source_org_identity_id",
                "There is no Org Identity with this id; org identities are not kept here yet",
            );
        }
        if let Some(Value::Object(attributes)) = draft.sent.get("extended_attributes") {
            for name in attributes.keys() {
                draft.wrong.add(name, "The CO has no extended attribute of this name");
            }
        }
        if let Some(Value::Enum(number)) = draft.sent.get("status") {
            let status = Status::try_from(*number).unwrap_or_default();
            let status = validity::status_on_save(status, &draft.sent, change.now.timestamp());
            draft.sent.set("status", Slot::Is(Value::Enum(status.into())));
        }
        // Nothing of these is stored yet; empty, they may be sent.
        draft.sent.set("extended_attributes", Slot::Absent);
        draft.sent.set("source_org_identity_id", Slot::Absent);
        Ok(())
    }

    async fn after(
        change: &mut Change<'_>,
        before: Option<&co_person_role::Model>,
        after: Option<&co_person_role::Model>,
    ) -> Result<(), Fault> {
        let Some(role) = after.or(before) else { return Ok(()) };
        let (action, comment) = match (before, after) {
            (None, _) => ("ACRM", "CO Person Role Created (Manual)".to_owned()),
            (Some(old), Some(new)) => {
                let columns = Self::columns();
                let what = differences(&columns.record(old), &columns.record(new));
                ("ECRM", format!("CO Person Role Edited ({}):{what}", new.id))
            }
            (_, None) => ("DCRM", "CO Person Role Deleted (Manual)".to_owned()),
        };
        change.tell(Entry::of_person(role.co_id, role.co_person_id, action, comment).with_role(role.id));
        follow(change, before, after).await
    }
}

/// What follows from a role that changed: the status of its person, the memberships, and that the person changed
/// (co-person-role.md §6.1, §6.2, §6.6).
///
/// # Errors
/// Those of the database.
pub async fn follow(
    change: &mut Change<'_>,
    before: Option<&co_person_role::Model>,
    after: Option<&co_person_role::Model>,
) -> Result<(), Fault> {
    let both: Vec<&co_person_role::Model> = before.into_iter().chain(after).collect();
    // In the order of their ids, so that two changes never wait for one another.
    let people: BTreeSet<i64> = both.iter().map(|role| role.co_person_id).collect();
    let status_kept =
        matches!((before, after), (Some(old), Some(new)) if old.status == new.status && people.len() == 1);
    for id in people {
        let mut person = lock(change, id).await?;
        let roles = roles_of(change, id).await?;
        let mut touched = crate::app::membership::Touched::default();
        if !status_kept {
            (person, touched) = recalculate(change, person, &roles).await?;
        }
        let place_kept = matches!((before, after), (Some(old), Some(new)) if old.cou_id == new.cou_id);
        if !(status_kept && place_kept) {
            touched.cous.extend(both.iter().filter_map(|role| role.cou_id));
        }
        sync(change, &person, &roles, &touched).await?;
        change.person_changed(id, person.co_id);
    }
    Ok(())
}
