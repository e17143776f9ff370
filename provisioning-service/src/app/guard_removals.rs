//! The guard: a target does not lose many of its subjects at once unless somebody says so (D53).
//!
//! Guarantee: within a window no more are removed than share and count allow, however many processes work; applications go
//! on. Mechanism: it is decided when the subject has been read, under the row of the target; what is too much is held, and
//! asked again by whoever asks for the subject again. Failure: closed, nothing is removed while it cannot be decided.

use std::collections::BTreeMap;

use proto::{caller::Caller, provisioning::v1::AcceptedMany, refusal::Refusal};
use sea_orm::DbErr;
use service_kit::{
    database::{is_conflict, refusal_of},
    idempotency,
    planted::{self, Bug},
};

use crate::{
    app::{App, audit, load_work::Task, privileged, repeated, wake_others},
    domain::{
        eligibility::{self, Work},
        ids::{RequestId, TargetId},
        subject::Kind,
    },
    store::{
        children,
        guard::{self, Removal, Window},
        targets,
    },
};

/// How often it is decided anew when transactions stand in each other's way.
const TRIES: usize = 5;

/// Says of the tasks that are removals which are held.
///
/// # Errors
/// Those of the database.
pub async fn run(app: &App, tasks: &mut [Task]) -> Result<(), DbErr> {
    let mut asked: BTreeMap<(TargetId, Kind), Vec<Removal>> = BTreeMap::new();
    for task in tasks.iter().filter(|task| is_removal(task)) {
        let removal = Removal { subject_id: task.subject.id, forced: task.request.forced };
        asked.entry((task.request.co_provisioning_target_id, task.subject.kind)).or_default().push(removal);
    }
    for ((target, kind), removals) in asked {
        let held = judge(app, target, kind, &removals).await?;
        for task in tasks.iter_mut().filter(|task| task.request.co_provisioning_target_id == target) {
            if let Some(window) = held.get(&task.subject.id).filter(|_| task.subject.kind == kind) {
                task.held = Some(sentence(kind, *window));
            }
        }
    }
    Ok(())
}

/// Whether the target loses something by a task.
fn is_removal(task: &Task) -> bool {
    let (Some(target), Some(state)) = (&task.target, &task.state) else { return false };
    let said = task.lost_group.is_some()
        && eligibility::is_for_the_group_to_say(target, task.subject.kind, task.subject.id, state);
    task.work == Some(Work::Remove) && task.known.present && !said
}

fn sentence(kind: Kind, window: Window) -> String {
    let (Window { removals, present }, what) = (window, kind.title());
    format!(
        "The guard of the target holds this removal: it is number {removals} in its window, and {present} subjects of the \
         kind {what} were there when that began. Release or drop what is held."
    )
}

async fn judge(app: &App, target: TargetId, kind: Kind, removals: &[Removal]) -> Result<BTreeMap<i64, Window>, DbErr> {
    let mut left = TRIES;
    loop {
        let result = async {
            let transaction = app.database.begin().await?;
            let Some(row) = targets::find_for_update(&transaction, target).await? else {
                transaction.rollback().await?;
                return Ok(BTreeMap::new());
            };
            let of = (target, kind, targets::target(row).guard);
            let held = guard::judge(&transaction, of, removals, app.clock.now()).await?;
            transaction.commit().await?;
            Ok(held)
        };
        match result.await {
            Err(error) if left > 0 && is_conflict(&error) => left -= 1,
            result => return result,
        }
    }
}

/// What becomes of what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It goes.
    Release,
    /// It is canceled.
    Drop,
}

/// Lets go what the guard of a target holds, or cancels it; gives how many requests, and whether it was done before, by the
/// same request (D44).
///
/// # Errors
/// 401, 404.
pub async fn end(app: &App, caller: &Caller, target: TargetId, end: End) -> Result<AcceptedMany, Refusal> {
    privileged(caller)?;
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    if let Some(count) = repeated(app.database.reader(), &app.clock, caller).await? {
        return Ok(AcceptedMany { count, replayed: true });
    }
    let found = targets::find(app.database.reader(), target).await.map_err(|error| refusal_of(&error))?;
    let co = found.filter(|row| caller.may(row.co_id)).ok_or_else(Refusal::target_not_found)?.co_id;
    let ids = write(app, caller, (target, co), end).await.map_err(|error| refusal_of(&error))?;
    app.wake();
    if end == End::Drop {
        app.signals.waiters.ended(&ids);
        app.signals.settle.notify_one();
    }
    Ok(AcceptedMany { count: i64::try_from(ids.len()).unwrap_or(i64::MAX), replayed: false })
}

async fn write(app: &App, caller: &Caller, (target, co): (TargetId, i64), end: End) -> Result<Vec<RequestId>, DbErr> {
    let now = app.clock.now();
    let transaction = app.database.begin().await?;
    targets::find_for_update(&transaction, target).await?;
    let ids = match end {
        End::Release if !planted::is(Bug::ReleaseCancels) => guard::release(&transaction, target, now).await?,
        End::Release | End::Drop => guard::cancel(&transaction, target, now).await?,
    };
    guard::begin_anew(&transaction, target, end == End::Release).await?;
    match end {
        End::Release => wake_others(&transaction, &app.clock, ids.clone()).await?,
        End::Drop => children::end(&transaction, &ids).await?,
    }
    idempotency::keep(&transaction, &app.clock, caller, i64::try_from(ids.len()).unwrap_or(i64::MAX)).await?;
    let action = if end == End::Release { "Release" } else { "Drop" };
    let act = audit::act(action, (audit::TARGET, target.0), co, [("Requests", ids.len().into())]);
    audit::commit(app, transaction, caller, Some(act)).await?;
    Ok(ids)
}
