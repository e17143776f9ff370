//! Deleting a record of any resource.

use proto::caller::Caller;
use sea_orm::sea_query::LockType;

use crate::{
    app::condition,
    change::Change,
    context::{App, Fault},
    follow,
    resource::Resource,
};

/// Deletes a record, if it is what `if_match` says.
///
/// # Errors
/// `Unknown`, `Precondition`, 403 with its phrase when something hangs on it, `Unauthorized`, or the database's fault.
pub async fn delete<R: Resource>(app: &App, caller: &Caller, id: i64, if_match: Option<&str>) -> Result<(), Fault> {
    let mut change = Change::begin(app, caller).await?;
    let row = condition::row::<R>(&change, id, LockType::Update, if_match).await?;
    R::before_delete(&mut change, &row).await?;
    follow::delete::<R>(&mut change, vec![row]).await?;
    change.commit().await?;
    Ok(())
}
