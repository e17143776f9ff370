//! Asking for the provisioning of a subject, or of many (D36, D37, D39).
//!
//! Guarantee: the request is on the disk before the answer. Mechanism: target, then subject, then one transaction with
//! the request and the message that wakes the workers ([`wishes`](crate::app::wishes)).

use std::time::Duration;

use proto::{
    caller::Caller,
    provisioning::v1::{ProvisionRequest, ProvisionResponse},
    refusal::Refusal,
};
use service_kit::telemetry;

use crate::{
    app::{App, await_outcome, privileged, wishes::Wish},
    domain::{
        action,
        subject::{Kind, Subject},
    },
    store::requests,
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
    let (target_id, subject) = (wish.co_provisioning_target_id, Subject::new(kind, wish.subject_id));
    let co_id = app.wishes.check(Wish { caller: caller.clone(), target_id, subject }).await?;
    let new = requests::New {
        co_id,
        target_id,
        subject,
        action: (kind != Kind::Co).then(|| action::of_request(kind)),
        askers: 1,
        actor: Some(caller.username.clone()),
        traceparent: telemetry::traceparent(),
    };
    let id = app.wishes.write(new).await?;
    app.wake();
    let mut answer = ProvisionResponse { co_provisioning_request_id: id, processed: false };
    if wish.wait_ms > 0 {
        answer.processed = await_outcome::run(app, id, Duration::from_millis(u64::from(wish.wait_ms))).await?;
    }
    Ok(answer)
}
