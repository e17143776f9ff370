//! What became of the place that a call was about.

use crate::{
    app::{App, load_work::Task, record_outcomes::Landed},
    domain::{
        eligibility::Work,
        outcome::{Attempt, ConnectorError},
        subject::Kind,
        unsettled::{self, End, Times},
    },
    store::keys::Key,
};

/// Another one has its name, at the target or by what is known of it.
fn is_taken(attempt: &Attempt) -> bool {
    matches!(attempt, Attempt::Taken(_) | Attempt::Broke(ConnectorError::Taken { .. }))
}

/// The key of a call that did not succeed: of several steps some may have been done. Who finds its name taken has nothing there.
fn refused(task: &Task, attempt: &Attempt) -> Option<String> {
    let broke = matches!(
        attempt,
        Attempt::Broke(
            ConnectorError::Permanent { .. } | ConnectorError::Retryable { .. } | ConnectorError::Busy { .. }
        )
    );
    let applies = broke && task.work == Some(Work::Apply) && task.known.key != task.keys.current;
    task.keys.current.clone().filter(|_| applies)
}

/// The name of a subject under which it has nothing at the target: that says that it is another one's, now or before this attempt, which
/// called nothing.
fn lost(task: &Task, attempt: &Attempt, called: bool) -> Option<String> {
    let key = task.keys.current.clone().filter(|key| !task.keys.fresh.contains(key))?;
    let is_taken = matches!(attempt, Attempt::Broke(ConnectorError::Taken { is_key: true, .. }));
    // One that was applied, and was to be taken away, is there still.
    let was_lost =
        task.keys.noted.contains(&Key { key: key.clone(), wanted: false }) && task.known.key.as_ref() != Some(&key);
    (task.work == Some(Work::Apply) && (is_taken || (was_lost && !called))).then_some(key)
}

/// What became of the place of a task: `passed` is how long ago it was claimed, `abandoned` whether another one may have
/// been in a call when it was.
#[must_use]
pub fn landed(app: &App, task: &Task, attempt: &Attempt, passed: chrono::Duration, abandoned: bool) -> Landed {
    // By the database's time: what it was when the request was claimed, and what has passed since it was asked for.
    let began = task.request.started.unwrap_or_else(|| app.clock.now());
    let now = app.clock.of_database(app.database.backend()).unwrap_or(began + passed);
    let times = Times { began, now, late: app.late_effect };
    let before = task.known.unsettled.clone();
    let may_land = match abandoned {
        true => Some(unsettled::taken_over(before.clone(), times)),
        false => before.clone(),
    };
    let revision = task.state.as_deref().map_or(0, |state| state.revision);
    let edition = task.target.as_deref().map_or(0, |target| target.edition);
    let key = task.keys.current.as_deref().unwrap_or_default();
    // What a target is given depends on how it is configured.
    let content = format!("{:?} {revision} {edition} {key}", task.work);
    let end = match attempt {
        Attempt::Done { .. } => End::Applied(content.clone()),
        // With members of its time, which no revision of the group tells: never the same as what comes later.
        Attempt::Broke(ConnectorError::Unknown { .. }) if task.subject.kind == Kind::Group => {
            End::Unknown(format!("{content} {}", task.request.fence))
        }
        Attempt::Broke(ConnectorError::Unknown { .. }) => End::Unknown(content.clone()),
        Attempt::Broke(error @ ConnectorError::Retryable { .. })
        | Attempt::Taken(error @ ConnectorError::Retryable { .. }) => {
            End::Refused { heals: true, asked: error.retry_after() }
        }
        Attempt::Broke(ConnectorError::Busy { .. }) => End::Refused { heals: true, asked: None },
        // Of a name that another one has its request is tried again, or it is asked for when that one lets go of it.
        Attempt::Broke(_) | Attempt::Taken(_) => End::Refused { heals: false, asked: None },
        Attempt::Outdated
        | Attempt::CalledOff(_)
        | Attempt::Postponed(_)
        | Attempt::Held(_)
        | Attempt::PlanOutdated => End::NotCalled,
    };
    let (done, called) = (matches!(end, End::Applied(_)), end != End::NotCalled);
    Landed {
        before,
        after: unsettled::after(may_land, &end, times),
        noted: task.keys.any_noted,
        former: task.keys.former.clone(),
        shared: task.keys.shared.clone(),
        // Whose name another one has was not called, or nothing of it was made.
        unsent: if called && !is_taken(attempt) { Vec::new() } else { task.keys.fresh.clone() },
        refused: refused(task, attempt),
        lost: lost(task, attempt, called),
        content: done.then_some(content),
    }
}
