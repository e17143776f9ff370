//! Why a subject is at a target, or is not: for any subject, in one call (D52).
//!
//! Mechanism: what is true now by the registry, what is known of the place, and its newest requests with their calls: a few
//! looks into indexes, however much there is.

use proto::{
    caller::Caller,
    provisioning::v1::{
        Attempt, CoProvisioningExplanation, CoProvisioningExplanations, ExplainRequest, LastChange, Reason as Told,
    },
    refusal::Refusal,
    time::moment,
};
use sea_orm::DbErr;
use service_kit::database::refusal_of;

use crate::{
    app::{App, load_work, privileged},
    domain::{
        explanation::{self, Facts},
        ids::{RequestId, TargetId},
        status::Status,
        subject::{Kind, Subject},
    },
    store::{
        entity::request::Model,
        places::{self, Call},
        states::Place,
        targets,
    },
};

/// Explains.
///
/// # Errors
/// 400 for a subject that stands for many, 401, 404.
pub async fn run(app: &App, caller: &Caller, request: &ExplainRequest) -> Result<CoProvisioningExplanations, Refusal> {
    privileged(caller)?;
    let kind = Kind::of_parameter(&request.subject).filter(|kind| !kind.is_many()).ok_or_else(|| {
        let names = Kind::ORDER.map(Kind::parameter).join(", ");
        Refusal::BadRequest(format!("Name what is to be explained as <name>:<id>, the name being one of {names}."))
    })?;
    let away = |error: DbErr| refusal_of(&error);
    let db = app.database.reader();
    let target = targets::find(db, TargetId(request.co_provisioning_target_id)).await.map_err(away)?;
    let target =
        target.filter(|row| caller.may(row.co_id)).map(targets::target).ok_or_else(Refusal::target_not_found)?;
    let subject = Subject::new(kind, request.subject_id);
    let place = Place { target_id: target.id, subject };
    let (state, requests) = tokio::try_join!(places::state(db, place), places::requests(db, place)).map_err(away)?;
    let known = state.is_some() || !requests.is_empty();
    if !known && app.registry.co_of(subject).await.map_err(|status| Refusal::of_status(&status))? != Some(target.co_id)
    {
        return Err(unknown(kind));
    }
    let ids: Vec<RequestId> = requests.iter().map(|request| request.id).collect();
    let imagined = [Model::imagined(place, target.co_id)];
    let task = load_work::look(app, &imagined);
    let (calls, tasks, change) = tokio::join!(places::calls(db, &ids), task, app.registry.last_change(subject));
    let (calls, change) = (calls.map_err(away)?, change.unwrap_or_default());
    let task = tasks.map_err(|away| Refusal::Unavailable(away.0))?.pop();
    let truth = task.as_ref().and_then(|task| task.state.as_deref());
    let served = app.connectors.serves(&target, kind);
    let lost_group = task.as_ref().and_then(|task| task.lost_group);
    let reasons = explanation::reasons(&target, subject, truth, served, lost_group);
    let open = requests.iter().find(|request| request.stands().is_ok_and(|status| !status.has_ended()));
    let decisive = open.or_else(|| last_call(&requests));
    let applied = state.as_ref().and_then(|state| Some((state.status == "Provisioned", state.applied?)));
    let waits =
        open.filter(|request| request.stands().is_ok_and(|status| status.is_waiting() && status != Status::Held));
    let facts = Facts {
        request: decisive.and_then(|request| request.stands().ok()),
        error: decisive.and_then(|request| request.last_error.clone()),
        due: waits.map(|request| request.due),
        applied,
        eligible: explanation::eligible(&target, subject, truth, served),
    };
    let name = format!("{} {}", kind.title(), subject.id);
    let of = |which: Kind| (kind == which).then_some(subject.id);
    let record = CoProvisioningExplanation {
        co_provisioning_target_id: target.id.0,
        co_person_id: of(Kind::Person),
        co_group_id: of(Kind::Group),
        co_email_list_id: of(Kind::EmailList),
        co_service_id: of(Kind::Service),
        verdict: facts.verdict().name().to_owned(),
        sentence: facts.sentence(&name, &format!("target {} ({})", target.id, target.name()), &reasons),
        eligible: facts.eligible,
        reasons: reasons
            .into_iter()
            .map(|reason| Told { code: reason.code.to_owned(), sentence: reason.sentence })
            .collect(),
        applied_revision: state.as_ref().filter(|_| applied.is_some()).map(|state| state.revision),
        current_revision: truth.map(|truth| truth.revision),
        applied_at: applied.map(|(_, time)| moment(time)),
        key: state.as_ref().and_then(|state| state.applied_key.clone()),
        last_change: change.at.map(|at| LastChange {
            at: Some(at),
            actor: Some(change.actor).filter(|actor| !actor.is_empty()),
            sentence: change.sentence,
        }),
        attempts: calls.into_iter().map(attempt).collect(),
        next_attempt: waits.map(|request| moment(request.due)),
        request_id: open.map(|request| request.id).map(i64::from),
    };
    Ok(CoProvisioningExplanations { records: vec![record] })
}

fn unknown(kind: Kind) -> Refusal {
    Refusal::Unknown {
        phrase: kind.unknown().to_owned(),
        sentence: format!("There is no {} with this id in the CO of the target. Check the id.", kind.title()),
    }
}

/// The last request that says how it is: one that was canceled does not.
fn last_call(requests: &[Model]) -> Option<&Model> {
    requests.iter().find(|request| request.status != Status::Canceled.code())
}

fn attempt(call: Call) -> Attempt {
    let outcome = call.outcome.unwrap_or_else(|| match call.status.as_str() {
        "Succeeded" => "Succeeded".to_owned(),
        _ => "Failed".to_owned(),
    });
    Attempt {
        id: call.id,
        request_id: call.provisioning_request_id.0,
        started: Some(moment(call.started)),
        ended: Some(moment(call.ended)),
        outcome,
        message: call.message,
    }
}
