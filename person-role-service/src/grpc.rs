//! The gRPC face: the standard methods of every resource, and what else is asked of the registry.
//!
//! A method reads who asks, hands over to its use case, and turns a fault into a status. Two transactions that stood in
//! each other's way are tried again here.

use proto::registry::v1::{
    Added, NamedText, authentication_server::AuthenticationServer, subjects_server::SubjectsServer,
    views_server::ViewsServer,
};
use service_kit::rpc::{
    LARGEST_ANSWER, scopes, tables,
    trust::{self, Callers, Part},
};
use tonic::service::Routes;

use crate::{context::App, resource::Extras};

mod audit;
mod authentication;
mod standard;
mod subjects;
mod views;

/// What is for others than the gateway.
const CALLERS: Callers = &[("cohort.registry.v1.Subjects", Part::Provisioning)];

/// How often a use case is tried when transactions stand in each other's way.
const TRIES: u32 = 4;

/// Runs a use case, again when another transaction stood in its way, and turns its fault into a status.
macro_rules! serve {
    ($use_case:expr) => {{
        let mut tries = 1;
        loop {
            match $use_case.await {
                Ok(done) => break Ok(done),
                Err(fault) if fault.may_pass() && tries < $crate::grpc::TRIES => {
                    tries += 1;
                    tracing::debug!(tries, "trying again: another transaction stood in the way");
                }
                Err(fault) => break Err(tonic::Status::from(fault.into_refusal())),
            }
        }
    }};
}
use serve;

/// The services of the registry that are called by their types.
#[derive(Clone, Debug)]
pub(crate) struct Face {
    app: App,
}

/// The routes to all services of the registry.
#[must_use]
pub(crate) fn routes(app: &App) -> Routes {
    let face = Face { app: app.clone() };
    let subjects = SubjectsServer::new(face.clone()).max_encoding_message_size(LARGEST_ANSWER);
    let views = ViewsServer::new(face.clone()).max_encoding_message_size(LARGEST_ANSWER);
    let routes = Routes::new(AuthenticationServer::new(face)).add_service(subjects).add_service(views);
    let router = tables::add_to(routes.into_axum_router(), standard::tables(), standard::Standard::of(app));
    let router = tables::add_to(router, [service_kit::audit::table()], audit::Audit(app.clone()));
    Routes::from(trust::held(scopes::held(router), CALLERS))
}

/// The routes to what is asked often and ends soon.
#[must_use]
pub(crate) fn near(app: &App) -> Routes {
    let views = ViewsServer::new(Face { app: app.clone() }).max_encoding_message_size(LARGEST_ANSWER);
    Routes::from(trust::held(scopes::held(Routes::new(views).into_axum_router()), CALLERS))
}

fn added(id: i64, extras: Extras) -> Added {
    Added { id, extras: extras.into_iter().map(|(name, value)| NamedText { name, value }).collect(), replayed: false }
}
