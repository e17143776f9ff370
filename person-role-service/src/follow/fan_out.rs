//! Further subjects that a change concerns (provisioning-engine.md §2).

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use service_kit::rows::is_not;

use crate::{
    change::{Change, Noted, holds},
    context::Fault,
    domain::ids::{CoId, CouId, GroupId, OrgIdentityId, PersonId},
    store::{
        changed::{Changed, Pair},
        entity::{co_group, co_group_member, co_org_identity_link, co_person_role, cou},
    },
};

/// Tells of the subjects that a change concerns beside its own.
///
/// # Errors
/// Those of the database.
pub(super) async fn tell(change: &mut Change<'_>, changed: &Changed<'_>, noted: &Noted) -> Result<(), Fault> {
    match changed {
        Changed::Identifier(pair) => {
            let mut people: Vec<(i64, i64)> =
                pair.both().filter_map(|row| Some((row.co_id, row.co_person_id?))).collect();
            people.dedup();
            for (co, person) in people {
                groups_of_person(change, CoId(co), PersonId(person), noted).await?;
            }
            let mut org_identities: Vec<(i64, i64)> =
                pair.both().filter_map(|row| Some((row.co_id, row.org_identity_id?))).collect();
            org_identities.dedup();
            for (co, org_identity) in org_identities {
                linked_people(change, CoId(co), OrgIdentityId(org_identity), noted).await?;
            }
            Ok(())
        }
        Changed::OrgIdentity(Pair { before: Some(_), after: Some(new) }) => {
            linked_people(change, CoId(new.co_id), OrgIdentityId(new.id), noted).await
        }
        // Whoever changes the org identity at the same time waits, and then knows of the link.
        Changed::Link(pair) => {
            for link in pair.both() {
                holds::org_identity(change, OrgIdentityId(link.org_identity_id)).await?;
            }
            Ok(())
        }
        Changed::Group(Pair { before: Some(old), after: Some(new) }) if looks_different(old, new) => {
            members_of_group(change, CoId(new.co_id), GroupId(new.id), noted).await
        }
        Changed::Cou(Pair { before: Some(old), after: Some(new) }) if *old != *new => {
            people_of_cou(change, new, noted).await
        }
        _ => Ok(()),
    }
}

/// Whether the members of a group see it differently: by its name, or by whether it is active.
fn looks_different(old: &co_group::Model, new: &co_group::Model) -> bool {
    old.name != new.name || (old.status == "A") != (new.status == "A")
}

/// Tells that all groups of a person changed.
///
/// # Errors
/// Those of the database.
pub(super) async fn groups_of_person(
    change: &mut Change<'_>,
    co: CoId,
    person: PersonId,
    noted: &Noted,
) -> Result<(), Fault> {
    use co_group_member::Column;
    change.catch_up().await?;
    let groups: Vec<i64> = co_group_member::Entity::find()
        .select_only()
        .column(Column::CoGroupId)
        .filter(Column::CoPersonId.eq(person.0))
        .filter(is_not(Column::Deleted))
        .into_tuple()
        .all(&change.tx)
        .await?;
    for group in groups {
        change.also(noted, co, GroupId(group));
    }
    Ok(())
}

async fn members_of_group(change: &mut Change<'_>, co: CoId, group: GroupId, noted: &Noted) -> Result<(), Fault> {
    use co_group_member::Column;
    holds::group_alone(change, group).await?;
    change.catch_up().await?;
    let people: Vec<i64> = co_group_member::Entity::find()
        .select_only()
        .column(Column::CoPersonId)
        .filter(Column::CoGroupId.eq(group.0))
        .filter(is_not(Column::Deleted))
        .into_tuple()
        .all(&change.tx)
        .await?;
    for person in people {
        change.also(noted, co, PersonId(person));
    }
    Ok(())
}

/// Tells that the people changed whom an org identity is linked to.
///
/// # Errors
/// Those of the database.
pub async fn linked_people(
    change: &mut Change<'_>,
    co: CoId,
    org_identity: OrgIdentityId,
    noted: &Noted,
) -> Result<(), Fault> {
    holds::org_identity(change, org_identity).await?;
    linked_now(change, co, org_identity, noted).await
}

/// The same of those that are linked to it now: whoever links it meanwhile is not waited for.
///
/// # Errors
/// Those of the database.
pub async fn linked_now(
    change: &mut Change<'_>,
    co: CoId,
    OrgIdentityId(org_identity): OrgIdentityId,
    noted: &Noted,
) -> Result<(), Fault> {
    use co_org_identity_link::Column;
    let people: Vec<i64> = co_org_identity_link::Entity::find()
        .select_only()
        .column(Column::CoPersonId)
        .filter(Column::OrgIdentityId.eq(org_identity))
        .filter(is_not(Column::Deleted))
        .into_tuple()
        .all(&change.tx)
        .await?;
    for person in people {
        change.also(noted, co, PersonId(person));
    }
    Ok(())
}

/// What is passed on of a person holds the COUs of the roles.
async fn people_of_cou(change: &mut Change<'_>, cou: &cou::Model, noted: &Noted) -> Result<(), Fault> {
    use co_person_role::Column;
    let CouId(id) = CouId(cou.id);
    holds::cou_alone(change, CouId(id)).await?;
    change.catch_up().await?;
    let people: Vec<i64> = co_person_role::Entity::find()
        .select_only()
        .distinct()
        .column(Column::CoPersonId)
        .filter(Column::CouId.eq(id))
        .filter(is_not(Column::Deleted))
        .into_tuple()
        .all(&change.tx)
        .await?;
    for person in people {
        change.also(noted, CoId(cou.co_id), PersonId(person));
    }
    Ok(())
}
