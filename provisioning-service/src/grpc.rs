//! The gRPC face. It only translates.

use proto::{
    caller::Caller,
    provisioning::v1::{
        co_provisioning_events_server::CoProvisioningEventsServer,
        co_provisioning_requests_server::CoProvisioningRequestsServer,
        co_provisioning_targets_server::CoProvisioningTargetsServer,
    },
    tag,
};
use service_kit::{
    audit::{self, read::Reader},
    rpc::{LARGEST_ANSWER, scopes, tables, trust},
};
use tonic::{Request, Response, metadata::MetadataValue, service::Routes};

use crate::app::App;

mod events;
mod requests;
mod targets;

/// Both services, events, and the security log.
pub(crate) fn routes(app: &App) -> Routes {
    let targets = CoProvisioningTargetsServer::new(targets::Targets(app.clone()));
    let requests = CoProvisioningRequestsServer::new(requests::Requests(app.clone()));
    let routes = Routes::new(targets.max_encoding_message_size(LARGEST_ANSWER))
        .add_service(requests.max_encoding_message_size(LARGEST_ANSWER))
        .add_service(CoProvisioningEventsServer::new(events::Events(app.clone())));
    let log = Reader(app.database.clone());
    let router = tables::add_to(routes.into_axum_router(), [audit::table()], log);
    Routes::from(trust::held(scopes::held(router), &[]))
}

fn caller<T>(request: &Request<T>) -> Caller {
    Caller::of(request.metadata())
}

/// An answer with the tag of the record beside it (D43).
fn tagged<T>(message: T, tag: &str) -> Response<T> {
    let mut response = Response::new(message);
    if let Ok(tag) = MetadataValue::try_from(tag) {
        response.metadata_mut().insert(tag::HEADER, tag);
    }
    response
}
