//! Carrying out a batch of claimed requests.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use service_kit::{points, rpc::in_trace};
use tokio::time::Instant;

use crate::{
    app::{
        App, expand_request,
        load_work::{self, Task},
        names,
        record_outcomes::Finished,
        surroundings::Surroundings,
    },
    connector::{Beside, Connector, Job, Number},
    domain::{
        action,
        eligibility::Work,
        ids::TargetId,
        mode,
        outcome::{Attempt, ConnectorError},
        target::Target,
    },
    store::{entity::request::Model, keys::Key},
    worker::{
        Shared, hand_in,
        landed::landed,
        leases::{Cut, Hold, Lease},
        load,
        pace::Call,
    },
};

/// What was read is read again if its request waited so long for its turn.
const STALE: Duration = Duration::from_millis(200);

/// A request that was claimed.
pub(super) struct Claimed {
    pub(super) request: Model,
    pub(super) hold: Hold,
    pub(super) lease: Lease,
    /// Another one held it, and may have been in a call.
    pub(super) abandoned: bool,
}

/// Carries out claimed requests; each is handed to the recorder when it has ended.
pub(super) async fn run(shared: Shared, claimed: Vec<Claimed>) {
    points::reach("after claim").await;
    let (mut many, mut single) = (Vec::new(), Vec::new());
    for claimed in claimed {
        match claimed.request.subject() {
            Ok(subject) if subject.kind.is_many() => many.push(claimed),
            Ok(_) => single.push(claimed),
            // Written by a newer program, which will take it when the lease has run out.
            Err(error) => {
                tracing::warn!(%error, request.id = claimed.request.id.0, "a request is not understood");
            }
        }
    }
    let expansions: FuturesUnordered<_> = many.into_iter().map(|claimed| expand(&shared, claimed)).collect();
    tokio::join!(expansions.collect::<()>(), load::and_carry_out(&shared, single));
}

async fn expand(shared: &Shared, Claimed { request, hold, .. }: Claimed) {
    let started = shared.app.clock.now();
    let span = tracing::info_span!("expand", request.id = request.id.0, trace_id = tracing::field::Empty);
    let expanded = AssertUnwindSafe(expand_request::run(&shared.app, &request)).catch_unwind();
    let left = match in_trace(span, request.traceparent.as_deref(), expanded).await {
        Ok(Ok(left)) => left,
        Err(_panic) => {
            tracing::error!(request.id = request.id.0, "the expansion of a request for many broke");
            Some(Attempt::Broke(ConnectorError::retryable("It broke; the log of the server tells more.")))
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, request.id = request.id.0, "a request for many cannot be expanded");
            Some(Attempt::Postponed("The database cannot be used at the moment.".to_owned()))
        }
    };
    if let (Some(attempt), Ok(subject)) = (left, request.subject()) {
        let ended = shared.app.clock.now();
        // When it is tried again is for the target to say, if that can be read.
        let target = expand_request::target(&shared.app, &request).await;
        hand_in(shared, Finished { request, subject, target, started, ended, attempt, landed: None }, hold);
    }
}

pub(super) async fn finish(shared: &Shared, mut task: Task, claimed: Claimed) {
    let started = shared.app.clock.now();
    let done = carry_out(shared, &mut task, &claimed, started).await;
    let Claimed { hold, lease, abandoned, .. } = claimed;
    let attempt = match done {
        Ok(attempt) if !lease.is_over() => attempt,
        // Another one takes it, or has taken it: it sees to what this call may still do.
        Ok(_) | Err(Cut::Lease | Cut::Limit) => {
            return tracing::warn!(request.id = task.request.id.0, "a lease ran out; the request is given up");
        }
    };
    let passed = chrono::Duration::from_std(lease.asked().elapsed()).unwrap_or_default();
    let landed = landed(&shared.app, &task, &attempt, passed, abandoned);
    let Task { request, subject, target, .. } = task;
    let ended = shared.app.clock.now();
    hand_in(shared, Finished { request, subject, target, started, ended, attempt, landed: Some(landed) }, hold);
}

