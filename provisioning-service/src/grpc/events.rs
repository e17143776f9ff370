//! `CoProvisioningEvents`.

use proto::provisioning::v1::{
    NextEventsRequest, NextEventsResponse, co_provisioning_events_server::CoProvisioningEvents,
};
use tonic::{Request, Response, Status};

use crate::{
    app::{App, events},
    grpc::caller,
};

pub(super) struct Events(pub(super) App);

#[tonic::async_trait]
impl CoProvisioningEvents for Events {
    async fn next(&self, request: Request<NextEventsRequest>) -> Result<Response<NextEventsResponse>, Status> {
        Ok(Response::new(events::next(&self.0, &caller(&request), request.get_ref()).await?))
    }
}
