//! What tells a page that something has changed: the API's events (D59), for the session of a browser.
//!
//! A page shows what is; an event only says that it is to be looked at again. So nothing is missed while a page does not listen:
//! it looks when it begins to.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use bytes::Bytes;
use proto::{refusal::Refusal, registry::v1::HistoryRecord, table::Table};

use crate::{
    console::{page, visit::Visit},
    exchange::Exchange,
    operations::events,
    reader::Login,
    refusal::Problem,
    wire::Format,
};

/// Begins a stream, which ends with the session.
///
/// # Errors
/// What the API refuses at `/events`.
pub async fn follow(request: &HttpRequest, visit: &Visit<'_>) -> Result<HttpResponse, Problem> {
    if !visit.caller.allows(Table::of::<HistoryRecord>(), "List") {
        return Err(Refusal::not_privileged().into());
    }
    let exchange = Exchange {
        app: visit.app,
        services: visit.services,
        request,
        caller: visit.caller.clone(),
        format: Format::Json,
        base: visit.base,
        body: Bytes::new(),
    };
    events::run(&exchange, Login::Session(visit.session.clone())).await
}

/// The answer to somebody who is not logged in: a browser does not ask again, and its page looks, which leads to the login.
#[must_use]
pub fn nobody() -> HttpResponse {
    page::guarded(HttpResponse::build(StatusCode::UNAUTHORIZED).finish())
}