/// Does what is to be done still.
async fn carry_out(shared: &Shared, task: &mut Task, claimed: &Claimed, now: DateTime<Utc>) -> Result<Attempt, Cut> {
    let waits = Instant::now();
    let postponed = |why: &str| Ok(Attempt::Postponed(why.to_owned()));
    let gathers = match ready(&shared.app, task) {
        Ok((_, connector)) => connector.gathers(),
        Err(attempt) => return Ok(attempt),
    };
    let least = if gathers { shared.gathered() } else { 0 };
    let target_id = task.request.co_provisioning_target_id;
    let Some(turn) = shared.pace.turn(target_id, least).await else {
        return postponed("The target is busy with other requests, or is left alone because its last calls failed.");
    };
    // Calls that are carried out together are one for the process.
    let _share = match gathers {
        true => None,
        false => Some(shared.pace.share(task.request.co_id).await),
    };
    if turn.probes {
        // It finds out whether the target answers again, and uses up no try.
        task.request.turn = task.request.turn.or(Some(now));
    }
    if waits.elapsed() > STALE {
        // Nothing was sent: what is to be true by now begins without what was written down before.
        if names::take_back(&shared.app, task).await.is_err() {
            return postponed("The database cannot be used at the moment.");
        }
        match load_work::run(&shared.app, vec![claimed.request.clone()]).await {
            Ok(read) => {
                let (turn, before) = (task.request.turn, task.keys.noted.clone());
                *task = read.into_iter().next().unwrap_or_else(|| task.clone());
                task.request.turn = turn;
                // A name under which it had nothing before it was read first is not its own for that.
                let was_lost = |noted: &Key| before.contains(&Key { wanted: false, ..noted.clone() });
                task.keys.noted.iter_mut().filter(|noted| was_lost(noted)).for_each(|noted| noted.wanted = false);
            }
            Err((_, away)) => return postponed(&away.0),
        }
    }
    match ready(&shared.app, task) {
        Err(attempt) => Ok(attempt),
        Ok((target, connector)) => {
            let called = call(shared, task, target, connector, &claimed.lease, now).await;
            note(shared, target_id, &called);
            called
        }
    }
}

/// Tells the pace how a call ended: an answer that refuses the subject is one.
fn note(shared: &Shared, target: TargetId, called: &Result<Attempt, Cut>) {
    let now = shared.app.clock.now();
    match called {
        Ok(Attempt::Done { .. } | Attempt::Broke(ConnectorError::Outdated { .. })) => {
            shared.pace.ended(target, Call::Done, "", now);
        }
        Ok(Attempt::Broke(ConnectorError::Permanent { .. } | ConnectorError::Taken { .. })) => {
            shared.pace.ended(target, Call::Refused, "", now);
        }
        Ok(Attempt::Broke(error @ (ConnectorError::Retryable { .. } | ConnectorError::Unknown { .. }))) => {
            shared.pace.ended(target, Call::Failed, &error.to_string(), now);
        }
        Ok(_) | Err(_) => {}
    }
}

/// Whether there is something to be done still: where, and by which connector.
///
/// # Errors
/// How the attempt ends without one.
pub fn ready<'a>(app: &'a App, task: &'a Task) -> Result<(&'a Target, &'a Arc<dyn Connector>), Attempt> {
    let target = task.target.as_deref().ok_or_else(|| Attempt::CalledOff("The target was deleted.".to_owned()))?;
    if !mode::takes_requests(target.mode) {
        return Err(Attempt::CalledOff("The target is disabled.".to_owned()));
    }
    let connector = app.connectors.get(&target.plugin).ok_or_else(|| {
        Attempt::Broke(ConnectorError::permanent(format!("This server has no plugin {}.", target.plugin)))
    })?;
    if task.collides {
        let why = "Another subject is to be called so at this target since just now.";
        return Err(Attempt::Postponed(why.to_owned()));
    }
    match (&task.held, task.refused()) {
        (Some(why), _) => Err(Attempt::Held(why.clone())),
        (None, Some(refused)) => Err(Attempt::Taken(refused)),
        (None, None) => Ok((target, connector)),
    }
}

