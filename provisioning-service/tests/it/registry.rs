//! A registry that says what a test tells it to.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use proto::registry::v1::{
    CoEmailList, CoGroup, CoPerson, EmailListState, GroupState, Identifier, LastChangeResponse, ListMembersRequest,
    ListMembersResponse, ListSubjectsRequest, ListSubjectsResponse, PersonState, Provisionable, ReadSubjectsRequest,
    ReadSubjectsResponse, ResolveRequest, ResolveResponse, Resolved, Status as PersonStatus, Subject, SubjectKind,
    SubjectState, SuspendableStatus,
    subject_state::Data,
    subjects_server::{Subjects, SubjectsServer},
};
use service_kit::rpc::Channel;
use tonic::{Request, Response, Status, service::Routes};

#[derive(Debug, Default)]
struct World {
    owners: BTreeMap<(String, i64), i64>,
    states: BTreeMap<(i32, i64), SubjectState>,
    members: BTreeMap<i64, Vec<i64>>,
    cous: BTreeMap<i64, Vec<i64>>,
    reads: BTreeMap<(i32, i64), usize>,
    told_at: Option<prost_types::Timestamp>,
}

/// The registry of a test.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    world: Arc<Mutex<World>>,
    away: Arc<AtomicBool>,
}

fn resource(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::CoPerson => "CoPerson",
        SubjectKind::CoGroup => "CoGroup",
        SubjectKind::CoEmailList => "CoEmailList",
        SubjectKind::CoService => "CoService",
        SubjectKind::Unspecified => "",
    }
}

impl Registry {
    pub(crate) fn channel(&self) -> Channel {
        Channel::in_process(Routes::new(SubjectsServer::new(self.clone())))
    }

    pub(crate) fn is_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Sets the time that it tells with whose records are; without, it is an older one that tells none.
    pub(crate) fn is_told_at(&self, time: chrono::DateTime<chrono::Utc>) {
        self.world.lock().unwrap().told_at = Some(proto::time::moment(time));
    }

    pub(crate) fn own(&self, resource: &str, id: i64, co: i64) {
        self.world.lock().unwrap().owners.insert((resource.to_owned(), id), co);
    }

    /// Sets what is true of a subject, and whose it is.
    pub(crate) fn set(&self, kind: SubjectKind, id: i64, co: i64, revision: i64, data: Option<Data>) {
        let subject = Some(Subject { kind: kind.into(), id });
        let state = SubjectState { subject, co_id: co, revision, exists: data.is_some(), data };
        let exists = state.exists;
        let mut world = self.world.lock().unwrap();
        world.states.insert((kind.into(), id), state);
        let key = (resource(kind).to_owned(), id);
        if exists {
            world.owners.insert(key, co);
        } else {
            world.owners.remove(&key);
        }
    }

    pub(crate) fn person(&self, id: i64, co: i64, revision: i64, provisionable: Provisionable) {
        self.set(SubjectKind::CoPerson, id, co, revision, Some(Data::Person(person(id, co, provisionable))));
    }

    /// A person with an identifier.
    pub(crate) fn named(&self, id: i64, co: i64, revision: i64, identifier: &str) {
        let mut person = person(id, co, Provisionable::Everything);
        person.identifiers.iter_mut().for_each(|one| one.identifier = Some(identifier.to_owned()));
        self.set(SubjectKind::CoPerson, id, co, revision, Some(Data::Person(person)));
    }

    pub(crate) fn group(&self, id: i64, co: i64) {
        let status = Some(SuspendableStatus::Active.into());
        let group =
            CoGroup { id: Some(id), co_id: Some(co), status, name: Some(format!("g{id}")), ..CoGroup::default() };
        let state = GroupState { co_group: Some(group), ..GroupState::default() };
        self.set(SubjectKind::CoGroup, id, co, 1, Some(Data::Group(state)));
    }

    pub(crate) fn email_list(&self, id: i64, co: i64) {
        let list = CoEmailList { id: Some(id), co_id: Some(co), ..CoEmailList::default() };
        let state = EmailListState { co_email_list: Some(list) };
        self.set(SubjectKind::CoEmailList, id, co, 1, Some(Data::EmailList(state)));
    }

    pub(crate) fn gone(&self, kind: SubjectKind, id: i64, co: i64, revision: i64) {
        self.set(kind, id, co, revision, None);
    }

