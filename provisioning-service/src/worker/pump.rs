//! Claiming: as much as there is room for, again and again.
//!
//! Where much arrives, or much waits and room comes free bit by bit, little would be claimed each time, and each claim costs
//! the same: after one that brought a crowd, the next is begun a moment later; after one that took all the room, when half
//! of it is free again, or that moment has passed. Who comes alone never waits. Of the room each CO takes its share.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::claim_work,
    store::DbErr,
    store::{claim::Scope, entity::request::Model, leases::Held},
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

/// What others let go is looked for again after so many times as long as it took; where much runs, that is not little.
const LOOKS_REST: u32 = 50;
/// After no longer than this.
const LONGEST_REST: Duration = Duration::from_secs(2);

/// Claims until the process stops.
pub(super) async fn run(shared: &Shared, tasks: &TaskTracker, stop: &CancellationToken) {
    let mut abandoned_at = Instant::now();
    let (mut began, mut taken) = (Instant::now(), Taken::default());
    while !stop.is_cancelled() {
        let many = if taken.more { shared.settings.batch / 2 } else { 1 };
        tokio::select! {
            () = stop.cancelled() => return,
            () = room_for(shared, many, began + GATHER, || shared.room.free()) => {}
        }
        began = Instant::now();
        if abandoned_at <= began {
            if let Err(error) = take_over(shared, tasks).await {
                tracing::warn!(%error, "requests whose worker is gone cannot be claimed");
            }
            let took = began.elapsed();
            abandoned_at = began + shared.poll().max((took * LOOKS_REST).min(LONGEST_REST));
        }
        taken = match claim(shared, tasks).await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "requests cannot be claimed");
                Taken::default()
            }
        };
        if taken.more {
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
            () = share_again(shared, &taken.full, began + GATHER) => {}
            () = tokio::time::sleep(shared.poll()) => {}
        }
    }
}

/// Waits until there is room for so many, or, from a moment on, for one.
async fn room_for(shared: &Shared, many: usize, until: Instant, room: impl Fn() -> usize) {
    loop {
        let told = shared.room.freed();
        tokio::pin!(told);
        // From here on nothing that is given back is missed.
        told.as_mut().enable();
        let waits = Instant::now() < until;
        if room() >= if waits { many.max(1) } else { 1 } {
            return;
        }
        if waits {
            drop(timeout_at(until, told).await);
        } else {
            told.await;
        }
    }
}

/// Waits until one of the COs that had all of their share has some again; for ever if none had.
async fn share_again(shared: &Shared, full: &[i64], until: Instant) {
    if full.is_empty() {
        std::future::pending::<()>().await;
    }
    let most = || full.iter().map(|co| shared.room.more(*co)).max().unwrap_or_default();
    room_for(shared, shared.settings.batch / 2, until, most).await;
}

/// What a claim brought.
#[derive(Default)]
struct Taken {
    count: usize,
    /// It took all that there was room for: there may be more.
    more: bool,
    /// The COs that have all of their share, so that more of them may wait.
    full: Vec<i64>,
}

/// Claims once.
async fn claim(shared: &Shared, tasks: &TaskTracker) -> Result<Taken, DbErr> {
    let slow = shared.pace.slow();
    let scope = Scope::AllBut(slow.iter().map(|(target, _)| *target).collect());
    let wanted = room(shared);
    let mut taken = claim_at(shared, tasks, &scope, wanted).await?;
    for (target, takes) in slow {
        let takes = takes.min(room(shared));
        if takes > 0 {
            let of_it = claim_at(shared, tasks, &Scope::Only(target), takes).await?;
            taken.full.extend(of_it.full);
        }
    }
    Ok(taken)
}

/// Claims at some targets, for each CO as much as its share.
async fn claim_at(shared: &Shared, tasks: &TaskTracker, scope: &Scope, wanted: usize) -> Result<Taken, DbErr> {
    let shares = shared.room.room();
    // Leases end here before they do in the database.
    let asked = Instant::now();
    let due = claim_work::due(&shared.app, scope, &shares, wanted).await?;
    let (count, more) = (due.len(), due.len() == wanted);
    begin(shared, tasks, due, (asked, false));
    // Also those that had all of it when it was asked, of which some may have been given back meanwhile.
    let full = shares.of.into_iter().chain(shared.room.room().of).filter(|of| of.more == 0).map(|of| of.co_id);
    let full = full.collect();
    Ok(Taken { count, more, full })
}

/// Claims what others let go, before all else: newer requests for the same wait for these.
async fn take_over(shared: &Shared, tasks: &TaskTracker) -> Result<(), DbErr> {
    let asked = Instant::now();
    let abandoned = claim_work::abandoned(&shared.app, room(shared)).await?;
    begin(shared, tasks, abandoned, (asked, true));
    Ok(())
}

fn room(shared: &Shared) -> usize {
    shared.room.free().min(shared.settings.batch.max(1))
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
        let Some(room) = shared.room.take(request.co_id) else { continue };
        let held = Held { id: request.id, fence: request.fence };
        let (hold, lease) = Hold::begin(shared, (held, request.co_provisioning_target_id), room, asked);
        claimed.push(Claimed { request, hold, lease, abandoned });
    }
    tasks.spawn(execute::run(shared.clone(), claimed));
}
