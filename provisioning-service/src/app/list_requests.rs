//! Listing requests (D10, D38).

use proto::{caller::Caller, filters, refusal::Refusal, registry::v1::ListRequest};
use service_kit::database::refusal_of;

use crate::{
    app::{App, privileged},
    domain::{
        ids::TargetId,
        status::Status,
        subject::{Kind, Subject},
    },
    store::{
        entity::request::Model,
        places,
        requests::{self, Filter},
        targets,
    },
};

const TARGET: &str = "coprovisioningtargetid";
const STATUS: &str = "status";

/// Lists requests, and says whether there are more.
///
/// # Errors
/// 400 for a status that there is not, 401, 404 for a filter that names what there is not.
pub async fn run(app: &App, caller: &Caller, request: &ListRequest) -> Result<(Vec<Model>, bool), Refusal> {
    privileged(caller)?;
    let filter = filter(app, caller, request).await?;
    let limit = if request.limit == 0 { 0 } else { u64::from(request.limit) + 1 };
    let rows = requests::list(app.database.reader(), &filter, request.after, limit).await;
    let mut rows = rows.map_err(|error| refusal_of(&error))?;
    let more = request.limit > 0 && rows.len() > request.limit as usize;
    rows.truncate(if more { request.limit as usize } else { rows.len() });
    Ok((rows, more))
}

async fn filter(app: &App, caller: &Caller, request: &ListRequest) -> Result<Filter, Refusal> {
    let own: Vec<&str> = Kind::ALL.map(Kind::parameter).into_iter().chain([TARGET, STATUS]).collect();
    filters::refuse_others("CoProvisioningRequests", request.filters.iter().map(|wish| wish.name.as_str()), &own)?;
    let mut filter = Filter { co_id: caller.co_id, ..Filter::default() };
    let mut of_target = None;
    for wish in &request.filters {
        let id = wish.value.parse::<i64>().ok().filter(|id| *id > 0);
        match (wish.name.as_str(), Kind::of_parameter(&wish.name)) {
            (TARGET, _) => {
                let (id, co) = target(app, caller, id.map(TargetId)).await?;
                of_target = Some(co);
                // Two different targets can match nothing.
                filter.target_id =
                    Some(if filter.target_id.is_some_and(|other| other != id) { TargetId(0) } else { id });
            }
            (STATUS, _) => filter.status.push(status(&wish.value)?),
            (_, Some(kind)) => {
                filter.subjects.push(Subject::new(kind, id.ok_or_else(|| Refusal::unknown(kind.title()))?));
            }
            _ => {}
        }
    }
    check_subjects(app, caller, &filter.subjects).await?;
    let cos: Vec<i64> =
        filter.subjects.iter().filter(|subject| subject.kind == Kind::Co).map(|subject| subject.id).collect();
    filter.subjects.retain(|subject| subject.kind != Kind::Co);
    for co in cos {
        filter.co_id = Some(if filter.co_id.is_some_and(|other| other != co) { 0 } else { co });
    }
    // Whatever a target has is of its CO: that is not looked up again for each request.
    filter.co_id = filter.co_id.filter(|_| filter.co_id != of_target);
    Ok(filter)
}

/// A target and its CO. One that was deleted has requests still.
pub(super) async fn target(app: &App, caller: &Caller, id: Option<TargetId>) -> Result<(TargetId, i64), Refusal> {
    let unknown = || Refusal::unknown("CO Provisioning Target");
    let id = id.ok_or_else(unknown)?;
    let db = app.database.reader();
    let co = match targets::find(db, id).await.map_err(|error| refusal_of(&error))? {
        Some(row) => Some(row.co_id),
        None => requests::co_of_target(db, id).await.map_err(|error| refusal_of(&error))?,
    };
    co.filter(|co| caller.may(*co)).map(|co| (id, co)).ok_or_else(unknown)
}

fn status(value: &str) -> Result<Status, Refusal> {
    Status::of_code(value).filter(|status| *status != Status::Expanded).ok_or_else(|| {
        let shown: Vec<&str> =
            Status::ALL.into_iter().filter(|status| *status != Status::Expanded).map(Status::code).collect();
        let names = shown.join(", ");
        Refusal::field("status", format!("\"Status\" must be one of {names}"))
    })
}

async fn check_subjects(app: &App, caller: &Caller, subjects: &[Subject]) -> Result<(), Refusal> {
    let references: Vec<_> = subjects.iter().map(|subject| (subject.kind.resource(), subject.id)).collect();
    let owners = app.registry.resolve(&references).await.map_err(|status| Refusal::of_status(&status))?;
    for subject in subjects {
        // Of one that was deleted there are requests still (D52).
        let co = match owners.co_of(subject.kind.resource(), subject.id) {
            Some(co) => Some(co),
            None => places::co_of(app.database.reader(), *subject).await.map_err(|error| refusal_of(&error))?,
        };
        if !co.is_some_and(|co| caller.may(co)) {
            return Err(Refusal::unknown(subject.kind.title()));
        }
    }
    Ok(())
}
