//! Viewing records of any resource.

use std::collections::{BTreeSet, HashMap};

use proto::{caller::Caller, record::Record, refusal::Refusal};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use service_kit::rows::{among, tag::tag};

use crate::{
    app::moment,
    context::{App, Fault},
    resource::Resource,
    rights::{permitted, privileged},
    store::{
        past::{self, Moment},
        stored::{id_of, live},
    },
};

/// The record with an id.
///
/// # Errors
/// `Unknown`, also when it is of a CO on which the caller has no rights (D9); `Unauthorized`.
pub async fn view<R: Resource>(app: &App, caller: &Caller, id: i64) -> Result<Record, Fault> {
    view_as_of::<R>(app, caller, id, None).await
}

/// The record with an id, as it was at the end of a second if one is given, in seconds since 1970 (D45).
///
/// # Errors
/// As [`view`]; `InvalidFields` for a time that is to come.
pub async fn view_as_of<R: Resource>(app: &App, caller: &Caller, id: i64, as_of: Option<i64>) -> Result<Record, Fault> {
    let moment = moment::of(app, as_of).await?;
    let mut record = match moment {
        Moment::Present => shown::<R>(&rows_of::<R>(app, [id]).await?, caller, id)?.record,
        Moment::Before(_) => was::<R>(app, caller, id, moment).await?,
    };
    R::computed(app, &mut [&mut record], moment, true).await?;
    Ok(record)
}

/// A record, as it is shown to somebody.
#[derive(Debug)]
pub struct Seen {
    /// The record.
    pub record: Record,
    /// The tag of what is stored of it (D43).
    pub tag: String,
    /// What is shown follows from other records too.
    pub computed: bool,
}

/// Records by their ids, each for who asks for it, in one statement.
///
/// # Errors
/// Those of the database, which all share; within, for each what [`view`] says.
pub async fn view_many<R: Resource>(app: &App, wanted: &[(Caller, i64)]) -> Result<Vec<Result<Seen, Fault>>, Fault> {
    let rows = rows_of::<R>(app, wanted.iter().map(|(_, id)| *id)).await?;
    let mut seen: Vec<_> = wanted.iter().map(|(caller, id)| shown::<R>(&rows, caller, *id)).collect();
    let mut records: Vec<_> = seen.iter_mut().flatten().map(|seen| &mut seen.record).collect();
    R::computed(app, &mut records, Moment::Present, true).await?;
    Ok(seen)
}

type Rows<R> = HashMap<i64, <R as crate::store::stored::Stored>::Row>;

async fn rows_of<R: Resource>(app: &App, ids: impl IntoIterator<Item = i64>) -> Result<Rows<R>, Fault> {
    let ids: BTreeSet<i64> = ids.into_iter().collect();
    let db = app.database.reader();
    let these = among(db.get_database_backend(), R::columns().named("id")?, &ids);
    let rows = live::<R>(R::Entity::find().filter(these))?.all(db).await?;
    Ok(rows.into_iter().map(|row| Ok((id_of::<R>(&row)?, row))).collect::<Result<_, sea_orm::DbErr>>()?)
}

fn shown<R: Resource>(rows: &Rows<R>, caller: &Caller, id: i64) -> Result<Seen, Fault> {
    privileged(caller)?;
    let row = permitted::<R, _>(caller, rows.get(&id))?;
    Ok(Seen { record: R::columns().record(row), tag: tag(row), computed: R::is_computed(row) })
}

/// A record as it was. Its own row is read first, as [`past`] has it, and says whose it is, deleted or not.
async fn was<R: Resource>(app: &App, caller: &Caller, id: i64, moment: Moment) -> Result<Record, Fault> {
    privileged(caller)?;
    let db = app.database.reader();
    let row = R::Entity::find().filter(R::columns().named("id")?.eq(id)).one(db).await?;
    permitted::<R, _>(caller, row)?;
    let this = |shelf: past::Shelf| past::this(shelf, id);
    let found = past::all::<R, _>(db, moment, this).await?.pop();
    Ok(found.ok_or_else(|| Refusal::unknown(&R::table().singular))?)
}
