//! Comparing a target with the registry (D57).
//!
//! Guarantee: every subject that is to be at the target, and every key that the target has, is looked at; nothing of
//! somebody else is ever removed. Mechanism: the plan of each subject is what differs there (ADR 0019); what the target has
//! beside is found by reading its keys, page by page. Failure: a comparison that breaks off begins anew.

use proto::{
    caller::Caller,
    provisioning::v1::{CoProvisioningDifference, CoProvisioningDifferences, CompareRequest, DifferencesRequest},
    refusal::Refusal,
};
use sea_orm::DbErr;
use service_kit::{
    database::{is_conflict, refusal_of},
    idempotency,
    planted::{self, Bug},
    telemetry,
};

use crate::{
    app::{
        App, audit,
        expand_request::{self, Stop},
        privileged, repeated, view_request, wake_others,
    },
    domain::{
        ids::{RequestId, TargetId},
        mode,
        outcome::{Attempt, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
    store::{
        differences::{self, Difference, Found},
        entity::request::Model,
        requests, targets,
    },
};

mod held;
mod looked;

/// How many subjects or keys a page has.
const PAGE: u32 = 500;
/// So many differences are shown at once, at most.
const SHOWN: u32 = proto::LARGEST_PAGE;
/// How many keys of a target are looked at, for each subject that it is to have and beside these.
const KEYS: (usize, usize) = (10, 100_000);
/// How often a request is written when transactions stand in each other's way.
const TRIES: u32 = 4;

/// Asks for a comparison; gives its request, and whether it was asked for before, by the same request (D44).
///
/// # Errors
/// 401, 404, 409 `CoProvisioningTarget Disabled`, 422 `Cannot Be Compared`.
pub async fn run(app: &App, caller: &Caller, wish: &CompareRequest) -> Result<(RequestId, bool), Refusal> {
    privileged(caller)?;
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    if let Some(id) = repeated(app.database.reader(), &app.clock, caller).await? {
        return Ok((RequestId(id), true));
    }
    let found = targets::find(app.database.reader(), TargetId(wish.co_provisioning_target_id)).await;
    let found = found.map_err(|error| refusal_of(&error))?.filter(|row| caller.may(row.co_id));
    let target = found.map(targets::target).ok_or_else(Refusal::target_not_found)?;
    if !app.compares(&target.plugin) {
        return Err(Refusal::Unprocessable {
            phrase: "Cannot Be Compared".to_owned(),
            sentence: format!("What a target of {} has cannot be read back.", target.plugin),
        });
    }
    if !mode::takes_requests(target.mode) {
        return Err(Refusal::Conflict {
            phrase: "CoProvisioningTarget Disabled".to_owned(),
            sentence: "This target is disabled. Set its Status to another mode first.".to_owned(),
        });
    }
    let new = requests::New {
        co_id: target.co_id,
        target_id: target.id,
        subject: Subject::new(Kind::Comparison, target.co_id),
        action: None,
        askers: 1,
        actor: Some(caller.username.clone()),
        traceparent: telemetry::traceparent(),
        wish: requests::Wish { repair: wish.repair, remove_extra: wish.remove_extra, ..requests::Wish::default() },
    };
    let mut tries = 1;
    let id = loop {
        match write(app, caller, &new).await {
            Err(error) if is_conflict(&error) && tries < TRIES => tries += 1,
            result => break result.map_err(|error| refusal_of(&error))?,
        }
    };
    app.wake();
    Ok((id, false))
}

async fn write(app: &App, caller: &Caller, new: &requests::New) -> Result<RequestId, DbErr> {
    let transaction = app.database.begin().await?;
    let made = requests::enqueue(&transaction, std::slice::from_ref(new), &app.clock).await?;
    let id = made.first().copied().ok_or(DbErr::RecordNotInserted)?;
    wake_others(&transaction, &app.clock, made).await?;
    idempotency::keep(&transaction, &app.clock, caller, id.0).await?;
    let wished = [("Repair", new.wish.repair), ("RemoveExtra", new.wish.remove_extra)];
    let wished = wished.into_iter().filter(|(_, wished)| *wished).map(|(name, wished)| (name, wished.into()));
    let act = audit::act("Compare", (audit::TARGET, new.target_id.0), new.co_id, wished);
    // One that mends nothing only looks.
    let act = Some(act).filter(|act| !act.changes.is_empty());
    audit::commit(app, transaction, caller, act).await?;
    Ok(id)
}

/// Carries out a comparison.
///
/// # Errors
/// If it does not go on.
pub(super) async fn carry_out(app: &App, request: &Model) -> Result<(), Stop> {
    let target = expand_request::place(app, request).await?;
    let failed = |error: ConnectorError| Stop::Ended(Attempt::Broke(error));
    let connector = app.connectors.get(&target.plugin).filter(|connector| connector.reads_back());
    let missing = || ConnectorError::permanent(format!("What a target of {} has cannot be read back.", target.plugin));
    let connector = connector.ok_or_else(|| failed(missing()))?;
    differences::forget(app.database.writer(), request.id, true).await?;
    let (mut after, mut looked_at) = (None, 0);
    loop {
        expand_request::place(app, request).await?;
        let page = app.registry.list(request.co_id, None, after, PAGE).await;
        let page = page.map_err(|status| expand_request::away(request, &status))?;
        let Some(last) = page.last().copied() else { break };
        let served: Vec<Subject> =
            page.iter().copied().filter(|subject| app.connectors.serves(&target, subject.kind)).collect();
        looked_at += served.len();
        let found = looked::at(app, &target, request, &served).await?;
        note(app, request, &target, &found).await?;
        if page.len() < PAGE as usize {
            break;
        }
        after = Some(last);
    }
    let mut left = looked_at * KEYS.0 + KEYS.1;
    for kind in connector.serves(&target) {
        held::of_keys(app, request, (&target, connector.as_ref()), *kind, &mut left).await?;
    }
    differences::forget(app.database.writer(), request.id, false).await?;
    Ok(())
}

/// Writes down what was found, and makes the requests that mend it.
async fn note(app: &App, request: &Model, target: &Target, found: &[Found]) -> Result<(), Stop> {
    let wishes = (request.repair, request.remove_extra);
    let (repair, remove_extra) = if planted::is(Bug::ComparesBackwards) { (false, wishes.0) } else { wishes };
    let mended = found.iter().filter(|found| match found.difference {
        Difference::Missing | Difference::Different => repair,
        Difference::Extra => remove_extra,
        Difference::Foreign | Difference::Same => false,
    });
    let mut mended: Vec<Subject> = mended.filter_map(|found| found.subject).collect();
    let last = mended.last().copied();
    // A subject may be there under several keys, and a target may tell a key twice.
    mended.sort_unstable();
    mended.dedup();
    differences::insert(app.database.writer(), request.id, found).await?;
    match last {
        Some(last) => expand_request::make(app, request, target, &mended, last).await,
        None => Ok(()),
    }
}

/// A page of what a comparison found.
///
/// # Errors
/// 401, 404, 422 if the request is no comparison.
pub async fn found(
    app: &App,
    caller: &Caller,
    asked: &DifferencesRequest,
) -> Result<CoProvisioningDifferences, Refusal> {
    let request = view_request::run(app, caller, RequestId(asked.co_provisioning_request_id)).await?;
    if request.subject_kind != Kind::Comparison.code() {
        return Err(Refusal::unprocessable(
            "This request is no comparison: POST /co_provisioning_targets/<id>/compare.",
        ));
    }
    let limit = u64::from(if asked.limit == 0 { SHOWN } else { asked.limit.min(SHOWN) });
    let rows = differences::list(app.database.reader(), request.id, asked.after, limit + 1).await;
    let mut rows = rows.map_err(|error| refusal_of(&error))?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let record = |row: differences::Row| {
        let of = |kind: Kind| row.subject_id.filter(|_| row.subject_kind.as_deref() == Some(kind.code()));
        CoProvisioningDifference {
            id: row.id,
            co_provisioning_request_id: request.id.0,
            co_person_id: of(Kind::Person),
            co_group_id: of(Kind::Group),
            co_email_list_id: of(Kind::EmailList),
            co_service_id: of(Kind::Service),
            difference: row.difference,
            key: row.key,
        }
    };
    Ok(CoProvisioningDifferences { records: rows.into_iter().map(record).collect(), more })
}
