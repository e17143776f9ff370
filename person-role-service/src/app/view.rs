//! Viewing records of any resource.

use std::collections::{BTreeSet, HashMap};

use proto::{caller::Caller, record::Record};
use sea_orm::{EntityTrait, QueryFilter};
use service_kit::rows::among;

use crate::{
    context::{App, Fault},
    resource::Resource,
    rights::{permitted, privileged},
    store::stored::{id_of, live},
};

/// The record with an id.
///
/// # Errors
/// `Unknown`, also when it is of a CO on which the caller has no rights (D9); `Unauthorized`.
pub async fn view<R: Resource>(app: &App, caller: &Caller, id: i64) -> Result<Record, Fault> {
    let rows = rows_of::<R>(app, [id]).await?;
    let mut record = shown::<R>(&rows, caller, id)?;
    R::computed(app, &mut [&mut record], true).await?;
    Ok(record)
}

/// Records by their ids, each for who asks for it, in one statement.
///
/// # Errors
/// Those of the database, which all share; within, for each what [`view`] says.
pub async fn view_many<R: Resource>(app: &App, wanted: &[(Caller, i64)]) -> Result<Vec<Result<Record, Fault>>, Fault> {
    let rows = rows_of::<R>(app, wanted.iter().map(|(_, id)| *id)).await?;
    let mut records: Vec<_> = wanted.iter().map(|(caller, id)| shown::<R>(&rows, caller, *id)).collect();
    R::computed(app, &mut records.iter_mut().flatten().collect::<Vec<_>>(), true).await?;
    Ok(records)
}

type Rows<R> = HashMap<i64, <R as crate::store::stored::Stored>::Row>;

async fn rows_of<R: Resource>(app: &App, ids: impl IntoIterator<Item = i64>) -> Result<Rows<R>, Fault> {
    let ids: BTreeSet<i64> = ids.into_iter().collect();
    let db = app.database.reader();
    let these = among(db.get_database_backend(), R::columns().named("id")?, &ids);
    let rows = live::<R>(R::Entity::find().filter(these))?.all(db).await?;
    Ok(rows.into_iter().map(|row| Ok((id_of::<R>(&row)?, row))).collect::<Result<_, sea_orm::DbErr>>()?)
}

fn shown<R: Resource>(rows: &Rows<R>, caller: &Caller, id: i64) -> Result<Record, Fault> {
    privileged(caller)?;
    Ok(R::columns().record(permitted::<R, _>(caller, rows.get(&id))?))
}
