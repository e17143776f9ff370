//! Listing the members of a group, or its owners, page by page: for connectors that write them, however many they are.

use proto::registry::v1::{ListMembersRequest, ListMembersResponse};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use service_kit::rows::{is, is_not};

use crate::{
    context::{App, Fault},
    store::{
        entity::co_group_member::{self, Column},
        memberships::valid_at,
        time::told_until,
    },
};

/// The largest page.
const PAGE: u64 = 1000;

/// Lists the people whose membership holds now, by id, after the one that the request names.
///
/// # Errors
/// Those of the database.
pub async fn list_members(app: &App, request: &ListMembersRequest) -> Result<ListMembersResponse, Fault> {
    list(app, request, Column::Member).await
}

/// Lists the people who own a group now, by id, after the one that the request names.
///
/// # Errors
/// Those of the database.
pub async fn list_owners(app: &App, request: &ListMembersRequest) -> Result<ListMembersResponse, Fault> {
    list(app, request, Column::Owner).await
}

async fn list(app: &App, request: &ListMembersRequest, part: Column) -> Result<ListMembersResponse, Fault> {
    let limit = u64::from(request.limit).clamp(1, PAGE);
    let db = app.database.reader();
    let mut ids: Vec<i64> = co_group_member::Entity::find()
        .select_only()
        .column(Column::CoPersonId)
        .filter(Column::CoGroupId.eq(request.co_group_id))
        .filter(is_not(Column::Deleted))
        .filter(is(part))
        .filter(Column::CoPersonId.gt(request.after))
        .filter(valid_at(told_until(db, &app.clock).await?))
        .order_by_asc(Column::CoPersonId)
        .limit(limit + 1)
        .into_tuple()
        .all(db)
        .await?;
    let more = ids.len() as u64 > limit;
    ids.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(ListMembersResponse { co_person_ids: ids, more })
}
