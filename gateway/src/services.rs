//! The services behind the gateway: which one answers for a resource, and how it is called.
//!
//! Each worker that serves connections has connections of its own to services elsewhere, and drives them itself: no call
//! passes from one thread to another, and several workers reach several processes of a service. A service in this process
//! is called on the runtime in which the gateway was built, not on the worker: it may begin work of its own while it
//! answers, and that work must not end with a worker. Views begin nothing, and are answered on the worker.

use std::{future::poll_fn, pin::pin};

use bytes::Bytes;
use http::uri::PathAndQuery;
use proto::{
    caller::Caller,
    refusal::Refusal,
    registry::v1::{Principal, VerifyRequest},
    table::Table,
    tag,
};
use service_kit::{
    audit::Source,
    rpc::{self, Channel},
};
use tokio::runtime::Handle;
use tonic::{Code, Status};

use crate::{
    logins::Logins,
    views::{Sight, Views},
};

pub mod security_log;

/// The ways to the services.
#[derive(Clone, Debug)]
pub struct Services {
    person_role: Channel,
    provisioning: Channel,
    views: Views,
    logins: Logins,
    /// Where calls run, if not where they are made.
    runtime: Option<Handle>,
    /// Views run where they are asked for, whatever else does.
    views_here: bool,
}

impl Services {
    /// The services behind two channels; to be called inside the runtime on which calls shall run.
    #[must_use]
    pub fn new(person_role: Channel, provisioning: Channel) -> Self {
        Self::over(person_role, provisioning, Some(Handle::current()))
    }

    /// The services as one worker calls them; to be called inside its runtime.
    #[must_use]
    pub fn of_worker(&self) -> Self {
        if !(self.person_role.is_remote() && self.provisioning.is_remote()) {
            return match self.person_role.near() {
                Some(near) => Self { views: Views::over(near), views_here: true, ..self.clone() },
                None => self.clone(),
            };
        }
        Self::over(self.person_role.own(), self.provisioning.own(), None)
    }

    fn over(person_role: Channel, provisioning: Channel, runtime: Option<Handle>) -> Self {
        let (views, logins) = (Views::over(person_role.clone()), Logins::over(person_role.clone()));
        Self { person_role, provisioning, views, logins, views_here: runtime.is_none(), runtime }
    }

    /// Tells who a login is, if the registry recognizes it.
    ///
    /// # Errors
    /// If the registry cannot be reached.
    pub async fn recognize(&self, login: VerifyRequest) -> Result<Option<Principal>, Refusal> {
        let found = self.on_runtime(self.logins.recognize(login)).await;
        found.map_err(|status| refusal("cohort.registry.v1.Authentication", "Recognize", &status))
    }

    /// Calls a method of a service, by its full name, with the bytes of its message.
    ///
    /// # Errors
    /// What the service refused, or that it cannot be reached.
    pub async fn call(&self, service: &str, method: &str, message: Bytes, caller: &Caller) -> Result<Bytes, Refusal> {
        if security_log::is_served_by(service) {
            return Box::pin(security_log::call(self, method, message, caller)).await;
        }
        self.call_for_status(service, method, message, caller).await.map_err(|status| refusal(service, method, &status))
    }

    /// Calls a method of the security log that a service keeps (D60).
    ///
    /// # Errors
    /// What the service refused, or that it cannot be reached.
    pub async fn call_log(
        &self,
        source: Source,
        method: &str,
        message: Bytes,
        caller: &Caller,
    ) -> Result<Bytes, Refusal> {
        let service = service_kit::audit::table().service.as_str();
        let channel = match source {
            Source::Registry => &self.person_role,
            Source::Provisioning => &self.provisioning,
        };
        let answer = self.answer(channel, service, method, message, caller).await;
        answer.map(tonic::Response::into_inner).map_err(|status| refusal(service, method, &status))
    }

    /// Views a record of a resource.
    ///
    /// # Errors
    /// What the service refused, or that it cannot be reached.
    pub async fn view(
        &self,
        table: &'static Table,
        message: Bytes,
        id: i64,
        caller: &Caller,
    ) -> Result<Sight, Refusal> {
        if security_log::is_served_by(&table.service) {
            let record = self.call(&table.service, "View", message, caller).await?;
            return Ok(Sight { record, tag: None, computed: true });
        }
        let viewed = if is_provisioning(&table.service) {
            self.view_one(&table.service, message, caller).await
        } else {
            let view = self.views.view(table, id, caller);
            match if self.views_here { view.await } else { self.on_runtime(view).await } {
                // A registry of an older version, while versions change.
                Err(status) if status.code() == Code::Unimplemented => {
                    self.view_one(&table.service, message, caller).await
                }
                viewed => viewed,
            }
        };
        viewed.map_err(|status| refusal(&table.service, "View", &status))
    }

    async fn view_one(&self, service: &str, message: Bytes, caller: &Caller) -> Result<Sight, Status> {
        let answer = self.answer(self.channel(service), service, "View", message, caller).await?;
        let tag = answer.metadata().get(tag::HEADER).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        Ok(Sight { record: answer.into_inner(), tag, computed: true })
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
        self.answer(self.channel(service), service, method, message, caller).await.map(tonic::Response::into_inner)
    }

    fn channel(&self, service: &str) -> &Channel {
        if is_provisioning(service) { &self.provisioning } else { &self.person_role }
    }

    async fn answer(
        &self,
        channel: &Channel,
        service: &str,
        method: &str,
        message: Bytes,
        caller: &Caller,
    ) -> Result<tonic::Response<Bytes>, Status> {
        let path = PathAndQuery::try_from(format!("/{service}/{method}"))
            .map_err(|_| Status::unimplemented("the resource has no service"))?;
        self.on_runtime(rpc::call_raw(channel, path, message, caller)).await
    }

    async fn on_runtime<F: Future>(&self, work: F) -> F::Output {
        let Some(runtime) = &self.runtime else { return work.await };
        let mut work = pin!(work);
        poll_fn(|context| {
            let _inside = runtime.enter();
            work.as_mut().poll(context)
        })
        .await
    }
}

fn is_provisioning(service: &str) -> bool {
    service.starts_with("cohort.provisioning.")
}

fn refusal(service: &str, method: &str, status: &Status) -> Refusal {
    let refusal = Refusal::of_status(status);
    if matches!(refusal, Refusal::Failed(_) | Refusal::Unavailable(_)) {
        tracing::warn!(rpc.service = service, rpc.method = method, code = ?status.code(), reason = status.message(), "a call failed");
    }
    refusal
}
