//! Carrying out a batch of claimed requests.

use std::{panic::AssertUnwindSafe, sync::Arc};

use chrono::{DateTime, Utc};
use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use service_kit::{points, rpc::in_trace};
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    app::{
        expand_request,
        load_work::{self, Task},
        record_outcomes::Finished,
    },
    connector::{Connector, Job},
    domain::{
        action,
        eligibility::{self, Work},
        mode,
        outcome::{Attempt, ConnectorError},
        subject::Subject,
        target::Target,
    },
    store::{claim::Held, entity::request::Model},
    worker::{Shared, hand_in},
};

type Claimed = (Model, OwnedSemaphorePermit);

/// Carries out claimed requests; each is handed to the recorder when it has ended.
pub(super) async fn run(shared: Shared, claimed: Vec<Claimed>) {
    points::reach("after claim").await;
    let (mut many, mut single) = (Vec::new(), Vec::new());
    for claimed in claimed {
        match claimed.0.subject() {
            Ok(subject) if subject.kind.is_many() => many.push(claimed),
            Ok(_) => single.push(claimed),
            // Written by a newer program, which will take it when the lease has run out.
            Err(error) => {
                tracing::warn!(%error, request.id = claimed.0.id, "a request is not understood");
                let_go(&shared, &claimed.0);
            }
        }
    }
    let expansions: FuturesUnordered<_> = many.into_iter().map(|claimed| expand(&shared, claimed)).collect();
    tokio::join!(expansions.collect::<()>(), carry_out_all(&shared, single));
}

fn let_go(shared: &Shared, request: &Model) {
    shared.pace.leave(request.co_provisioning_target_id);
    shared.leases.let_go(Held { id: request.id, fence: request.fence });
}

async fn expand(shared: &Shared, (request, room): Claimed) {
    let started = shared.app.clock.now();
    let span = tracing::info_span!("expand", request.id = request.id, trace_id = tracing::field::Empty);
    let result = in_trace(span, request.traceparent.as_deref(), expand_request::run(&shared.app, &request)).await;
    let left = match result {
        Ok(left) => left,
        Err(error) => {
            tracing::warn!(%error, request.id, "a request for many cannot be expanded");
            Some(Attempt::Postponed("The database cannot be used at the moment.".to_owned()))
        }
    };
    match (left, request.subject()) {
        (Some(attempt), Ok(subject)) => {
            let ended = shared.app.clock.now();
            hand_in(shared, Finished { request, subject, target: None, started, ended, attempt }, room);
        }
        _ => let_go(shared, &request),
    }
}

async fn carry_out_all(shared: &Shared, claimed: Vec<Claimed>) {
    if claimed.is_empty() {
        return;
    }
    let (requests, rooms): (Vec<_>, Vec<_>) = claimed.into_iter().unzip();
    match load_work::run(&shared.app, requests).await {
        Ok(tasks) => {
            let running: FuturesUnordered<_> =
                tasks.into_iter().zip(rooms).map(|(task, room)| finish(shared, task, room)).collect();
            running.collect::<()>().await;
        }
        Err((requests, away)) => {
            for (request, room) in requests.into_iter().zip(rooms) {
                postpone(shared, request, room, &away.0);
            }
        }
    }
}

fn postpone(shared: &Shared, request: Model, room: OwnedSemaphorePermit, why: &str) {
    let Ok(subject) = request.subject() else { return };
    let now = shared.app.clock.now();
    let attempt = Attempt::Postponed(why.to_owned());
    hand_in(shared, Finished { request, subject, target: None, started: now, ended: now, attempt }, room);
}

async fn finish(shared: &Shared, task: Task, room: OwnedSemaphorePermit) {
    let started = shared.app.clock.now();
    let attempt = match ready(shared, &task) {
        Err(attempt) => attempt,
        Ok((target, connector)) => call(shared, &task, target, connector, started).await,
    };
    let Task { request, subject, target, .. } = task;
    let ended = shared.app.clock.now();
    hand_in(shared, Finished { request, subject, target, started, ended, attempt }, room);
}

/// Whether there is something to be done still.
fn ready<'a>(shared: &'a Shared, task: &'a Task) -> Result<(&'a Target, &'a Arc<dyn Connector>), Attempt> {
    let target = task.target.as_deref().ok_or_else(|| Attempt::CalledOff("The target was deleted.".to_owned()))?;
    if !mode::takes_requests(target.mode) {
        return Err(Attempt::CalledOff("The target is disabled.".to_owned()));
    }
    let connector = shared.app.connectors.get(&target.plugin).ok_or_else(|| {
        Attempt::Broke(ConnectorError::permanent(format!("This server has no plugin {}.", target.plugin)))
    })?;
    Ok((target, connector))
}

async fn call(
    shared: &Shared,
    task: &Task,
    target: &Target,
    connector: &Arc<dyn Connector>,
    now: DateTime<Utc>,
) -> Attempt {
    let Some(_turn) = shared.pace.turn(target.id).await else {
        return Attempt::Postponed("The target is busy with other requests.".to_owned());
    };
    let Ok(_call) = shared.calls.acquire().await else {
        return Attempt::Postponed("The server is stopping.".to_owned());
    };
    let span = tracing::info_span!(
        "provision",
        request.id = task.request.id,
        target.id = target.id,
        plugin = %target.plugin,
        subject.kind = task.subject.kind.code(),
        subject.id = task.subject.id,
        trace_id = tracing::field::Empty,
    );
    let work = AssertUnwindSafe(attempt(task, target, connector.as_ref(), now)).catch_unwind();
    in_trace(span, task.request.traceparent.as_deref(), work).await.unwrap_or_else(|_panic| {
        tracing::error!(request.id = task.request.id, plugin = %target.plugin, "a connector broke");
        Attempt::Broke(ConnectorError::retryable("The connector broke; the log of the server tells more."))
    })
}

async fn attempt(task: &Task, target: &Target, connector: &dyn Connector, now: DateTime<Utc>) -> Attempt {
    let Some(state) = task.state.as_deref() else {
        return Attempt::Postponed("The registry did not say what is true of the subject.".to_owned());
    };
    // What was never there has no revision; that it is gone is always news.
    if state.revision < task.known.revision && (state.exists || state.revision > 0) {
        return Attempt::Outdated;
    }
    let Subject { kind, id } = task.subject;
    let work = eligibility::decide(target, kind, id, state);
    if let Some(group) = task.lost_group
        && eligibility::is_for_the_group_to_say(target, kind, id, state)
    {
        // A group that was deleted would take everybody away from the target, one change after the other.
        return Attempt::Broke(ConnectorError::permanent(format!(
            "The provisioning group {group} of this target does not exist any more; set or clear ProvisionCoGroupId."
        )));
    }
    let action = match work {
        Work::Apply => task.request.action.clone().unwrap_or_else(|| action::of_request(kind)),
        Work::Remove => action::of_removal(kind),
    };
    let job =
        Job { target, subject: task.subject, state, action: &action, previous_key: task.known.key.as_deref(), now };
    points::reach("before the call").await;
    let result = points::during("in the call", async {
        match work {
            Work::Apply => connector.apply(&job).await,
            Work::Remove => connector.remove(&job).await,
        }
    });
    let result = result.await;
    points::reach("after the call").await;
    match result {
        Ok(applied) => {
            tracing::debug!(?work, "the target was provisioned");
            Attempt::Done { work, applied, revision: state.revision.max(task.known.revision) }
        }
        Err(error) => {
            tracing::info!(%error, ?work, "the target could not be provisioned");
            Attempt::Broke(error)
        }
    }
}
