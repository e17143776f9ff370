//! What an edit or a deletion is allowed on: by who asks, and by `If-Match` (D43).

use proto::{refusal::Refusal, tag::hold};
use sea_orm::sea_query::LockType;
use service_kit::rows::tag::tag;

use crate::{
    change::{Change, holds},
    context::Fault,
    resource::Resource,
    rights::platform_only,
};

/// The row with an id, held until the change ends, if it is what the caller thinks it is: nothing comes between the
/// comparison and the change.
///
/// # Errors
/// `Unknown`, or `Precondition` where there is a condition; `Unauthorized`.
pub async fn row<R: Resource>(
    change: &Change<'_>,
    id: i64,
    lock: LockType,
    if_match: Option<&str>,
) -> Result<R::Row, Fault> {
    let found = match holds::row::<R>(change, id, lock).await {
        Err(Fault::Refused(Refusal::Unknown { .. })) if if_match.is_some() => None,
        found => Some(found?),
    };
    platform_only::<R>(change.caller)?;
    if if_match.is_some() {
        hold(if_match, found.as_ref().map(tag).as_deref())?;
    }
    found.ok_or_else(|| Refusal::Precondition.into())
}