async fn call(
    shared: &Shared,
    task: &Task,
    target: &Target,
    connector: &Arc<dyn Connector>,
    lease: &Lease,
    now: DateTime<Utc>,
) -> Result<Attempt, Cut> {
    let span = tracing::info_span!(
        "provision",
        request.id = task.request.id.0,
        target.id = target.id.0,
        plugin = %target.plugin,
        subject.kind = task.subject.kind.code(),
        subject.id = task.subject.id,
        trace_id = tracing::field::Empty,
    );
    let limit = shared.call_limit();
    let beside = Surroundings::of(&shared.app, target);
    let work = AssertUnwindSafe(attempt(task, target, connector.as_ref(), &beside, now)).catch_unwind();
    match in_trace(span, task.request.traceparent.as_deref(), lease.within(limit, work)).await {
        Ok(Ok(attempt)) => Ok(attempt),
        Ok(Err(_panic)) => {
            tracing::error!(request.id = task.request.id.0, plugin = %target.plugin, "a connector broke");
            let message = "The connector broke; the log of the server tells more.";
            Ok(Attempt::Broke(ConnectorError::unknown(message)))
        }
        Err(Cut::Limit) => {
            let message = format!("The target did not answer within {} seconds.", limit.as_secs());
            Ok(Attempt::Broke(ConnectorError::unknown(message)))
        }
        Err(Cut::Lease) => Err(Cut::Lease),
    }
}

/// Calls the connector for what is to be done now.
pub async fn attempt(
    task: &Task,
    target: &Target,
    connector: &dyn Connector,
    beside: &dyn Beside,
    now: DateTime<Utc>,
) -> Attempt {
    let (Some(state), Some(work)) = (task.state.as_deref(), task.work) else {
        return Attempt::Postponed("The registry did not say what is true of the subject.".to_owned());
    };
    // What was never there has no revision; that it is gone is always news.
    if state.revision < task.known.revision && (state.exists || state.revision > 0) {
        return Attempt::Outdated;
    }
    if task.is_odd {
        return Attempt::Broke(ConnectorError::permanent(
            "What the target would call the subject is too long, or has a letter that cannot be kept; look at the \
             configuration of the target, and at the identifier.",
        ));
    }
    if let Some(group) = task.lost_group.filter(|_| task.lacks_its_group()) {
        // A group that was deleted would take everybody away from the target, one change after the other.
        return Attempt::Broke(ConnectorError::permanent(format!(
            "The provisioning group {group} of this target does not exist any more; set or clear ProvisionCoGroupId."
        )));
    }
    let action = match work {
        Work::Apply => task.request.action.clone().unwrap_or_else(|| action::of_request(task.subject.kind)),
        Work::Remove => action::of_removal(task.subject.kind),
    };
    let revision = state.revision.max(task.known.revision);
    let job = Job {
        target,
        subject: task.subject,
        state,
        action: &action,
        previous_key: task.known.key.as_deref(),
        former_keys: &task.keys.former,
        call: Number { revision, request: task.request.id, fence: task.request.fence },
        // Who died in a call has left its place unsettled.
        resumes: task.request.attempts > 1 || task.known.broke || task.known.unsettled.is_some(),
        now,
        beside,
    };
    if let Some(seen) = &task.request.digest {
        match connector.plan(&job, work).await {
            Ok(plan) if plan.digest(work) == *seen => {}
            Ok(_) => return Attempt::PlanOutdated,
            Err(error) => return Attempt::Broke(error),
        }
    }
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
            Attempt::Done { work, applied, revision }
        }
        Err(error) => {
            // What targets say may have names in it, which no log is to keep.
            tracing::info!(kind = error.kind(), ?work, "the target could not be provisioned; its request says why");
            tracing::debug!(%error, "the target said");
            Attempt::Broke(error)
        }
    }
}