    pub(crate) fn in_cou(&self, cou: i64, co: i64, people: &[i64]) {
        self.own("Cou", cou, co);
        self.world.lock().unwrap().cous.insert(cou, people.to_vec());
    }

    /// Who is in a group, as it is listed.
    pub(crate) fn members(&self, group: i64, people: &[i64]) {
        self.world.lock().unwrap().members.insert(group, people.to_vec());
    }

    /// How often the state of a subject was read.
    pub(crate) fn reads(&self, kind: SubjectKind, id: i64) -> usize {
        self.world.lock().unwrap().reads.get(&(kind.into(), id)).copied().unwrap_or_default()
    }

    fn there(&self) -> Result<std::sync::MutexGuard<'_, World>, Status> {
        if self.away.load(Ordering::SeqCst) {
            return Err(Status::unavailable("away"));
        }
        Ok(self.world.lock().unwrap())
    }
}

pub(crate) fn person(id: i64, co: i64, provisionable: Provisionable) -> PersonState {
    let everything = provisionable == Provisionable::Everything;
    let status = if everything { PersonStatus::Active } else { PersonStatus::Pending };
    let identifier = Identifier {
        identifier: Some(format!("p{id}@example.org")),
        r#type: Some("eppn".to_owned()),
        ..Identifier::default()
    };
    PersonState {
        co_person: Some(CoPerson { id: Some(id), co_id: Some(co), status: Some(status.into()), ..CoPerson::default() }),
        provisionable: provisionable.into(),
        identifiers: if everything { vec![identifier] } else { Vec::new() },
        ..PersonState::default()
    }
}

#[tonic::async_trait]
impl Subjects for Registry {
    async fn last_change(&self, _: Request<Subject>) -> Result<Response<LastChangeResponse>, Status> {
        drop(self.there()?);
        Ok(Response::new(LastChangeResponse::default()))
    }

    async fn resolve(&self, request: Request<ResolveRequest>) -> Result<Response<ResolveResponse>, Status> {
        let world = self.there()?;
        let ResolveRequest { references, with_time } = request.into_inner();
        let found = references.into_iter().filter_map(|reference| {
            let co_id = *world.owners.get(&(reference.resource.clone(), reference.id))?;
            Some(Resolved { resource: reference.resource, id: reference.id, co_id })
        });
        Ok(Response::new(ResolveResponse { found: found.collect(), told_at: world.told_at.filter(|_| with_time) }))
    }

    async fn read(&self, request: Request<ReadSubjectsRequest>) -> Result<Response<ReadSubjectsResponse>, Status> {
        let mut world = self.there()?;
        let states = request.into_inner().subjects.into_iter().map(|subject| {
            *world.reads.entry((subject.kind, subject.id)).or_default() += 1;
            let known = world.states.get(&(subject.kind, subject.id)).cloned();
            known.unwrap_or(SubjectState { subject: Some(subject), ..SubjectState::default() })
        });
        Ok(Response::new(ReadSubjectsResponse { states: states.collect() }))
    }

    async fn list(&self, request: Request<ListSubjectsRequest>) -> Result<Response<ListSubjectsResponse>, Status> {
        let world = self.there()?;
        let request = request.into_inner();
        let after = request.after.map(|subject| (subject.kind, subject.id)).unwrap_or_default();
        let in_cou = |kind: i32, id: &i64| {
            request.cou_id.is_none_or(|cou| {
                kind == i32::from(SubjectKind::CoPerson)
                    && world.cous.get(&cou).is_some_and(|people| people.contains(id))
            })
        };
        let subjects = world
            .states
            .iter()
            .filter(|((kind, id), state)| {
                state.exists && state.co_id == request.co_id && (*kind, *id) > after && in_cou(*kind, id)
            })
            .map(|((kind, id), _)| Subject { kind: *kind, id: *id })
            .take(request.limit as usize);
        Ok(Response::new(ListSubjectsResponse { subjects: subjects.collect() }))
    }

    async fn list_members(
        &self,
        request: Request<ListMembersRequest>,
    ) -> Result<Response<ListMembersResponse>, Status> {
        let members = self.there()?.members.get(&request.into_inner().co_group_id).cloned().unwrap_or_default();
        Ok(Response::new(ListMembersResponse { co_person_ids: members, more: false }))
    }

    async fn list_owners(&self, request: Request<ListMembersRequest>) -> Result<Response<ListMembersResponse>, Status> {
        self.list_members(request).await
    }
}
