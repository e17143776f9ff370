//! What a record was, and who changed it (D46).

use chrono::{DateTime, Utc};
use proto::{
    caller::Caller,
    record::{Record, Value},
    refusal::Refusal,
    registry::v1::{RecordVersion, VersionsRequest},
};
use sea_orm::{ColumnTrait, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect, Value as Sql};

use crate::{
    context::{App, Fault},
    domain::differences::differences,
    resource::Resource,
    rights::{permitted, privileged},
    store::{
        entity::record_version::{self, Column},
        past::{Moment, record_of},
        stored::revision_of,
    },
};

/// So many versions are told at once, at most.
const MOST: u32 = proto::LARGEST_PAGE;

/// The versions of a record, the newest first, and whether there are more after the last one.
#[derive(Debug)]
pub struct Versions {
    /// What each changed.
    pub versions: Vec<RecordVersion>,
    /// There are more after the last one.
    pub more: bool,
}

/// Something that a record was for a time.
struct State {
    revision: i64,
    record: Record,
    from: DateTime<Utc>,
    through: Option<DateTime<Utc>>,
    deleted: bool,
}

/// Lists what a record was; deleted ones too.
///
/// # Errors
/// `Unknown`, also when it is of a CO on which the caller has no rights (D9); `Unauthorized`.
pub async fn versions<R: Resource>(app: &App, caller: &Caller, request: &VersionsRequest) -> Result<Versions, Fault> {
    privileged(caller)?;
    if !R::CHANGELOG {
        return Err(Refusal::unknown(&R::table().singular).into());
    }
    let mut states = states::<R>(app, caller, request).await?;
    R::computed(app, &mut states.iter_mut().map(|state| &mut state.record).collect::<Vec<_>>(), Moment::Present, true)
        .await?;
    let wanted = page(request) as usize;
    let nothing = Record::new(R::table());
    let befores = states.iter().skip(1).map(|state| &state.record).chain([&nothing]);
    let versions = states.iter().zip(befores).take(wanted).map(|(state, before)| version(state, before)).collect();
    Ok(Versions { versions, more: states.len() > wanted })
}

/// How many are wanted.
const fn page(request: &VersionsRequest) -> u32 {
    if request.limit == 0 || request.limit > MOST { MOST } else { request.limit }
}

/// The states that are wanted, the newest first, and one more.
async fn states<R: Resource>(app: &App, caller: &Caller, request: &VersionsRequest) -> Result<Vec<State>, Fault> {
    let tx = app.database.snapshot().await?;
    let row = R::Entity::find().filter(R::columns().named("id")?.eq(request.id)).one(&tx).await?;
    let row = permitted::<R, _>(caller, row)?;
    let mut query = record_version::Entity::find()
        .filter(Column::Resource.eq(R::table().singular.as_str()))
        .filter(Column::RecordId.eq(request.id))
        .order_by_desc(Column::Revision);
    if let Some(after) = request.after {
        query = query.filter(Column::Revision.lt(after));
    }
    let kept = query.limit(u64::from(page(request)) + 1).all(&tx).await?;
    tx.commit().await?;
    let mut states = Vec::with_capacity(kept.len() + 1);
    let now = stands::<R>(&row)?;
    if request.after.is_none_or(|after| now.revision < after) {
        states.push(now);
    }
    for version in &kept {
        states.push(State {
            revision: version.revision,
            record: record_of::<R>(version)?,
            from: version.valid_from,
            through: Some(version.valid_until),
            deleted: false,
        });
    }
    Ok(states)
}

/// What a row is now. A deletion is a revision of its own, which the row does not count.
fn stands<R: Resource>(row: &R::Row) -> Result<State, Fault> {
    let record = R::columns().record(row);
    let deleted = record.get("deleted") == Some(&Value::Bool(true));
    let from = match row.get(R::columns().named("modified")?) {
        Sql::ChronoDateTimeUtc(Some(time)) => time,
        _ => DateTime::default(),
    };
    let revision = revision_of::<R>(row)? + i64::from(deleted);
    Ok(State { revision, record, from, through: None, deleted })
}

fn version(state: &State, before: &Record) -> RecordVersion {
    let (old, new) = differences(before, &state.record);
    RecordVersion {
        revision: state.revision,
        from: Some(timestamp(state.from)),
        through: state.through.map(timestamp),
        actor_identifier: state.record.text("actor_identifier").map(str::to_owned),
        deleted: state.deleted,
        before: old.encode(),
        after: new.encode(),
    }
}

fn timestamp(time: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.timestamp(), nanos: 0 }
}
