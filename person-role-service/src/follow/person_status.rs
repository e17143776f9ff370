//! What the status of a person follows from, and what follows from it (co-person-role.md §6.1).

use std::collections::BTreeSet;

use proto::events::v1::Action;
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use crate::{
    change::{Change, Noted, holds, versions},
    context::Fault,
    domain::{
        history::{Entry, label_of_code},
        ids::{CoId, PersonId},
        person_status::{is_active, recalculated},
    },
    follow::{
        fan_out::groups_of_person,
        membership::{Roles, Touched, roles_of, sync},
    },
    store::{
        changed::{Changed, Pair},
        code_of,
        entity::{co_person, co_person::CoPeople},
        status_of,
        stored::Stored,
    },
};

/// After a role changed: the status of its person, and the memberships (co-person-role.md §6.1, §6.2).
///
/// # Errors
/// Those of the database.
pub(super) async fn follow_roles(change: &mut Change<'_>, changed: &Changed<'_>) -> Result<(), Fault> {
    let Changed::Role(pair) = changed else { return Ok(()) };
    // In the order of their ids, so that two changes never wait for one another.
    let people: BTreeSet<PersonId> = pair.both().map(|role| PersonId(role.co_person_id)).collect();
    let (status_kept, place_kept) = match (pair.before, pair.after) {
        (Some(old), Some(new)) => (old.status == new.status && people.len() == 1, old.cou_id == new.cou_id),
        _ => (false, false),
    };
    for id in people {
        let mut person = holds::person(change, id).await?;
        let roles = roles_of(change, id).await?;
        let mut touched = Touched::default();
        if !status_kept {
            (person, touched) = recalculate(change, person, &roles).await?;
        }
        if !(status_kept && place_kept) {
            touched.cous.extend(pair.both().filter_map(|role| role.cou_id));
        }
        sync(change, &person, &roles, &touched).await?;
    }
    Ok(())
}

/// After a person's own record was saved: its memberships (neighbours.md CoPerson).
///
/// # Errors
/// Those of the database.
pub(super) async fn follow_person(change: &mut Change<'_>, changed: &Changed<'_>, noted: &Noted) -> Result<(), Fault> {
    match changed {
        Changed::Person(Pair { before: None, after: Some(new) }) => {
            sync(change, new, &Roles::new(), &Touched { co: true, ..Touched::default() }).await
        }
        Changed::Person(Pair { before: Some(old), after: Some(new) }) if old.status != new.status => {
            let roles = roles_of(change, PersonId(new.id)).await?;
            let touched = status_changed(change, old, new, &roles, noted).await?;
            sync(change, new, &roles, &touched).await
        }
        _ => Ok(()),
    }
}

/// Recalculates the status of a person from its roles; a change is a new revision, history `RCPS`, and what follows from
/// a person's status. Says how the person is now.
async fn recalculate(
    change: &mut Change<'_>,
    person: co_person::Model,
    roles: &Roles,
) -> Result<(co_person::Model, Touched), Fault> {
    let before = status_of(&person.status);
    let status = recalculated(before, roles.iter().map(|(_, status)| *status));
    if status == before {
        return Ok((person, Touched::default()));
    }
    let mut row = person.clone().into_active_model();
    row.status = Set(code_of(status));
    let (after, _version) = versions::write::<CoPeople>(change, &person, row).await?;
    change.know(after.clone());
    let label = CoPeople::table().field("status").map(|field| label_of_code(field, &after.status));
    let comment = format!("CO Person status recalculated to {}", label.unwrap_or_default());
    let noted = change.note(CoId(after.co_id), PersonId(after.id), Action::Updated, Entry::new("RCPS", comment));
    let touched = status_changed(change, &person, &after, roles, &noted).await?;
    Ok((after, touched))
}

/// What follows from a changed status: all automatic groups of the person are touched, and when the person became or
/// ceased to be active its groups changed too (provisioning-engine.md §2).
async fn status_changed(
    change: &mut Change<'_>,
    before: &co_person::Model,
    after: &co_person::Model,
    roles: &Roles,
    noted: &Noted,
) -> Result<Touched, Fault> {
    if is_active(status_of(&before.status)) != is_active(status_of(&after.status)) {
        groups_of_person(change, CoId(after.co_id), PersonId(after.id), noted).await?;
    }
    Ok(Touched { cous: roles.iter().filter_map(|(cou_id, _)| *cou_id).collect(), co: true })
}
