//! Making the default groups of a CO that are missing (neighbours.md CoGroup).

use proto::{caller::Caller, record::Record};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service_kit::rows::{is, is_not};

use crate::{
    change::{Change, holds},
    context::{App, Fault},
    domain::ids::CoId,
    follow::automatic_groups::make_all,
    rights::{known, privileged},
    store::{
        entity::{co_group, co_group::CoGroups},
        past::Moment,
        stored::Stored,
    },
};

/// Makes the default groups of a CO and its COUs that are missing, and lists the automatic groups.
///
/// # Errors
/// `Unknown` for a CO that does not exist or is not the caller's; those of the database.
pub async fn reconcile_co(app: &App, caller: &Caller, co_id: i64) -> Result<Vec<Record>, Fault> {
    privileged(caller)?;
    known(app, caller, Moment::Present, ("Co", &co_id.to_string())).await?;
    let mut change = Change::begin(app, caller).await?;
    holds::whole_co(&change, CoId(co_id)).await?;
    make_all(&mut change, CoId(co_id)).await?;
    let groups = co_group::Entity::find()
        .filter(co_group::Column::CoId.eq(co_id))
        .filter(is(co_group::Column::Auto))
        .filter(is_not(co_group::Column::Deleted))
        .order_by_asc(co_group::Column::Id)
        .all(&change.tx)
        .await?;
    change.commit().await?;
    Ok(groups.iter().map(|group| CoGroups::columns().record(group)).collect())
}
