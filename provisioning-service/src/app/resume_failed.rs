//! Trying again what failed for want of its target, when that answers (D54).
//!
//! Guarantee: a target that comes back gets what it missed without anybody acting. Mechanism: when a call succeeds there,
//! all that failed for want of it is queued again; as long as none is made, one of them is tried from time to time, which
//! uses up nobody's tries. Failure: the pauses between these grow up to some minutes; each process keeps its own.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Duration, Utc};
use sea_orm::DbErr;
use service_kit::database::{is_conflict, is_taken};

use crate::{
    app::{App, wake_others},
    domain::ids::TargetId,
    store::{children, wanting},
};

const FIRST: Duration = Duration::seconds(30);
const LONGEST: Duration = Duration::minutes(5);

/// When targets that do not answer are tried again.
#[derive(Debug, Default)]
pub struct Probes {
    next: HashMap<TargetId, (DateTime<Utc>, Duration)>,
    answered: BTreeSet<TargetId>,
}

impl Probes {
    /// Whether it is time to try a target, and when after that.
    fn is_due(&mut self, target: TargetId, now: DateTime<Utc>) -> bool {
        let (at, pause) = self.next.entry(target).or_insert((now + FIRST, FIRST));
        if *at > now {
            return false;
        }
        *pause = (*pause * 2).min(LONGEST);
        *at = now + *pause;
        true
    }
}

/// Looks once.
///
/// # Errors
/// Those of the database.
pub async fn run(app: &App, probes: &mut Probes) -> Result<(), DbErr> {
    probes.answered.extend(app.signals.take_answered());
    let targets = wanting::targets(app.database.reader()).await?;
    probes.next.retain(|target, _| targets.contains(target));
    probes.answered.retain(|target| targets.contains(target));
    for target in targets {
        let answered = probes.answered.contains(&target);
        if !answered && !probes.is_due(target, app.clock.now()) {
            continue;
        }
        match requeue(app, target, answered).await {
            Ok(made) => {
                if answered && made < usize::try_from(wanting::PAGE).unwrap_or(usize::MAX) {
                    probes.answered.remove(&target);
                    probes.next.remove(&target);
                }
            }
            // The next look will do.
            Err(error) if is_taken(&error) || is_conflict(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn requeue(app: &App, target: TargetId, answered: bool) -> Result<usize, DbErr> {
    let now = app.clock.now();
    let transaction = app.database.begin().await?;
    wanting::let_go(&transaction, target).await?;
    let made = match answered {
        true => wanting::resume(&transaction, target, now).await?,
        false => wanting::probe(&transaction, target, now).await?,
    };
    let count = made.len();
    if count > 0 {
        children::begin_anew(&transaction, &made).await?;
        tracing::info!(target.id = target.0, requests = count, answered, "requests that failed are tried again");
        wake_others(&transaction, &app.clock, made).await?;
    }
    transaction.commit().await?;
    app.wake();
    Ok(count)
}
