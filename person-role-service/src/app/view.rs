//! Viewing a record of any resource.

use proto::{caller::Caller, record::Record};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    context::{App, Fault},
    resource::Resource,
    rights::{permitted, privileged},
    store::stored::live,
};

/// The record with an id.
///
/// # Errors
/// `Unknown`, also when it is of a CO on which the caller has no rights (D9); `Unauthorized`.
pub async fn view<R: Resource>(app: &App, caller: &Caller, id: i64) -> Result<Record, Fault> {
    privileged(caller)?;
    let query = live::<R>(R::Entity::find().filter(R::columns().named("id")?.eq(id)))?;
    let row = permitted::<R>(caller, query.one(app.database.reader()).await?)?;
    Ok(R::columns().record(&row))
}
