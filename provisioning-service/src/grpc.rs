//! The gRPC face. It only translates.

use async_trait::async_trait;
use bytes::Bytes;
use proto::{
    provisioning::v1::{
        CoProvisioningRequest, CoProvisioningTarget, co_provisioning_events_server::CoProvisioningEventsServer,
    },
    table::Table,
    tag,
};
use service_kit::{
    audit::{self, read::Reader},
    rpc::{
        scopes,
        tables::{self, Answer, Call},
    },
};
use tonic::{Response, Status, metadata::MetadataValue, service::Routes};

use crate::app::App;

mod events;
mod requests;
mod targets;

/// The resources, events, and the security log.
pub(crate) fn routes(app: &App) -> Routes {
    let routes = Routes::new(CoProvisioningEventsServer::new(events::Events(app.clone())));
    let resources = [Table::of::<CoProvisioningTarget>(), Table::of::<CoProvisioningRequest>()];
    let router = tables::add_to(routes.into_axum_router(), resources, Resources(app.clone()));
    let log = Reader(app.database.clone());
    Routes::from(scopes::held(tables::add_to(router, [audit::table()], log)))
}

/// Answers the methods of both resources.
struct Resources(App);

#[async_trait]
impl Answer for Resources {
    async fn answer(&self, call: Call) -> Result<Response<Bytes>, Status> {
        match call.table.singular.as_str() {
            "CoProvisioningTarget" => targets::answer(&self.0, call).await,
            _ => requests::answer(&self.0, call).await,
        }
    }
}

/// The answer to a method that is told by its name only.
fn no_such_method() -> Status {
    Status::unimplemented("this service does not serve this method")
}

/// An answer with the tag of the record beside it (D43).
fn tagged(mut response: Response<Bytes>, tag: &str) -> Response<Bytes> {
    if let Ok(tag) = MetadataValue::try_from(tag) {
        response.metadata_mut().insert(tag::HEADER, tag);
    }
    response
}
