//! COUs: a tree within the CO; each comes with its groups (neighbours.md COU).

use std::collections::{HashMap, HashSet};

use proto::refusal::Refusal;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect};

use crate::{
    app::{Fault, automatic_groups, change::Change, delete::delete_where, edit::write, person_status::hold_co},
    resource::{
        Draft, Resource,
        co_group::{CoGroups, is_of_users},
        co_group_member::CoGroupMembers,
        identifier::Identifiers,
        rows_of,
    },
    store::entity::{co_group, co_person_role, cou},
};

/// COUs.
#[derive(Debug)]
pub struct Cous;

#[async_trait::async_trait]
impl Resource for Cous {
    rows_of!(Cou, cou);

    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, cou::Model>) -> Result<(), Fault> {
        let (Some(before), Some(parent)) = (draft.before, draft.sent.int("parent_id")) else { return Ok(()) };
        if before.parent_id == Some(parent) {
            return Ok(());
        }
        // One at a time in a CO: two moves at once could close a circle that neither sees.
        hold_co(change, before.co_id).await?;
        if is_below(change, before, parent).await? {
            draft.forbid(
                "Parent Would Create Cycle",
                "The new parent is the COU itself or below it. Choose another parent.",
            );
        }
        Ok(())
    }

    async fn before_delete(change: &mut Change<'_>, row: &cou::Model) -> Result<(), Fault> {
        let live_roles = co_person_role::Entity::find()
            .filter(co_person_role::Column::CouId.eq(row.id))
            .filter(co_person_role::Column::Deleted.eq(false));
        if live_roles.count(&change.tx).await? > 0 {
            return Err(Refusal::forbidden(
                "CoPersonRole Exists",
                "There are roles in this COU. Delete or move them first.",
            )
            .into());
        }
        let children =
            cou::Entity::find().filter(cou::Column::ParentId.eq(row.id)).filter(cou::Column::Deleted.eq(false));
        if children.count(&change.tx).await? > 0 {
            return Err(Refusal::forbidden(
                "Child COU Exists",
                "There are COUs below this one. Delete or move them first.",
            )
            .into());
        }
        let groups = co_group::Entity::find()
            .filter(co_group::Column::CouId.eq(row.id))
            .filter(co_group::Column::Deleted.eq(false));
        for group in groups.all(&change.tx).await? {
            if is_of_users(&group.group_type) {
                // It was somebody's own and only named the COU.
                let mut active = group.clone().into_active_model();
                active.cou_id = Set(None);
                let kept = write::<CoGroups>(change, &group, active).await?;
                CoGroups::after(change, Some(&group), Some(&kept)).await?;
                continue;
            }
            delete_where::<CoGroupMembers>(change, "co_group_id", group.id).await?;
            delete_where::<Identifiers>(change, "co_group_id", group.id).await?;
        }
        delete_where::<CoGroups>(change, "cou_id", row.id).await
    }

    async fn after(
        change: &mut Change<'_>,
        before: Option<&cou::Model>,
        after: Option<&cou::Model>,
    ) -> Result<(), Fault> {
        match (before, after) {
            (None, Some(cou)) => automatic_groups::make(change, cou.co_id, Some(cou)).await,
            (Some(old), Some(new)) if old.name != new.name => automatic_groups::rename(change, old, new).await,
            _ => Ok(()),
        }
    }
}

/// Whether a COU is another one or below it.
async fn is_below(change: &Change<'_>, top: &cou::Model, id: i64) -> Result<bool, Fault> {
    let parents: HashMap<i64, Option<i64>> = cou::Entity::find()
        .select_only()
        .column(cou::Column::Id)
        .column(cou::Column::ParentId)
        .filter(cou::Column::CoId.eq(top.co_id))
        .filter(cou::Column::Deleted.eq(false))
        .into_tuple::<(i64, Option<i64>)>()
        .all(&change.tx)
        .await?
        .into_iter()
        .collect();
    let mut seen = HashSet::new();
    let mut next = Some(id);
    while let Some(id) = next {
        if id == top.id {
            return Ok(true);
        }
        if !seen.insert(id) {
            break;
        }
        next = parents.get(&id).copied().flatten();
    }
    Ok(false)
}
