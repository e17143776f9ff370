//! Reading what is to be carried out: for all that were claimed together, or for each alone.
//!
//! Guarantee: one that cannot be read holds up nobody for long, and what cannot be read is postponed, which uses up no try
//! and fells no process. Failure: as long as the database cannot be used either, leases run out, and the next holder reads.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::{
    StreamExt,
    stream::{self, FuturesUnordered},
};

use crate::{
    app::{
        give_up, load_work,
        record_outcomes::{Finished, Landed},
    },
    domain::outcome::Attempt,
    store::entity::request::Model,
    worker::{
        Shared,
        execute::{Claimed, finish},
        hand_in,
        leases::Hold,
    },
};

/// So many after one another that cannot be read alone show that none can be.
const FAILURES: usize = 3;

/// Reads requests and carries them out.
pub(super) async fn and_carry_out(shared: &Shared, claimed: Vec<Claimed>) {
    if claimed.is_empty() {
        return;
    }
    let requests = claimed.iter().map(|claimed| claimed.request.clone()).collect();
    match load_work::run(&shared.app, requests).await {
        Ok(tasks) => {
            let running: FuturesUnordered<_> =
                tasks.into_iter().zip(claimed).map(|(task, claimed)| finish(shared, task, claimed)).collect();
            running.collect::<()>().await;
        }
        // It may be one of them that cannot be read, whoever's it is.
        Err(_) if claimed.len() > 1 => alone(shared, claimed).await,
        Err((_, away)) => postpone(shared, claimed, &away).await,
    }
}

/// Carries out requests that cannot be read together: each is read alone and begun, until several after one another show
/// that none can be.
async fn alone(shared: &Shared, claimed: Vec<Claimed>) {
    let failed = AtomicUsize::new(0);
    let loaded = stream::iter(claimed).filter_map(|one| async {
        if failed.load(Ordering::Relaxed) >= FAILURES {
            let away = load_work::Away("Nothing can be read at the moment.".to_owned());
            postpone(shared, vec![one], &away).await;
            return None;
        }
        match load_work::run(&shared.app, vec![one.request.clone()]).await {
            Ok(tasks) => {
                failed.store(0, Ordering::Relaxed);
                tasks.into_iter().next().map(|task| (task, one))
            }
            Err((_, away)) => {
                failed.fetch_add(1, Ordering::Relaxed);
                postpone(shared, vec![one], &away).await;
                None
            }
        }
    });
    loaded.for_each_concurrent(None, |(task, claimed)| finish(shared, task, claimed)).await;
}

/// Lets requests wait until they can be read. What the former holder of one may have called is known to its place only.
async fn postpone(shared: &Shared, claimed: Vec<Claimed>, away: &load_work::Away) {
    let (abandoned, others): (Vec<_>, Vec<_>) = claimed.into_iter().partition(|claimed| claimed.abandoned);
    let requests: Vec<_> = abandoned.iter().map(|claimed| claimed.request.clone()).collect();
    match give_up::taken_over(&shared.app, requests).await {
        Ok(places) => {
            for (Claimed { request, hold, .. }, landed) in abandoned.into_iter().zip(places) {
                hand_back(shared, request, hold, away, Some(landed));
            }
        }
        Err(error) => tracing::warn!(%error, "requests whose worker is gone are left to the next one"),
    }
    for Claimed { request, hold, .. } in others {
        hand_back(shared, request, hold, away, None);
    }
}

fn hand_back(shared: &Shared, request: Model, hold: Hold, away: &load_work::Away, landed: Option<Landed>) {
    let Ok(subject) = request.subject() else { return };
    let (now, attempt) = (shared.app.clock.now(), Attempt::Postponed(away.0.clone()));
    hand_in(shared, Finished { request, subject, target: None, started: now, ended: now, attempt, landed }, hold);
}
