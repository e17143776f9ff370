//! The services behind the gateway: which one answers for a resource, and how it is called.
//!
//! Calls run on the runtime in which the gateway was built, not on the worker that serves the connection: a service in
//! this process may begin work of its own while it answers, and that work must not end with a worker.

use std::{future::poll_fn, pin::pin};

use bytes::Bytes;
use http::uri::PathAndQuery;
use proto::{caller::Caller, refusal::Refusal};
use service_kit::rpc::{self, Channel};
use tokio::runtime::Handle;
use tonic::Status;

/// The ways to the services.
#[derive(Clone, Debug)]
pub struct Services {
    person_role: Channel,
    provisioning: Channel,
    runtime: Handle,
}

impl Services {
    /// The services behind two channels; to be called inside the runtime on which calls shall run.
    #[must_use]
    pub fn new(person_role: Channel, provisioning: Channel) -> Self {
        Self { person_role, provisioning, runtime: Handle::current() }
    }

    /// Calls a method of a service, by its full name, with the bytes of its message.
    ///
    /// # Errors
    /// What the service refused, or that it cannot be reached.
    pub async fn call(&self, service: &str, method: &str, message: Bytes, caller: &Caller) -> Result<Bytes, Refusal> {
        self.call_for_status(service, method, message, caller).await.map_err(|status| {
            let refusal = Refusal::of_status(&status);
            if matches!(refusal, Refusal::Failed(_) | Refusal::Unavailable(_)) {
                tracing::warn!(rpc.service = service, rpc.method = method, code = ?status.code(), reason = status.message(), "a call failed");
            }
            refusal
        })
    }

    /// Calls a method and leaves it to the caller what a status means.
    ///
    /// # Errors
    /// The status.
    pub async fn call_for_status(
        &self,
        service: &str,
        method: &str,
        message: Bytes,
        caller: &Caller,
    ) -> Result<Bytes, Status> {
        let path = PathAndQuery::try_from(format!("/{service}/{method}"))
            .map_err(|_| Status::unimplemented("the resource has no service"))?;
        let channel = if service.starts_with("cohort.provisioning.") { &self.provisioning } else { &self.person_role };
        self.on_runtime(rpc::call_raw(channel, path, message, caller)).await
    }

    async fn on_runtime<F: Future>(&self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|context| {
            let _inside = self.runtime.enter();
            work.as_mut().poll(context)
        })
        .await
    }
}
