//! What a comparison finds of the subjects that are to be at the target, or not.

use futures::{StreamExt, stream};

use crate::{
    app::{
        App,
        expand_request::Stop,
        load_work::{self, Task},
        names, plan,
    },
    connector::plan::Plan,
    domain::{
        eligibility::Work,
        outcome::{Attempt, ConnectorError},
        subject::Subject,
        target::Target,
    },
    store::{
        differences::{Difference, Found},
        entity::request::Model,
        states::Place,
    },
};

/// So many subjects are looked at in the target at once.
const AT_ONCE: usize = 8;
/// So often a subject is looked at to which the target was given something newer meanwhile.
const LOOKS: u32 = 3;

/// Looks at subjects in the target; once more at those to which it was given something newer meanwhile: by then the registry
/// tells of that as well.
pub(super) async fn at(app: &App, target: &Target, request: &Model, subjects: &[Subject]) -> Result<Vec<Found>, Stop> {
    let (mut found, mut left) = (Vec::with_capacity(subjects.len()), subjects.to_vec());
    for look in 1..=LOOKS {
        let newer = look_at(app, target, request, &left, &mut found).await?;
        if newer.is_empty() || look == LOOKS {
            found.extend(newer.into_iter().flat_map(|(_, judged)| judged));
            break;
        }
        left = newer.into_iter().map(|(subject, _)| subject).collect();
    }
    Ok(found)
}

/// Looks at subjects in the target, and gives those of which it has something newer, with what is found if that stays so.
async fn look_at(
    app: &App,
    target: &Target,
    request: &Model,
    subjects: &[Subject],
    found: &mut Vec<Found>,
) -> Result<Vec<(Subject, Vec<Found>)>, Stop> {
    let away = |away: load_work::Away| Stop::Ended(Attempt::Postponed(away.0));
    let imagined =
        |subject: &Subject| Model::imagined(Place { target_id: target.id, subject: *subject }, request.co_id);
    let imagined: Vec<Model> = subjects.iter().map(imagined).collect();
    let mut tasks = load_work::look(app, &imagined).await.map_err(away)?;
    names::share(app, &mut tasks).await?;
    let mut newer = Vec::new();
    let looked = stream::iter(tasks).map(|task| async move {
        let planned = plan::of_task(app, target, &task).await;
        let is_newer = matches!(planned, Err(ConnectorError::Outdated { .. }));
        (task.subject, is_newer, judge(&task, planned))
    });
    let mut looked = looked.buffered(AT_ONCE);
    while let Some((subject, is_newer, judged)) = looked.next().await {
        let judged = judged.map_err(|error| Stop::Ended(Attempt::Broke(error)))?;
        match is_newer {
            true => newer.push((subject, judged)),
            false => found.extend(judged),
        }
    }
    Ok(newer)
}

/// What the plan of a subject says of it, and which keys are spoken for. What is refused for good is missing: it cannot be
/// there. What is newer than all that the registry says is something else.
fn judge(task: &Task, planned: Result<(Work, Plan), ConnectorError>) -> Result<Vec<Found>, ConnectorError> {
    let former = task.keys.former.first().or(task.known.key.as_ref());
    let (difference, key) = match planned {
        // What another subject has is not this one's.
        Err(ConnectorError::Permanent { .. }) if task.work == Some(Work::Apply) => {
            (Difference::Missing, task.keys.current.as_ref().filter(|_| task.keys.taken.is_none()))
        }
        // The target has another subject of that name.
        Err(ConnectorError::Taken { .. }) if task.work == Some(Work::Apply) => (Difference::Missing, None),
        Err(ConnectorError::Permanent { .. } | ConnectorError::Taken { .. }) => return Ok(Vec::new()),
        Err(ConnectorError::Outdated { .. }) => match task.work {
            Some(Work::Apply) => (Difference::Different, task.keys.current.as_ref()),
            _ => (Difference::Extra, former),
        },
        Err(error) => return Err(error),
        Ok((Work::Apply, plan)) => {
            let difference = match (plan.there, plan.steps.is_empty()) {
                (Some(false), _) => Difference::Missing,
                (_, true) => Difference::Same,
                (_, false) => Difference::Different,
            };
            (difference, task.keys.current.as_ref())
        }
        Ok((Work::Remove, plan)) if plan.there == Some(true) && !plan.steps.is_empty() => (Difference::Extra, former),
        Ok((Work::Remove, _)) => return Ok(Vec::new()),
    };
    let subject = Some(task.subject);
    let found = Found { difference, subject, key: key.cloned() };
    // What it was called is taken away when it is mended.
    let spoken = task.keys.former.iter().filter(|former| Some(*former) != key);
    let spoken = spoken.map(|key| Found { difference: Difference::Same, subject, key: Some(key.clone()) });
    Ok([found].into_iter().chain(spoken).collect())
}
