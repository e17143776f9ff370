//! Loading what is needed for requests: their targets, what is known there, and what is true of their subjects now. As
//! few questions for a batch, however many requests it has.

use std::sync::Arc;

use proto::registry::v1::SubjectState;

use crate::{
    app::App,
    domain::{mode, subject::Subject, target::Target},
    store::{
        entity::request::Model,
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
}

/// Why nothing could be loaded, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away(pub String);

/// Loads what is needed for requests.
///
/// # Errors
/// If the database or the registry is away.
pub async fn run(app: &App, requests: Vec<Model>) -> Result<Vec<Task>, (Vec<Model>, Away)> {
    match load(app, &requests).await {
        Ok(tasks) => Ok(tasks),
        Err(away) => Err((requests, away)),
    }
}

async fn load(app: &App, requests: &[Model]) -> Result<Vec<Task>, Away> {
    let database = |error: sea_orm::DbErr| {
        tracing::warn!(%error, "requests cannot be loaded");
        Away("The database cannot be used at the moment.".to_owned())
    };
    let db = app.database.reader();
    let ids = requests.iter().map(|request| request.co_provisioning_target_id).collect();
    let targets = targets::find_many(db, ids).await.map_err(database)?;
    let targets: std::collections::HashMap<i64, Arc<Target>> =
        targets.into_iter().map(|(id, target)| (id, Arc::new(target))).collect();
    let mut places = Vec::with_capacity(requests.len());
    for request in requests {
        let subject = request.subject().map_err(database)?;
        places.push(Place { target_id: request.co_provisioning_target_id, subject });
    }
    let known = states::find(db, &places).await.map_err(database)?;
    let mut subjects: Vec<Subject> = places
        .iter()
        .filter(|place| targets.get(&place.target_id).is_some_and(|target| mode::takes_requests(target.mode)))
        .map(|place| place.subject)
        .collect();
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
    };
    Ok(requests.iter().zip(&places).map(task).collect())
}
