//! Claiming: as much as there is room for, again and again.
//!
//! Where much arrives, or much waits and room comes free bit by bit, little would be claimed each time, and each claim costs
//! the same: after one that brought a crowd, the next is begun a moment later; after one that took all the room, when half
//! of it is free again, or that moment has passed. Who comes alone never waits.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::claim_work,
    store::DbErr,
    store::{
        claim::{Held, Scope},
        entity::request::Model,
    },
    worker::{
        Shared,
        execute::{self, Claimed},
        leases::Hold,
    },
};

/// How many in a claim are a crowd.
const CROWD: usize = 8;
/// How long after the beginning of a claim that brought one the next is begun.
const GATHER: Duration = Duration::from_millis(40);

/// Claims until the process stops.
pub(super) async fn run(shared: &Shared, tasks: &TaskTracker, stop: &CancellationToken) {
    let mut abandoned_at = Instant::now();
    let (mut began, mut more) = (Instant::now(), false);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = room_for(shared, if more { shared.settings.batch / 2 } else { 1 }, began + GATHER) => {}
        }
        began = Instant::now();
        if abandoned_at <= began {
            abandoned_at = began + shared.poll();
            if let Err(error) = take_over(shared, tasks).await {
                tracing::warn!(%error, "requests whose worker is gone cannot be claimed");
            }
        }
        let taken = match claim(shared, tasks).await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "requests cannot be claimed");
                Taken { count: 0, more: false }
            }
        };
        more = taken.more;
        if more {
            continue;
        }
        let gathered = if taken.count >= CROWD { began + GATHER } else { began };
        let told = async {
            sleep_until(gathered).await;
            shared.app.signals.work.notified().await;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = told => {}
            () = tokio::time::sleep(shared.poll()) => {}
        }
    }
}

/// Waits until there is room for so many, or, from a moment on, for one.
async fn room_for(shared: &Shared, many: usize, until: Instant) {
    // Only the pump takes room; what is taken here is given back at once.
    let many = u32::try_from(many).unwrap_or(u32::MAX);
    drop(timeout_at(until, shared.room.acquire_many(many)).await);
    drop(shared.room.acquire().await);
}

/// What a claim brought.
struct Taken {
    count: usize,
    /// There may be more.
    more: bool,
}

/// Claims once.
async fn claim(shared: &Shared, tasks: &TaskTracker) -> Result<Taken, DbErr> {
    let slow = shared.pace.slow();
    let scope = Scope::AllBut(slow.iter().map(|(target, _)| *target).collect());
    let wanted = room(shared);
    // Leases end here before they do in the database.
    let asked = Instant::now();
    let due = claim_work::due(&shared.app, &scope, wanted).await?;
    let taken = Taken { count: due.len(), more: due.len() == wanted };
    begin(shared, tasks, due, (asked, false));
    for (target, takes) in slow {
        let takes = takes.min(room(shared));
        if takes > 0 {
            let asked = Instant::now();
            let due = claim_work::due(&shared.app, &Scope::Only(target), takes).await?;
            begin(shared, tasks, due, (asked, false));
        }
    }
    Ok(taken)
}

/// Claims what others let go, before all else: newer requests for the same wait for these.
async fn take_over(shared: &Shared, tasks: &TaskTracker) -> Result<(), DbErr> {
    let asked = Instant::now();
    let abandoned = claim_work::abandoned(&shared.app, room(shared)).await?;
    begin(shared, tasks, abandoned, (asked, true));
    Ok(())
}

fn room(shared: &Shared) -> usize {
    shared.room.available_permits().min(shared.settings.batch.max(1))
}

/// Begins to work on requests that were asked for at a moment; others may have been in a call for those that were
/// abandoned.
fn begin(shared: &Shared, tasks: &TaskTracker, requests: Vec<Model>, (asked, abandoned): (Instant, bool)) {
    if requests.is_empty() {
        return;
    }
    let mut claimed = Vec::with_capacity(requests.len());
    for request in requests {
        // Only the pump takes room, so there is as much as it saw.
        let Ok(room) = Arc::clone(&shared.room).try_acquire_owned() else { continue };
        let held = Held { id: request.id, fence: request.fence };
        let (hold, lease) = Hold::begin(shared, (held, request.co_provisioning_target_id), room, asked);
        claimed.push(Claimed { request, hold, lease, abandoned });
    }
    tasks.spawn(execute::run(shared.clone(), claimed));
}
