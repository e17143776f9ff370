//! The methods of `/co_provisioning_requests`.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use prost::Message;
use proto::{
    provisioning::v1::CoProvisioningRequest,
    registry::v1::{Added, DeleteRequest, Deleted, ListRecords, ViewRequest},
    time::moment,
};
use service_kit::{
    database::refusal_of,
    rows::tag::tag,
    rpc::tables::{Call, answered, read},
};
use tonic::{Response, Status};

use crate::{
    app::{App, cancel_request, compare, list_requests, retry_request, view_request},
    domain::{ids::RequestId, subject::Kind},
    grpc::{no_such_method, tagged},
    store::{entity::request::Model, progress::Progress},
};

/// The messages of rows, with how far those are that stand for many (D58).
async fn messages(app: &App, rows: Vec<Model>) -> Result<Vec<CoProvisioningRequest>, Status> {
    let many = |row: &&Model| row.subject().is_ok_and(|subject| subject.kind.is_many());
    let many: Vec<&Model> = rows.iter().filter(many).collect();
    let progress = app.counts.of(app.database.reader(), &many).await.map_err(|error| refusal_of(&error))?;
    let now = app.clock.now();
    let told = |row: Model| {
        let far = progress.get(&row.id).copied();
        let (started, ended) = (row.started, row.ended);
        let message = message(row)?;
        Ok(match far {
            Some(far) => with_progress(message, far, started, ended.unwrap_or(now)),
            None => message,
        })
    };
    rows.into_iter().map(told).collect()
}

fn with_progress(
    message: CoProvisioningRequest,
    far: Progress,
    started: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
) -> CoProvisioningRequest {
    let (rate, estimated_end) = far.pace(started, until);
    CoProvisioningRequest {
        total: Some(far.total),
        done: Some(far.done()),
        failed_count: Some(far.failed),
        waiting_count: Some(far.waiting),
        rate: Some(rate),
        estimated_end: estimated_end.map(moment),
        ..message
    }
}

/// The message of a row. The fields of the resource that are not columns are the subject's and the time of the next
/// attempt, so it is written out.
fn message(row: Model) -> Result<CoProvisioningRequest, Status> {
    let subject = row.subject().map_err(|error| refusal_of(&error))?;
    let status = row.stands().map_err(|error| refusal_of(&error))?;
    let of = |kind: Kind| (subject.kind == kind).then_some(subject.id);
    Ok(CoProvisioningRequest {
        trace_id: row.trace_id().map(str::to_owned),
        id: Some(row.id.0),
        co_id: Some(row.co_id),
        co_provisioning_target_id: Some(row.co_provisioning_target_id.0),
        co_person_id: of(Kind::Person),
        co_group_id: of(Kind::Group),
        co_email_list_id: of(Kind::EmailList),
        co_service_id: of(Kind::Service),
        cou_id: of(Kind::Cou),
        status: Some(status.wire().into()),
        action: row.action,
        attempts: Some(row.attempts),
        last_error: row.last_error,
        next_attempt: status.is_waiting().then(|| moment(row.due)),
        started: row.started.map(moment),
        ended: row.ended.map(moment),
        created: Some(moment(row.created)),
        modified: Some(moment(row.modified)),
        actor_identifier: row.actor_identifier,
        ..CoProvisioningRequest::default()
    })
}

/// Answers a method.
pub(super) async fn answer(app: &App, call: Call) -> Result<Response<Bytes>, Status> {
    let Call { method, caller, message, .. } = call;
    match method.as_str() {
        "Delete" => {
            let DeleteRequest { id, if_match } = read(message)?;
            cancel_request::run(app, &caller, RequestId(id), if_match.as_deref()).await?;
            Ok(answered(&Deleted {}))
        }
        "View" => {
            let ViewRequest { id, .. } = read(message)?;
            let row = view_request::run(app, &caller, RequestId(id)).await?;
            let tag = tag(&row);
            let message = messages(app, vec![row]).await?.pop();
            Ok(tagged(answered(&message.unwrap_or_default()), &tag))
        }
        "List" => {
            let (rows, more) = list_requests::run(app, &caller, &read(message)?).await?;
            let records = messages(app, rows).await?;
            let records = records.iter().map(|record| record.encode_to_vec().into()).collect();
            Ok(answered(&ListRecords { records, more }))
        }
        "Retry" => {
            let ViewRequest { id, .. } = read(message)?;
            let (id, replayed) = retry_request::run(app, &caller, RequestId(id)).await?;
            Ok(answered(&Added { id: id.0, extras: Vec::new(), replayed }))
        }
        "Differences" => Ok(answered(&compare::found(app, &caller, &read(message)?).await?)),
        _ => Err(no_such_method()),
    }
}
