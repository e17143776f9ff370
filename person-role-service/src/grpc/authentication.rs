//! Who is this login?

use proto::registry::v1::{
    Principal, VerifyRequest,
    authentication_server::{Authentication, AuthenticationServer},
};
use tonic::{Request, Response, Status, service::Routes};

use crate::{
    app::verify_key,
    grpc::{Registry, serve},
};

#[async_trait::async_trait]
impl Authentication for Registry {
    async fn verify(&self, request: Request<VerifyRequest>) -> Result<Response<Principal>, Status> {
        let request = request.into_inner();
        serve!(verify_key::verify_key(&self.app, request.clone())).map(Response::new)
    }
}

/// Adds the service to the routes.
pub(super) fn add_to(routes: Routes, registry: &Registry) -> Routes {
    routes.add_service(AuthenticationServer::new(registry.clone()))
}
