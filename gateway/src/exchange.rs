//! A request that has been let in, and what its operation needs to serve it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::HeaderName},
};
use bytes::Bytes;
use prost::Message as _;
use proto::{caller::Caller, refusal::Refusal, registry::v1::Added, table::Table};

use crate::{
    app::App,
    messages::Unreadable,
    refusal::Problem,
    response,
    services::Services,
    wire::{Format, answer},
};

/// A request that has been let in.
#[derive(Debug)]
pub struct Exchange<'a> {
    /// What all requests share.
    pub app: &'a App,
    /// The services behind the gateway, as this worker calls them.
    pub services: &'a Services,
    /// The request.
    pub request: &'a HttpRequest,
    /// Who asks.
    pub caller: Caller,
    /// The format of the answer.
    pub format: Format,
    /// The base path that the client used.
    pub base: &'static str,
    /// The request's body; that of a read is not looked at.
    pub body: Bytes,
}

impl Exchange<'_> {
    /// Calls a method of a resource's service.
    ///
    /// # Errors
    /// What the service refused.
    pub async fn call(&self, table: &Table, method: &str, message: Bytes) -> Result<Bytes, Refusal> {
        self.services.call(&table.service, method, message, &self.caller).await
    }

    /// Forgets the logins that are remembered, if what was written can change one: an API user, or the CO of some. A
    /// write that was refused changed nothing; one whose end is not known may have.
    pub fn after_write<T>(&self, table: &Table, answer: &Result<T, Refusal>) {
        let unknown = |refusal: &Refusal| matches!(refusal, Refusal::Unavailable(_) | Refusal::Failed(_));
        let written = answer.as_ref().map_or_else(unknown, |_| true);
        if written && matches!(table.singular.as_str(), "ApiUser" | "Co") {
            self.app.authenticator.forget();
        }
    }

    /// What a header with a condition says, its lines as one, if the request has it (D43). What is no text names no tag of ours.
    #[must_use]
    pub fn condition(&self, name: HeaderName) -> Option<String> {
        let lines = self.request.headers().get_all(name);
        let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(&self, phrase: &'static str) -> HttpResponse {
        response::begin(self.format, StatusCode::OK).reason(phrase).finish()
    }

    /// An answer with a body.
    #[must_use]
    pub fn ok(&self, body: Vec<u8>) -> HttpResponse {
        response::begin(self.format, StatusCode::OK).body(body)
    }

    /// A NewObject answer from the bytes of [`Added`].
    ///
    /// # Errors
    /// If they are not.
    pub fn new_object(
        &self,
        status: StatusCode,
        phrase: &'static str,
        object_type: &str,
        bytes: Bytes,
    ) -> Result<HttpResponse, Problem> {
        let added = Added::decode(bytes).map_err(Unreadable::from)?;
        let body = answer::new_object(self.format, object_type, &added);
        let mut response = response::begin(self.format, status).reason(phrase).body(body);
        response::mark_replayed(&mut response, added.replayed);
        Ok(response)
    }
}
