//! Who is this login?

use proto::registry::v1::{
    Principal, RecognizeRequest, RecognizeResponse, Recognized, VerifyRequest, authentication_server::Authentication,
};
use tonic::{Request, Response, Status};

use crate::{
    app::verify_key,
    grpc::{Face, serve},
};

#[async_trait::async_trait]
impl Authentication for Face {
    async fn verify(&self, request: Request<VerifyRequest>) -> Result<Response<Principal>, Status> {
        let request = request.into_inner();
        let principal = serve!(verify_key::verify_key(&self.app, request.clone()))?;
        self.app.uses.note(principal.api_user_id, self.app.clock.now());
        Ok(Response::new(principal))
    }

    async fn recognize(&self, request: Request<RecognizeRequest>) -> Result<Response<RecognizeResponse>, Status> {
        let logins = request.into_inner().logins;
        let found = serve!(verify_key::recognize(&self.app, &logins))?;
        for principal in found.iter().flatten() {
            self.app.uses.note(principal.api_user_id, self.app.clock.now());
        }
        let recognized = found.into_iter().map(|principal| Recognized { principal }).collect();
        Ok(Response::new(RecognizeResponse { recognized }))
    }
}
