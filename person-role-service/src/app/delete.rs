//! Deleting a record of any resource.

use proto::caller::Caller;
use sea_orm::sea_query::LockType;

use crate::{
    change::{Change, holds},
    context::{App, Fault},
    follow,
    resource::Resource,
    rights::platform_only,
};

/// Deletes a record.
///
/// # Errors
/// `Unknown`, 403 with its phrase when something hangs on it, `Unauthorized`, or the database's fault.
pub async fn delete<R: Resource>(app: &App, caller: &Caller, id: i64) -> Result<(), Fault> {
    let mut change = Change::begin(app, caller).await?;
    let row = holds::row::<R>(&change, id, LockType::Update).await?;
    platform_only::<R>(caller)?;
    R::before_delete(&mut change, &row).await?;
    follow::delete::<R>(&mut change, vec![row]).await?;
    change.commit().await?;
    Ok(())
}
