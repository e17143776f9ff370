//! Loading what is needed for requests: their targets, what is known there, and what is true of their subjects now. As
//! few questions for a batch, however many requests it has.
//!
//! The keys that subjects are to have at their targets are written down here, before anything is called: a key that was
//! sent once is never lost, whatever becomes of the call.

use std::sync::Arc;

use proto::registry::v1::SubjectState;
use service_kit::planted::{self, Bug};

use crate::{
    app::{App, guard_removals},
    domain::{
        eligibility::{self, Work},
        ids::TargetId,
        outcome::ConnectorError,
        subject::Subject,
        target::Target,
    },
    store::{
        awaited,
        claim::Held,
        entity::request::Model,
        keys::{self, Holder, Key},
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

    /// As what its request is held.
    fn held_as(&self) -> Held {
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
        note(app, &mut tasks).await.map_err(database)?;
        look_again(app, &mut tasks).await.map_err(database)?;
        guard_removals::run(app, &mut tasks).await.map_err(database)?;
        note_leaving(app, &mut tasks).await.map_err(database)?;
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
    find_taken(app, &mut tasks).await.map_err(database)?;
    Ok(tasks)
}

/// Finds out who has what a subject is to be called. What it was called so far is its own, whoever else had it once.
async fn find_taken(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let wanted = |task: &Task| {
        let key = task.keys.current.clone().filter(|_| task.work == Some(Work::Apply))?;
        (task.known.key.as_ref() != Some(&key)).then_some((task.place(), Key { key, wanted: true }))
    };
    let keys: Vec<(Place, Key)> = tasks.iter().filter_map(wanted).collect();
    let mut holders = keys::holders(app.database.writer(), &keys).await?;
    // Of those that are loaded together and are to be called the same, the first is.
    let mut first = std::collections::HashMap::new();
    for task in tasks {
        let Some((place, Key { key, .. })) = wanted(task) else { continue };
        task.keys.taken = holders.remove(&(place, key.clone()));
        if task.keys.taken.is_none() {
            let same = first.entry((place.target_id, key)).or_insert(place.subject);
            task.keys.taken = (*same != place.subject).then_some(Holder { subject: *same, is_moving: true });
        }
    }
    Ok(())
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

/// Writes down the keys that are new.
async fn note(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let mut intended = Vec::new();
    for task in &mut *tasks {
        let new = new_keys(task);
        task.keys.any_noted = !task.keys.noted.is_empty() || !new.is_empty();
        intended.extend(new.into_iter().map(|(place, key)| (task.held_as(), place, key)));
    }
    if !planted::is(Bug::KeyAfterSuccess) {
        keys::intend_by(app.database.writer(), &intended).await?;
    }
    // After that: a name that nobody has is waited for by nobody.
    let waits = |task: &Task| {
        let key = task.keys.current.clone().filter(|_| task.keys.taken.is_some())?;
        Some((task.held_as(), task.place(), key))
    };
    let waiting: Vec<(Held, Place, String)> = tasks.iter().filter_map(waits).collect();
    awaited::wait(app.database.writer(), &waiting).await?;
    share(app, tasks).await
}

/// Looks once more at who has the names that were just written down: of two that looked at once each sees the other one now. What
/// was written down is taken back, and both try again in a moment.
async fn look_again(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let is_new = |task: &Task| {
        let key = task.keys.current.clone().filter(|_| task.work == Some(Work::Apply) && task.keys.taken.is_none())?;
        let before = task.known.key.as_ref() == Some(&key) || task.keys.noted.iter().any(|noted| noted.key == key);
        (!before).then_some((task.place(), Key { key, wanted: true }))
    };
    let noted: Vec<(Place, Key)> = tasks.iter().filter_map(is_new).collect();
    let holders = keys::holders(app.database.writer(), &noted).await?;
    let mut unsent = Vec::new();
    for task in tasks {
        if let Some((place, key)) = is_new(task)
            && holders.contains_key(&(place, key.key.clone()))
        {
            unsent.push((task.held_as(), place, key));
            task.collides = true;
        }
    }
    keys::withdraw(app.database.writer(), &unsent).await
}

/// Writes down the keys that are about to be taken away: whoever fills a group meanwhile does not count them any more. What
/// the guard holds stays.
async fn note_leaving(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let mut leaving = Vec::new();
    for task in tasks.iter_mut().filter(|task| task.work == Some(Work::Remove) && task.held.is_none()) {
        let Some(key) = task.known.key.clone() else { continue };
        let noted = Key { key, wanted: false };
        if !task.keys.noted.contains(&noted) {
            task.keys.any_noted = true;
            leaving.push((task.held_as(), task.place(), noted));
        }
    }
    keys::intend_by(app.database.writer(), &leaving).await
}

/// Finds out which of the keys to be taken away another subject has.
///
/// # Errors
/// Those of the database.
pub async fn share(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let former = |task: &Task| {
        let place = task.place();
        task.keys.former.clone().into_iter().map(move |key| (place, Key { key, wanted: false }))
    };
    let candidates: Vec<(Place, Key)> = tasks.iter().flat_map(former).collect();
    let of_others = keys::of_others(app.database.writer(), &candidates).await?;
    for task in tasks {
        let place = task.place();
        let former = std::mem::take(&mut task.keys.former);
        (task.keys.shared, task.keys.former) =
            former.into_iter().partition(|key| of_others.contains(&(place, key.clone())));
    }
    Ok(())
}

/// What is to be written down of the keys of a task: nothing if the key is the one that was applied.
fn new_keys(task: &Task) -> Vec<(Place, Key)> {
    let (keys, place) = (&task.keys, task.place());
    let wanted = keys.current.as_ref().filter(|_| task.work == Some(Work::Apply) && keys.taken.is_none());
    let mut new: Vec<(Place, Key)> = Vec::new();
    for noted in keys.noted.iter().filter(|noted| noted.wanted && Some(&noted.key) != wanted) {
        new.push((place, Key { key: noted.key.clone(), wanted: false }));
    }
    let is_new = |key: &&String| {
        // Who was about to go, and stays, has the key that was applied again.
        let leaving = keys.noted.iter().any(|noted| !noted.wanted && noted.key == **key);
        leaving || task.known.key.as_ref() != Some(*key)
    };
    if let Some(key) = wanted.filter(is_new) {
        let noted = Key { key: key.clone(), wanted: true };
        if !keys.noted.contains(&noted) {
            new.push((place, noted));
        }
    }
    new
}
