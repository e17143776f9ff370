//! The requests of the fake service.

use async_trait::async_trait;
use proto::{
    provisioning::v1::{
        CoProvisioningDifferences, CoProvisioningRequest, DifferencesRequest, ListCoProvisioningRequestsResponse,
        co_provisioning_requests_server::CoProvisioningRequests,
    },
    refusal::Refusal,
    registry::v1::{Added, DeleteRequest, Deleted, ListRequest, ViewRequest},
};
use tonic::{Request, Response, Status};

use super::{Asked, Fake};

#[async_trait]
impl CoProvisioningRequests for Fake {
    async fn delete(&self, request: Request<DeleteRequest>) -> Result<Response<Deleted>, Status> {
        self.note(Asked::OfRequest("cancel", request.into_inner().id))?;
        Ok(Response::new(Deleted {}))
    }

    async fn view(&self, request: Request<ViewRequest>) -> Result<Response<CoProvisioningRequest>, Status> {
        let id = request.into_inner().id;
        let found = self.0.requests.lock().unwrap().iter().find(|found| found.id == Some(id)).cloned();
        found.map(Response::new).ok_or_else(|| Refusal::unknown("CoProvisioningRequest").into())
    }

    async fn list(&self, _: Request<ListRequest>) -> Result<Response<ListCoProvisioningRequestsResponse>, Status> {
        let records = self.0.requests.lock().unwrap().clone();
        Ok(Response::new(ListCoProvisioningRequestsResponse { records, more: false }))
    }

    async fn retry(&self, request: Request<ViewRequest>) -> Result<Response<Added>, Status> {
        let id = request.into_inner().id;
        self.note(Asked::OfRequest("retry", id))?;
        Ok(Response::new(Added { id, extras: vec![], replayed: false }))
    }

    async fn differences(&self, _: Request<DifferencesRequest>) -> Result<Response<CoProvisioningDifferences>, Status> {
        Ok(Response::new(CoProvisioningDifferences::default()))
    }
}
