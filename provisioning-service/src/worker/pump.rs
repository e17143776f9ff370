//! Claiming: as much as there is room for, again and again.

use std::sync::Arc;

use tokio::time::Instant;
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
    },
};

/// Claims until the process stops.
pub(super) async fn run(shared: &Shared, tasks: &TaskTracker, stop: &CancellationToken) {
    let mut abandoned_at = Instant::now();
    while !stop.is_cancelled() {
        let room = tokio::select! {
            () = stop.cancelled() => return,
            room = Arc::clone(&shared.room).acquire_owned() => room,
        };
        drop(room);
        let look_for_abandoned = abandoned_at <= Instant::now();
        if look_for_abandoned {
            abandoned_at = Instant::now() + shared.poll();
        }
        let more = match claim(shared, tasks, look_for_abandoned).await {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(%error, "requests cannot be claimed");
                false
            }
        };
        if !more {
            tokio::select! {
                () = stop.cancelled() => return,
                () = shared.app.signals.work.notified() => {}
                () = tokio::time::sleep(shared.poll()) => {}
            }
        }
    }
}

/// Claims once; gives whether there may be more.
async fn claim(shared: &Shared, tasks: &TaskTracker, look_for_abandoned: bool) -> Result<bool, DbErr> {
    let slow = shared.pace.slow();
    let scope = Scope::AllBut(slow.iter().map(|(target, _)| *target).collect());
    let wanted = room(shared);
    // Leases end here before they do in the database.
    let asked = Instant::now();
    let due = claim_work::due(&shared.app, &scope, wanted).await?;
    let more = due.len() == wanted;
    begin(shared, tasks, due, (asked, false));
    for (target, takes) in slow {
        let takes = takes.min(room(shared));
        if takes > 0 {
            let asked = Instant::now();
            let due = claim_work::due(&shared.app, &Scope::Only(target), takes).await?;
            begin(shared, tasks, due, (asked, false));
        }
    }
    if look_for_abandoned && room(shared) > 0 {
        let asked = Instant::now();
        begin(shared, tasks, claim_work::abandoned(&shared.app, room(shared)).await?, (asked, true));
    }
    Ok(more)
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
        let lease = shared.leases.hold(Held { id: request.id, fence: request.fence }, asked);
        shared.pace.enter(request.co_provisioning_target_id);
        claimed.push(Claimed { request, room, lease, abandoned });
    }
    tasks.spawn(execute::run(shared.clone(), claimed));
}
