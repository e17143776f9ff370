//! How often is looked after requests for many, targets that failed, their health, gauges, names that are waited for, and old
//! rows.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, resume_failed, settle_places, sweep},
    settings::RetentionSettings,
    store::health,
    worker::Shared,
};

/// Requests for many are looked at no more often than this.
const SETTLE: Duration = Duration::from_millis(250);
/// Targets that did not answer are looked at no more often than this.
const RESUME: Duration = Duration::from_secs(1);
const MEASURE: Duration = Duration::from_secs(5);
const CATCH_UP: Duration = Duration::from_secs(60);
const FORGET: Duration = Duration::from_secs(3600);

/// Looks after things until the process stops.
pub(super) async fn run(shared: Shared, stop: CancellationToken) {
    let (app, poll) = (shared.app.clone(), shared.poll());
    let (mut measure_at, mut resume_at) = (Instant::now(), Instant::now());
    let mut catch_up_at = Instant::now();
    let mut probes = resume_failed::Probes::default();
    loop {
        report("requests for many cannot be looked at", sweep::settle(&app).await);
        report("places cannot be settled", settle_places::run(&app).await);
        if resume_at <= Instant::now() {
            resume_at = Instant::now() + RESUME.min(poll);
            report("what failed cannot be looked at", resume_failed::run(&app, &mut probes).await);
            report("what was erased cannot be forgotten", sweep::forget_erased(&app).await);
            let said = shared.pace.take_said();
            report(
                "the health of targets cannot be told",
                health::write(app.database.writer(), &said, app.clock.now()).await,
            );
        }
        if measure_at <= Instant::now() {
            measure_at = Instant::now() + MEASURE;
            report("the work cannot be measured", sweep::measure(&app).await);
        }
        if catch_up_at <= Instant::now() {
            catch_up_at = Instant::now() + CATCH_UP;
            report("children that ended cannot be looked after", sweep::catch_up(&app).await);
            report("who waits for a name cannot be asked for", sweep::ask_for_names(&app).await);
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.signals.settle.notified() => {}
            () = tokio::time::sleep(poll) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SETTLE.min(poll)) => {}
        }
    }
}

/// Forgets what is long past, until the process stops: beside the rest, for which it would take too long.
pub(super) async fn forget(app: App, retention: RetentionSettings, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(FORGET) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            forgotten = sweep::forget(&app, &retention) => {
                report("what is long past cannot be forgotten", forgotten.map(|_| ()));
            }
        }
    }
}

fn report(what: &str, result: Result<(), crate::store::DbErr>) {
    if let Err(error) = result {
        tracing::warn!(%error, "{what}");
    }
}
