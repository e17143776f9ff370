//! `CoProvisioningEvents`.

use proto::{
    caller::Caller,
    provisioning::v1::{NextEventsRequest, NextEventsResponse, co_provisioning_events_server::CoProvisioningEvents},
};
use tonic::{Request, Response, Status};

use crate::app::{App, events};

pub(super) struct Events(pub(super) App);

#[tonic::async_trait]
impl CoProvisioningEvents for Events {
    async fn next(&self, request: Request<NextEventsRequest>) -> Result<Response<NextEventsResponse>, Status> {
        Ok(Response::new(events::next(&self.0, &Caller::of(request.metadata()), request.get_ref()).await?))
    }
}
