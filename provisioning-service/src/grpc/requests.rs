//! `CoProvisioningRequests`.

use chrono::{DateTime, Utc};
use proto::{
    provisioning::v1::{
        CoProvisioningRequest, ListCoProvisioningRequestsResponse,
        co_provisioning_requests_server::CoProvisioningRequests,
    },
    registry::v1::{Added, DeleteRequest, Deleted, ListRequest, ViewRequest},
};
use service_kit::{database::refusal_of, rows::tag::tag};
use tonic::{Request, Response, Status};

use crate::{
    app::{App, cancel_request, list_requests, retry_request, view_request},
    domain::subject::Kind,
    grpc::{caller, tagged},
    store::entity::request::Model,
};

pub(super) struct Requests(pub(super) App);

/// The message of a row. The fields of the resource that are not columns are the subject's and the time of the next
/// attempt, so it is written out.
fn message(row: Model) -> Result<CoProvisioningRequest, Status> {
    let subject = row.subject().map_err(|error| refusal_of(&error))?;
    let status = row.stands().map_err(|error| refusal_of(&error))?;
    let of = |kind: Kind| (subject.kind == kind).then_some(subject.id);
    Ok(CoProvisioningRequest {
        id: Some(row.id),
        co_id: Some(row.co_id),
        co_provisioning_target_id: Some(row.co_provisioning_target_id),
        co_person_id: of(Kind::Person),
        co_group_id: of(Kind::Group),
        co_email_list_id: of(Kind::EmailList),
        co_service_id: of(Kind::Service),
        cou_id: of(Kind::Cou),
        status: Some(status.wire().into()),
        action: row.action,
        attempts: Some(row.attempts),
        last_error: row.last_error,
        next_attempt: status.is_waiting().then(|| timestamp(row.due)),
        started: row.started.map(timestamp),
        ended: row.ended.map(timestamp),
        created: Some(timestamp(row.created)),
        modified: Some(timestamp(row.modified)),
        actor_identifier: row.actor_identifier,
    })
}

fn timestamp(time: DateTime<Utc>) -> prost_types::Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0);
    prost_types::Timestamp { seconds: time.timestamp(), nanos }
}

#[tonic::async_trait]
impl CoProvisioningRequests for Requests {
    async fn delete(&self, request: Request<DeleteRequest>) -> Result<Response<Deleted>, Status> {
        let DeleteRequest { id, if_match } = request.get_ref();
        cancel_request::run(&self.0, &caller(&request), *id, if_match.as_deref()).await?;
        Ok(Response::new(Deleted {}))
    }

    async fn view(&self, request: Request<ViewRequest>) -> Result<Response<CoProvisioningRequest>, Status> {
        let row = view_request::run(&self.0, &caller(&request), request.get_ref().id).await?;
        let tag = tag(&row);
        Ok(tagged(message(row)?, &tag))
    }

    async fn list(
        &self,
        request: Request<ListRequest>,
    ) -> Result<Response<ListCoProvisioningRequestsResponse>, Status> {
        let (rows, more) = list_requests::run(&self.0, &caller(&request), request.get_ref()).await?;
        let records = rows.into_iter().map(message).collect::<Result<_, _>>()?;
        Ok(Response::new(ListCoProvisioningRequestsResponse { records, more }))
    }

    async fn retry(&self, request: Request<ViewRequest>) -> Result<Response<Added>, Status> {
        let (id, replayed) = retry_request::run(&self.0, &caller(&request), request.get_ref().id).await?;
        Ok(Response::new(Added { id, extras: Vec::new(), replayed }))
    }
}
