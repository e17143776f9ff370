//! Asking for the provisioning of a subject, or of many (D36, D37, D39).
//!
//! Guarantee: the request is on the disk before the answer. Mechanism: target, then subject, then one transaction with
//! the request and the message that wakes the workers.

use std::time::Duration;

use messaging::outbox;
use proto::{
    caller::Caller,
    provisioning::v1::{ProvisionRequest, ProvisionResponse},
    refusal::Refusal,
};
use sea_orm::DbErr;
use service_kit::{
    database::{is_conflict, refusal_of},
    telemetry,
};

use crate::{
    app::{App, await_outcome, privileged, target_not_found, wake_up},
    domain::{
        action, mode,
        subject::{Kind, Subject},
    },
    store::{entity::target::Model, requests, targets},
};

/// Asks, and waits for the result if that is wished.
///
/// # Errors
/// 400, 401, 404, 409 `CoProvisioningTarget Disabled`; 500 with the connector's message when it was waited for and failed.
pub async fn run(app: &App, caller: &Caller, wish: &ProvisionRequest) -> Result<ProvisionResponse, Refusal> {
    privileged(caller)?;
    let Some(kind) = Kind::of_parameter(&wish.subject) else {
        let names = Kind::ALL.map(Kind::parameter).join(", ");
        return Err(Refusal::BadRequest(format!(
            "Name what is to be provisioned as <name>:<id>, the name being one of {names}."
        )));
    };
    let found = targets::find(app.database.reader(), wish.co_provisioning_target_id).await;
    let found = found.map_err(|error| refusal_of(&error))?;
    let target = found.filter(|row| caller.may(row.co_id)).ok_or_else(target_not_found)?;
    if !mode::takes_requests(mode::of_code(&target.status)) {
        return Err(Refusal::Conflict {
            phrase: "CoProvisioningTarget Disabled".to_owned(),
            sentence: "This target is disabled. Set its Status to another mode first.".to_owned(),
        });
    }
    let subject = Subject::new(kind, wish.subject_id);
    check_subject(app, subject, target.co_id).await?;
    let id = make(app, caller, &target, subject).await.map_err(|error| refusal_of(&error))?;
    app.wake();
    let mut answer = ProvisionResponse { co_provisioning_request_id: id, processed: false };
    if wish.wait_ms > 0 {
        answer.processed = await_outcome::run(app, id, Duration::from_millis(u64::from(wish.wait_ms))).await?;
    }
    Ok(answer)
}

async fn check_subject(app: &App, subject: Subject, co_id: i64) -> Result<(), Refusal> {
    let resource = subject.kind.resource();
    let owners = app.registry.resolve(&[(resource, subject.id)]).await.map_err(|status| Refusal::of_status(&status))?;
    if owners.co_of(resource, subject.id) == Some(co_id) {
        return Ok(());
    }
    Err(Refusal::Unknown {
        phrase: subject.kind.unknown().to_owned(),
        sentence: format!("There is no {} with this id in the CO of the target. Check the id.", subject.kind.title()),
    })
}

async fn make(app: &App, caller: &Caller, target: &Model, subject: Subject) -> Result<i64, DbErr> {
    let new = requests::New {
        co_id: target.co_id,
        target_id: target.id,
        subject,
        action: (subject.kind != Kind::Co).then(|| action::of_request(subject.kind)),
        manual: true,
        actor: Some(caller.username.clone()),
        traceparent: telemetry::traceparent(),
    };
    loop {
        match write(app, &new).await {
            Err(error) if is_conflict(&error) => {}
            result => return result,
        }
    }
}

async fn write(app: &App, new: &requests::New) -> Result<i64, DbErr> {
    let transaction = app.database.begin().await?;
    let made = requests::enqueue(&transaction, std::slice::from_ref(new), &app.clock).await?;
    let id = made.first().copied().ok_or_else(|| DbErr::RecordNotInserted)?;
    outbox::enqueue(&transaction, &app.clock, vec![wake_up(vec![id])]).await?;
    transaction.commit().await?;
    Ok(id)
}
