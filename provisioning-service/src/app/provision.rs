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
use sea_orm::DbErr;
use service_kit::{
    audit::Entry,
    database::{is_conflict, refusal_of},
    idempotency,
};

use crate::{
    app::{
        App, audit, await_outcome, ledger::of_wishes, plan, privileged, repeated, scoped, wake_others, wishes::Wish,
    },
    domain::{
        ids::{RequestId, TargetId},
        subject::{Kind, Subject},
    },
    store::{ledger::enter, requests},
};

/// Asks, and waits for the result if that is wished.
///
/// # Errors
/// 400, 401, 404, 409 `CoProvisioningTarget Disabled`; 500 with the connector's message when it was waited for and failed.
pub async fn run(app: &App, caller: &Caller, wish: &ProvisionRequest) -> Result<ProvisionResponse, Refusal> {
    privileged(caller)?;
    scoped(caller, "co_provisioning_targets", "Provision", TargetId(wish.co_provisioning_target_id))?;
    let Some(kind) = Kind::of_parameter(&wish.subject) else {
        let names = Kind::ALL.map(Kind::parameter).join(", ");
        return Err(Refusal::BadRequest(format!(
            "Name what is to be provisioned as <name>:<id>, the name being one of {names}."
        )));
    };
    let in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    let first = repeated(app.database.reader(), &app.clock, caller).await?;
    let id = match first {
        Some(id) => RequestId(id),
        None => ask(app, caller, wish, kind).await?,
    };
    // It is on the disk; who asks again finds it there.
    drop(in_use);
    let mut answer =
        ProvisionResponse { co_provisioning_request_id: id.0, processed: false, replayed: first.is_some() };
    if wish.wait_ms > 0 {
        answer.processed = await_outcome::run(app, id, Duration::from_millis(u64::from(wish.wait_ms))).await?;
    }
    Ok(answer)
}

async fn ask(app: &App, caller: &Caller, wish: &ProvisionRequest, kind: Kind) -> Result<RequestId, Refusal> {
    let (target_id, subject) = (TargetId(wish.co_provisioning_target_id), Subject::new(kind, wish.subject_id));
    let plain = Wish::of(caller, target_id, subject);
    if caller.idempotency.is_none() && !wish.force && wish.digest.is_none() {
        return app.wishes.grant(plain).await;
    }
    let co_id = app.wishes.check(plain.clone()).await?;
    if let Some(digest) = &wish.digest {
        plan::compare(app, target_id, subject, digest).await?;
    }
    let wish = requests::Wish { force: wish.force, digest: wish.digest.clone(), ..requests::Wish::default() };
    // With its key, or with a line in the security log, or once its plan was looked at, and so in a transaction of its own.
    write(app, caller, requests::New { wish, ..plain.request(co_id) }).await
}

async fn write(app: &App, caller: &Caller, new: requests::New) -> Result<RequestId, Refusal> {
    let mut tries = 1;
    loop {
        let transaction = app.database.begin().await.map_err(|error| refusal_of(&error))?;
        if let Some(id) = repeated(&transaction, &app.clock, caller).await? {
            return Ok(RequestId(id));
        }
        let result = async {
            let made = requests::enqueue(&transaction, std::slice::from_ref(&new), &app.clock).await?;
            let id = made.first().copied().ok_or(DbErr::RecordNotInserted)?;
            wake_others(&transaction, &app.clock, made).await?;
            idempotency::keep(&transaction, &app.clock, caller, id.0).await?;
            enter(&transaction, &of_wishes(std::iter::once((&new, id))), app.clock.now()).await?;
            audit::commit(app, transaction, caller, new.wish.force.then(|| forced(&new))).await?;
            Ok(id)
        };
        match result.await {
            Err(error) if is_conflict(&error) && tries < TRIES => tries += 1,
            result => {
                let id = result.map_err(|error| refusal_of(&error))?;
                app.wake();
                return Ok(id);
            }
        }
    }
}

/// What is told of a wish that passes by the guard; of others their requests tell.
fn forced(new: &requests::New) -> Entry {
    let subject = (new.subject.kind.title(), new.subject.id.into());
    audit::act("Provision", (audit::TARGET, new.target_id.0), new.co_id, [subject, ("Force", true.into())])
}

/// How often a request is written when transactions stand in each other's way.
const TRIES: u32 = 4;
