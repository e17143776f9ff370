//! COUs: a tree within the CO; each comes with its groups (neighbours.md COU).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proto::{
    record::{Record, Slot, Value},
    refusal::Refusal,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::ExprTrait,
};
use service_kit::rows::is_not;

use crate::{
    change::{Change, holds},
    context::{App, Fault},
    domain::{ids::CoId, tree::numbered},
    resource::{Draft, Resource},
    store::{
        entity::{co_person_role, cou, cou::Cous},
        past::{self, Moment, Shelf},
    },
};

#[async_trait::async_trait]
impl Resource for Cous {
    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, cou::Model>) -> Result<(), Fault> {
        let (Some(before), Some(parent)) = (draft.before, draft.sent.int("parent_id")) else { return Ok(()) };
        if before.parent_id == Some(parent) {
            return Ok(());
        }
        // One at a time in a CO: two moves at once could close a circle that neither sees.
        holds::whole_co(change, CoId(before.co_id)).await?;
        if is_below(change, before, parent).await? {
            draft.forbid(
                "Parent Would Create Cycle",
                "The new parent is the COU itself or below it. Choose another parent.",
            );
        }
        Ok(())
    }

    fn is_computed(_row: &cou::Model) -> bool {
        true
    }

    /// The place in the tree of the CO. Each CO has a tree of its own.
    async fn computed(app: &App, records: &mut [&mut Record], moment: Moment, _filtered: bool) -> Result<(), Fault> {
        let cos: BTreeSet<i64> = records.iter().filter_map(|record| record.int("co_id")).collect();
        let mut numbers = HashMap::new();
        for co in cos {
            numbers.extend(numbered(&parents(app.database.reader(), moment, co).await?));
        }
        for record in records {
            if let Some((left, right)) = record.int("id").and_then(|id| numbers.get(&id)) {
                record.set("lft", Slot::Is(Value::Int(*left)));
                record.set("rght", Slot::Is(Value::Int(*right)));
            }
        }
        Ok(())
    }

    async fn before_delete(change: &mut Change<'_>, row: &cou::Model) -> Result<(), Fault> {
        let live_roles = co_person_role::Entity::find()
            .filter(co_person_role::Column::CouId.eq(row.id))
            .filter(is_not(co_person_role::Column::Deleted));
        if live_roles.count(&change.tx).await? > 0 {
            return Err(Refusal::forbidden(
                "CoPersonRole Exists",
                "There are roles in this COU. Delete or move them first.",
            )
            .into());
        }
        let children =
            cou::Entity::find().filter(cou::Column::ParentId.eq(row.id)).filter(is_not(cou::Column::Deleted));
        if children.count(&change.tx).await? > 0 {
            return Err(Refusal::forbidden(
                "Child COU Exists",
                "There are COUs below this one. Delete or move them first.",
            )
            .into());
        }
        Ok(())
    }
}

/// The parents of the COUs that a CO had at a moment.
async fn parents<C: ConnectionTrait>(db: &C, moment: Moment, co: i64) -> Result<BTreeMap<i64, Option<i64>>, Fault> {
    if matches!(moment, Moment::Present) {
        // Each look at a COU needs all of them: no more of each than that is read.
        let all = cou::Entity::find().select_only().columns([cou::Column::Id, cou::Column::ParentId]);
        let of_co = all.filter(cou::Column::CoId.eq(co)).filter(is_not(cou::Column::Deleted));
        let rows: Vec<(i64, Option<i64>)> = of_co.into_tuple().all(db).await?;
        return Ok(rows.into_iter().collect());
    }
    let of_co = |shelf: Shelf| Condition::all().add(shelf.column("co_id").eq(co));
    let cous = past::all::<Cous, _>(db, moment, of_co).await?;
    Ok(cous.iter().filter_map(|cou| Some((cou.int("id")?, cou.int("parent_id")))).collect())
}

/// Whether a COU is another one or below it.
async fn is_below(change: &Change<'_>, top: &cou::Model, id: i64) -> Result<bool, Fault> {
    let parents = parents(&change.tx, Moment::Present, top.co_id).await?;
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
