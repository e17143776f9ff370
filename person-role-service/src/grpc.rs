//! The gRPC face: the standard methods of every resource, and what else is asked of the registry.
//!
//! A method reads who asks, hands over to its use case, and turns a fault into a status. Two transactions that stood in
//! each other's way are tried again here.

use prost::{Message, Name};
use proto::{
    caller::Caller,
    record::Record,
    registry::v1::{Added, NamedText},
};
use tonic::{Request, Status, service::Routes};

use crate::{app::App, resource::Extras};

mod authentication;
mod particular;
mod resources;
mod subjects;

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

/// All services of the registry.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    app: App,
}

/// The routes to all services of the registry.
#[must_use]
pub(crate) fn routes(app: &App) -> Routes {
    let registry = Registry { app: app.clone() };
    let routes = resources::routes(&registry);
    subjects::add_to(authentication::add_to(routes, &registry), &registry)
}

fn caller<T>(request: &Request<T>) -> Caller {
    Caller::of(request.metadata())
}

fn record_of<M: Message + Name + Default>(record: Option<M>) -> Record {
    Record::of(&record.unwrap_or_default())
}

fn message<M: Message + Name + Default>(record: &Record) -> Result<M, Status> {
    record.to_message().map_err(|error| Status::internal(format!("a record does not fit its message: {error}")))
}

fn added(id: i64, extras: Extras) -> Added {
    Added { id, extras: extras.into_iter().map(|(name, value)| NamedText { name, value }).collect() }
}
