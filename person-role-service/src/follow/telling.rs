//! Telling of a change by the record's own history: to the subject that it is, or that it hangs on.

use proto::events::v1::Action;
use sea_orm::{EntityTrait, QuerySelect};

use crate::{
    change::Change,
    context::Fault,
    domain::{
        ids::{CoId, PersonId, RoleId, Subject},
        told::{Of, Told},
    },
    store::entity::co_person_role,
};

/// Writes the history, and notes which subjects changed.
///
/// # Errors
/// Those of the database.
pub(super) async fn tell(change: &mut Change<'_>, co: CoId, told: Told) -> Result<(), Fault> {
    let noted = match told.of {
        Of::Subject(subject) => change.note(co, subject, told.action, told.entry),
        Of::Role(role) => match person_of(change, role).await? {
            Some(person) => change.note(co, person, Action::Updated, told.entry.with_role(role)),
            None => change.write_down(co, told.entry.with_role(role)),
        },
        Of::OrgIdentity(id) => change.write_down(co, told.entry.with_org_identity(id)),
    };
    let left = match told.left {
        Some(Of::Subject(subject)) => Some(subject),
        Some(Of::Role(role)) => person_of(change, role).await?.map(Subject::Person),
        Some(Of::OrgIdentity(_)) | None => None,
    };
    if let Some(left) = left {
        change.also(&noted, co, left);
    }
    Ok(())
}

/// The person that a role is of.
async fn person_of(change: &Change<'_>, RoleId(role): RoleId) -> Result<Option<PersonId>, Fault> {
    let query = co_person_role::Entity::find_by_id(role).select_only().column(co_person_role::Column::CoPersonId);
    Ok(query.into_tuple().one(&change.tx).await?.map(PersonId))
}
