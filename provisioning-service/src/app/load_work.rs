//! Loading what is needed for requests: their targets, what is known there, and what is true of their subjects now. As
//! few questions for a batch, however many requests it has.

use std::sync::Arc;

use proto::registry::v1::SubjectState;

use crate::{
    app::{App, guard_removals, names},
    domain::{
        eligibility::{self, Work},
        ids::TargetId,
        mode,
        outcome::ConnectorError,
        subject::Subject,
        target::Target,
    },
    store::{
        entity::request::Model,
        holders::Holder,
        keys::{self, Key},
        leases::Held,
        states::{self, Known, Place},
        targets,
    },
};

/// A request with what is needed for it.
#[derive(Clone, Debug)]
pub struct Task {
    /// The request.
    pub request: Model,
    /// Its subject.
    pub subject: Subject,
    /// Its target; absent if it was deleted.
    pub target: Option<Arc<Target>>,
    /// What is true of the subject now; absent if the registry did not say.
    pub state: Option<Arc<SubjectState>>,
    /// The group whose members alone are provisioned, if it does not exist any more.
    pub lost_group: Option<i64>,
    /// What is known of the subject at the target.
    pub known: Known,
    /// What is to be done; absent if it is not known what is true.
    pub work: Option<Work>,
    /// What the target may call it.
    pub keys: Keys,
    /// Why the guard holds it.
    pub held: Option<String>,
    /// What the target would call it cannot be written down.
    pub is_odd: bool,
    /// Another one is to be called so as well, since just now.
    pub collides: bool,
}

/// What a target may call a subject.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// As the state says now.
    pub current: Option<String>,
    /// What is written down beside the key that was applied.
    pub noted: Vec<Key>,
    /// What was written down just now for the first time: nothing that was sent is called so.
    pub fresh: Vec<String>,
    /// Something is written down, or was just now.
    pub any_noted: bool,
    /// What is to be taken away.
    pub former: Vec<String>,
    /// What were to be taken away, if another subject did not have it.
    pub shared: Vec<String>,
    /// Who else has what it is to be called now.
    pub taken: Option<Holder>,
}

impl Task {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { target_id: self.request.co_provisioning_target_id, subject: self.subject }
    }

    /// Why it cannot be carried out: another subject has its name at the target. One that is to be changed there may let go
    /// of it; one that stays does not.
    #[must_use]
    pub fn refused(&self) -> Option<ConnectorError> {
        let Holder { subject, is_moving } = self.keys.taken.as_ref()?;
        let name = format!("At this target {} {} is called so", subject.kind.title(), subject.id);
        Some(match is_moving {
            true => ConnectorError::retryable(format!(
                "{name} still; it is tried again when that one may have been changed there. Two that exchange their names \
                 need a third name in between."
            )),
            false => ConnectorError::permanent(format!(
                "{name}. Give one of the two another identifier, or provision {} {} first if it has one already, and all \
                 of the CO if it was deleted.",
                subject.kind.title(),
                subject.id
            )),
        })
    }

    /// Whether its target is called, as far as is known before: one that is disabled is not, and not for somebody who may be in
    /// a group that does not exist any more.
    #[must_use]
    pub fn is_called(&self) -> bool {
        self.target.as_deref().is_some_and(|target| mode::takes_requests(target.mode)) && !self.lacks_its_group()
    }

    /// The group whose members alone are provisioned is to say whether it is there, and does not exist any more.
    #[must_use]
    pub fn lacks_its_group(&self) -> bool {
        let (Some(target), Some(state)) = (self.target.as_deref(), self.state.as_deref()) else { return false };
        let Subject { kind, id } = self.subject;
        self.lost_group.is_some() && eligibility::is_for_the_group_to_say(target, kind, id, state)
    }

    /// As what its request is held.
    pub(super) fn held_as(&self) -> Held {
        Held { id: self.request.id, fence: self.request.fence }
    }
}

/// Why nothing could be loaded, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away(pub String);

/// Loads what is needed for requests, writes down the keys that they are to have, and asks the guard.
///
/// # Errors
/// If the database or the registry is away.
pub async fn run(app: &App, requests: Vec<Model>) -> Result<Vec<Task>, (Vec<Model>, Away)> {
    let loaded = async {
        let mut tasks = look(app, &requests).await?;
        names::note(app, &mut tasks).await.map_err(database)?;
        names::look_again(app, &mut tasks).await.map_err(database)?;
        guard_removals::run(app, &mut tasks).await.map_err(database)?;
        names::note_leaving(app, &mut tasks).await.map_err(database)?;
        Ok(tasks)
    };
    loaded.await.map_err(|away| (requests, away))
}

