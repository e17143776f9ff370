//! Listing the members of a group, or its owners, page by page: for connectors that write them, however many they are.

use proto::registry::v1::{ListMembersRequest, ListMembersResponse};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use service_kit::rows::{is, is_not};

use crate::{
    context::{App, Fault},
    store::{
        entity::{
            co_group,
            co_group_member::{self, Column},
        },
        memberships::told,
        time::told_until,
    },
};

/// Lists the people whom targets are told to be in a group now, by id, after the one that the request names: those whose own
/// state has the membership (provisioning-engine.md §3).
///
/// # Errors
/// Those of the database.
pub async fn list_members(app: &App, request: &ListMembersRequest) -> Result<ListMembersResponse, Fault> {
    list(app, request, Column::Member).await
}

/// Lists the people whom targets are told to own a group now, by id, after the one that the request names.
///
/// # Errors
/// Those of the database.
pub async fn list_owners(app: &App, request: &ListMembersRequest) -> Result<ListMembersResponse, Fault> {
    list(app, request, Column::Owner).await
}

async fn list(app: &App, request: &ListMembersRequest, part: Column) -> Result<ListMembersResponse, Fault> {
    let limit = u64::from(request.limit.clamp(1, proto::LARGEST_PAGE));
    let db = app.database.reader();
    let group = co_group::Entity::find_by_id(request.co_group_id).filter(is_not(co_group::Column::Deleted));
    let Some(group) = group.one(db).await? else { return Ok(ListMembersResponse::default()) };
    let mut ids: Vec<i64> = co_group_member::Entity::find()
        .select_only()
        .column(Column::CoPersonId)
        .filter(Column::CoGroupId.eq(request.co_group_id))
        .filter(is_not(Column::Deleted))
        .filter(is(part))
        .filter(Column::CoPersonId.gt(request.after))
        .filter(told(&group, told_until(db, &app.clock).await?))
        .order_by_asc(Column::CoPersonId)
        .limit(limit + 1)
        .into_tuple()
        .all(db)
        .await?;
    let more = ids.len() as u64 > limit;
    ids.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(ListMembersResponse { co_person_ids: ids, more })
}
