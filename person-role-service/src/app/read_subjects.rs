//! The present state of subjects, as far as it may be passed on (provisioning-engine.md §3).
//!
//! Guarantee: a state and its revision belong together: states that differ have different revisions, and the newer one the
//! greater. Mechanism: all is read in one snapshot of the database, the time included. Many subjects are read at once: the
//! number of statements does not depend on how many they are.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use proto::registry::v1::{
    EmailListState, ReadSubjectsRequest, ServiceState, Subject, SubjectKind, SubjectState, subject_state::Data,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use service_kit::rows::among;

use crate::{
    context::{App, Fault},
    domain::ids::{self, EmailListId, GroupId, PersonId, ServiceId},
    store::{
        entity::{co_email_list::CoEmailLists, co_service::CoServices},
        stored::{Stored, co_of, id_of, live},
        time::told_until,
    },
};

mod groups;
mod org_identities;
mod people;

/// A snapshot of the registry.
struct Snapshot {
    tx: DatabaseTransaction,
    now: DateTime<Utc>,
    revisions: HashMap<(i64, i64), i64>,
}

/// Reads subjects, in the order asked.
///
/// # Errors
/// Those of the database.
pub async fn read_subjects(app: &App, request: &ReadSubjectsRequest) -> Result<Vec<SubjectState>, Fault> {
    let of_former = request.contract < proto::SUBJECTS_CONTRACT;
    if !of_former {
        app.floor.lay(app.database.writer()).await?;
    }
    let tx = app.database.snapshot().await?;
    let revisions = app.floor.revisions(&tx, &known(&request.subjects)).await?;
    let now = told_until(&tx, &app.clock).await?;
    let snapshot = Snapshot { tx, now, revisions };
    let mut states: HashMap<(i32, i64), SubjectState> = HashMap::new();
    let ids = |kind: SubjectKind| -> Vec<i64> {
        request.subjects.iter().filter(|subject| subject.kind() == kind).map(|subject| subject.id).collect()
    };
    let people = people::read(&snapshot, ids(SubjectKind::CoPerson)).await?;
    let groups = groups::read(&snapshot, ids(SubjectKind::CoGroup), of_former).await?;
    let list = |row| Data::EmailList(EmailListState { co_email_list: Some(row) });
    let lists = rows::<CoEmailLists>(&snapshot, SubjectKind::CoEmailList, ids(SubjectKind::CoEmailList), list).await?;
    let service = |row| Data::Service(ServiceState { co_service: Some(row) });
    let services = rows::<CoServices>(&snapshot, SubjectKind::CoService, ids(SubjectKind::CoService), service).await?;
    snapshot.tx.rollback().await?;
    for state in people.into_iter().chain(groups).chain(lists).chain(services) {
        if let Some(subject) = state.subject {
            states.insert((subject.kind, subject.id), state);
        }
    }
    let state_of = |subject: &Subject| {
        let read = states.get(&(subject.kind, subject.id)).cloned();
        read.unwrap_or_else(|| SubjectState { subject: Some(*subject), ..SubjectState::default() })
    };
    Ok(request.subjects.iter().map(state_of).collect())
}

/// The subjects that have revisions.
fn known(subjects: &[Subject]) -> Vec<ids::Subject> {
    let known = subjects.iter().filter_map(|subject| match subject.kind() {
        SubjectKind::CoPerson => Some(ids::Subject::Person(PersonId(subject.id))),
        SubjectKind::CoGroup => Some(ids::Subject::Group(GroupId(subject.id))),
        SubjectKind::CoEmailList => Some(ids::Subject::EmailList(EmailListId(subject.id))),
        SubjectKind::CoService => Some(ids::Subject::Service(ServiceId(subject.id))),
        SubjectKind::Unspecified => None,
    });
    known.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

impl Snapshot {
    /// The live rows of a resource with one of some ids in a column, by id.
    async fn rows<S: Stored>(&self, column: &str, ids: &[i64]) -> Result<Vec<S::Row>, Fault> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let query = S::Entity::find()
            .filter(among(self.tx.get_database_backend(), S::columns().named(column)?, ids))
            .order_by_asc(S::columns().named("id")?);
        Ok(live::<S>(query)?.all(&self.tx).await?)
    }

    /// A state with the revision of its subject, still without data.
    fn state(&self, kind: SubjectKind, id: i64) -> SubjectState {
        SubjectState {
            subject: Some(Subject { kind: kind.into(), id }),
            revision: self.revisions.get(&(i64::from(i32::from(kind)), id)).copied().unwrap_or_default(),
            ..SubjectState::default()
        }
    }

    /// The states of those that are not there.
    fn gone(&self, kind: SubjectKind, ids: &[i64], there: &[i64]) -> Vec<SubjectState> {
        let there: HashSet<i64> = there.iter().copied().collect();
        ids.iter().filter(|id| !there.contains(id)).map(|id| self.state(kind, *id)).collect()
    }
}

fn message<S: Stored>(row: &S::Row) -> S::Message {
    S::columns().record(row).to_message().unwrap_or_default()
}

/// The state of subjects that are passed on as the row that they are.
async fn rows<S: Stored>(
    snapshot: &Snapshot,
    kind: SubjectKind,
    ids: Vec<i64>,
    data: fn(S::Message) -> Data,
) -> Result<Vec<SubjectState>, Fault> {
    let rows = snapshot.rows::<S>("id", &ids).await?;
    let there = rows.iter().map(id_of::<S>).collect::<Result<Vec<i64>, _>>()?;
    let mut states = snapshot.gone(kind, &ids, &there);
    for (row, id) in rows.iter().zip(there) {
        states.push(SubjectState {
            co_id: co_of::<S>(row)?.unwrap_or_default(),
            exists: true,
            data: Some(data(message::<S>(row))),
            ..snapshot.state(kind, id)
        });
    }
    Ok(states)
}