fn database(error: sea_orm::DbErr) -> Away {
    tracing::warn!(%error, "requests cannot be loaded");
    Away("The database cannot be used at the moment.".to_owned())
}

/// Looks at what is needed for requests, and writes nothing down.
///
/// # Errors
/// If the database or the registry is away.
pub async fn look(app: &App, requests: &[Model]) -> Result<Vec<Task>, Away> {
    let db = app.database.reader();
    let ids = requests.iter().map(|request| request.co_provisioning_target_id).collect();
    let mut targets = targets::find_many(db, ids).await.map_err(database)?;
    for target in targets.values_mut() {
        app.secrets.open(target).await;
    }
    let targets: std::collections::HashMap<TargetId, Arc<Target>> =
        targets.into_iter().map(|(id, target)| (id, Arc::new(target))).collect();
    let mut places = Vec::with_capacity(requests.len());
    for request in requests {
        let subject = request.subject().map_err(database)?;
        places.push(Place { target_id: request.co_provisioning_target_id, subject });
    }
    let known = states::find(db, &places).await.map_err(database)?;
    let mut noted = keys::find(db, &places).await.map_err(database)?;
    let there = places.iter().filter(|place| targets.contains_key(&place.target_id));
    let mut subjects: Vec<Subject> = there.map(|place| place.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let registry = |status: tonic::Status| {
        tracing::warn!(%status, "the registry cannot be asked");
        Away("The registry cannot be reached at the moment.".to_owned())
    };
    let states = app.registry.read(&subjects).await.map_err(registry)?;
    // After the states: of a group that is there now, no member was missing for want of the group.
    let mut groups: Vec<i64> = targets.values().filter_map(|target| target.provision_co_group_id).collect();
    groups.sort_unstable();
    groups.dedup();
    let groups: Vec<(&str, i64)> = groups.into_iter().map(|id| ("CoGroup", id)).collect();
    let owners = app.registry.resolve(&groups).await.map_err(registry)?;
    let states: std::collections::HashMap<Subject, Arc<SubjectState>> =
        states.into_iter().map(|(subject, state)| (subject, Arc::new(state))).collect();
    let lost_group = |target: &Arc<Target>| {
        target.provision_co_group_id.filter(|group| owners.co_of("CoGroup", *group) != Some(target.co_id))
    };
    let task = |(request, place): (&Model, &Place)| Task {
        request: request.clone(),
        subject: place.subject,
        target: targets.get(&place.target_id).cloned(),
        lost_group: targets.get(&place.target_id).and_then(lost_group),
        state: states.get(&place.subject).cloned(),
        known: known.get(place).cloned().unwrap_or_default(),
        work: None,
        keys: Keys::default(),
        held: None,
        is_odd: false,
        collides: false,
    };
    let mut tasks: Vec<Task> = requests.iter().zip(&places).map(task).collect();
    for task in &mut tasks {
        decide(app, task, noted.remove(&task.place()).unwrap_or_default());
    }
    names::find_taken(app, &mut tasks).await.map_err(database)?;
    Ok(tasks)
}

/// Decides what is to be done, and which keys are to be taken away.
fn decide(app: &App, task: &mut Task, noted: Vec<Key>) {
    let (Some(target), Some(state)) = (&task.target, &task.state) else { return };
    let work = eligibility::decide(target, task.subject.kind, task.subject.id, state);
    let connector = app.connectors.get(&target.plugin);
    let current = connector.and_then(|connector| connector.key(target, task.subject, state));
    // One that cannot would keep all that are loaded with it.
    task.is_odd = work == Work::Apply && current.as_ref().is_some_and(|key| !keys::is_plain(key));
    let current = current.filter(|key| keys::is_plain(key));
    let all = noted.iter().map(|noted| &noted.key).chain(&task.known.key).chain(&current);
    let stays = current.as_ref().filter(|_| work == Work::Apply);
    let mut former: Vec<String> = all.filter(|key| Some(*key) != stays).cloned().collect();
    former.sort_unstable();
    former.dedup();
    task.work = Some(work);
    task.keys = Keys { current, noted, former, ..Keys::default() };
}
