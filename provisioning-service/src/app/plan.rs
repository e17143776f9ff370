//! What would be sent: nothing is, nothing is written, and nothing is queued (D51).

use futures::{StreamExt, stream};
use proto::{
    caller::Caller,
    provisioning::v1::{CoProvisioningPlan, CoProvisioningPlans, PlanRequest, Step},
    refusal::Refusal,
};
use service_kit::database::refusal_of;
use tokio::time::timeout;

use crate::{
    app::{
        App, REACH,
        load_work::{self, Task},
        names, privileged,
        surroundings::Surroundings,
    },
    connector::{Job, Number, digest, plan::Plan},
    domain::{
        action, eligibility,
        eligibility::Work,
        ids::{RequestId, TargetId},
        outcome::ConnectorError,
        subject::{Kind, Subject},
        target::Target,
    },
    store::{entity::request::Model, states::Place, targets},
};

mod page;

/// So many are planned at once.
const AT_ONCE: usize = 8;

/// Plans one subject, or a page of many.
///
/// # Errors
/// 400, 401, 404; 503 if the registry or the database is away.
pub async fn run(app: &App, caller: &Caller, request: &PlanRequest) -> Result<CoProvisioningPlans, Refusal> {
    privileged(caller)?;
    let kind = Kind::of_parameter(&request.subject).ok_or_else(|| {
        let names = Kind::ALL.map(Kind::parameter).join(", ");
        Refusal::BadRequest(format!("Name what is to be planned as <name>:<id>, the name being one of {names}."))
    })?;
    let target = targets::find(app.database.reader(), TargetId(request.co_provisioning_target_id)).await;
    let target = target.map_err(|error| refusal_of(&error))?.filter(|row| caller.may(row.co_id));
    let mut target = target.map(targets::target).ok_or_else(Refusal::target_not_found)?;
    app.secrets.open(&mut target).await;
    let asked = Subject::new(kind, request.subject_id);
    if app.registry.co_of(asked).await.map_err(|status| Refusal::of_status(&status))? != Some(target.co_id) {
        return Err(Refusal::Unknown {
            phrase: kind.unknown().to_owned(),
            sentence: format!("There is no {} with this id in the CO of the target. Check the id.", kind.title()),
        });
    }
    let (subjects, next) = match kind.is_many() {
        false => (vec![asked], None),
        true => page::page(app, &target, asked, (&request.after, request.limit)).await?,
    };
    let _look = app.looks.begin(Some(target.co_id)).await?;
    let records = all(app, &target, &subjects).await?;
    Ok(CoProvisioningPlans { records, next })
}

async fn all(app: &App, target: &Target, subjects: &[Subject]) -> Result<Vec<CoProvisioningPlan>, Refusal> {
    let imagined = |subject: &Subject| Model::imagined(Place { target_id: target.id, subject: *subject }, target.co_id);
    let imagined: Vec<Model> = subjects.iter().map(imagined).collect();
    let mut tasks = load_work::look(app, &imagined).await.map_err(|away| Refusal::Unavailable(away.0))?;
    names::share(app, &mut tasks).await.map_err(|error| refusal_of(&error))?;
    let plans = stream::iter(tasks).map(|task| async move {
        let planned = of_task(app, target, &task).await;
        message(target, &task, planned)
    });
    Ok(plans.buffered(AT_ONCE).collect().await)
}

/// Plans a task.
///
/// # Errors
/// If it could not be done.
pub async fn of_task(app: &App, target: &Target, task: &Task) -> Result<(Work, Plan), ConnectorError> {
    let Subject { kind, id } = task.subject;
    let away = || ConnectorError::retryable("The registry did not say what is true of the subject.");
    let (state, work) = task.state.as_deref().zip(task.work).ok_or_else(away)?;
    if let Some(group) = task.lost_group
        && eligibility::is_for_the_group_to_say(target, kind, id, state)
    {
        return Err(ConnectorError::permanent(format!(
            "The provisioning group {group} of this target does not exist any more; set or clear ProvisionCoGroupId."
        )));
    }
    if !app.connectors.serves(target, kind) {
        return Ok((work, Plan::default()));
    }
    if let Some(refused) = task.refused() {
        return Err(ConnectorError::permanent(refused.to_string()));
    }
    let connector = app.connectors.get(&target.plugin);
    let missing = || ConnectorError::permanent(format!("This server has no plugin {}.", target.plugin));
    let action = match work {
        Work::Apply => action::of_request(kind),
        Work::Remove => action::of_removal(kind),
    };
    let beside = Surroundings::of(app, target);
    let job = Job {
        target,
        subject: task.subject,
        state,
        action: &action,
        previous_key: task.known.key.as_deref(),
        former_keys: &task.keys.former,
        call: Number { revision: state.revision.max(task.known.revision), request: RequestId(0), fence: 0 },
        resumes: false,
        now: app.clock.now(),
        beside: &beside,
    };
    let slow = |_| ConnectorError::retryable("The target did not answer in time.");
    let plan = timeout(REACH, connector.ok_or_else(missing)?.plan(&job, work)).await.map_err(slow)??;
    Ok((work, plan))
}

fn message(target: &Target, task: &Task, planned: Result<(Work, Plan), ConnectorError>) -> CoProvisioningPlan {
    let subject = task.subject;
    let of = |kind: Kind| (subject.kind == kind).then_some(subject.id);
    let (work, plan, error) = match planned {
        Ok((work, plan)) => (Some(work), plan, None),
        Err(error) => (task.work, Plan::default(), Some(error.to_string())),
    };
    let name = match work {
        _ if plan.steps.is_empty() && error.is_none() => "Nothing",
        Some(Work::Apply) => "Apply",
        Some(Work::Remove) => "Remove",
        None => "Nothing",
    };
    let step = |step: &crate::connector::plan::Step| Step {
        protocol: step.protocol.name().to_owned(),
        text: step.text.clone(),
    };
    CoProvisioningPlan {
        co_provisioning_target_id: target.id.0,
        co_person_id: of(Kind::Person),
        co_group_id: of(Kind::Group),
        co_email_list_id: of(Kind::EmailList),
        co_service_id: of(Kind::Service),
        work: name.to_owned(),
        digest: plan.digest(work.unwrap_or(Work::Remove)),
        error,
        steps: plan.steps.iter().map(step).collect(),
    }
}

fn outdated() -> Refusal {
    Refusal::Conflict {
        phrase: "Plan Outdated".to_owned(),
        sentence: "What would be sent is not what was planned any more. Plan again, and look at it.".to_owned(),
    }
}

/// Compares the plan of a wish with the one that was looked at (D51).
///
/// # Errors
/// 409 `Plan Outdated`; 400 for many.
pub async fn compare(app: &App, target_id: TargetId, subject: Subject, seen: &str) -> Result<(), Refusal> {
    if subject.kind.is_many() {
        return Err(Refusal::BadRequest("A Digest belongs to the plan of one subject.".to_owned()));
    }
    let target = targets::find(app.database.reader(), target_id).await.map_err(|error| refusal_of(&error))?;
    let mut target = target.map(targets::target).ok_or_else(Refusal::target_not_found)?;
    // It is kept with the request, where the target cannot be asked now.
    if !digest::is_one(seen) {
        return Err(outdated());
    }
    app.secrets.open(&mut target).await;
    let _look = app.looks.begin(Some(target.co_id)).await?;
    let found = all(app, &target, &[subject]).await?;
    match found.first().filter(|plan| plan.error.is_none()) {
        Some(plan) if plan.digest != seen => Err(outdated()),
        // What cannot be planned now is found out by the request.
        _ => Ok(()),
    }
}
