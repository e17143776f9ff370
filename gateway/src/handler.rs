//! The way of every request: take the path apart, find who asks, find the operation, run it (D4: in this order).

use std::rc::Rc;

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, MessageBody},
    http::{
        Method,
        header::{self, HeaderValue},
    },
    web::{Data, Payload},
};
use bytes::Bytes;
use proto::refusal::Refusal;
use tracing::Instrument as _;

use crate::{
    address::Address,
    app::App,
    body, console, description,
    exchange::Exchange,
    foreign, idempotency,
    nearby::is_of_this_machine,
    operations, ops,
    presence::{Presence, Running},
    refusal::Problem,
    routes::{Operation, Place},
    services::Services,
    telemetry::Told,
};

mod sending;

use sending::Streaming;

/// Serves a request.
pub async fn handle(
    request: HttpRequest,
    mut payload: Payload,
    app: Data<App>,
    services: Data<Services>,
) -> HttpResponse {
    let _running = app.running.token();
    let Some(running) = presence(&request) else {
        let format = Address::of(request.uri().path()).format.unwrap_or_default();
        return Problem::too_many().into_response(format, "New");
    };
    let mut response = answer(&request, &mut payload, &app, &services).await;
    if app.settings.http.has_tls() && !is_of_this_machine(&request) {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_TLS));
    }
    match response.body().size() {
        BodySize::Sized(LARGE..) | BodySize::Stream => {
            response.map_body(|_, body| Streaming::new(body, running).boxed())
        }
        BodySize::None | BodySize::Sized(_) => response,
    }
}

/// What browsers are told that come over TLS of this process: so for a year, and no other way. Proxies with TLS say it themselves.
const ONLY_TLS: &str = "max-age=31536000";

/// Until an answer of so many bytes is sent, its request runs: a client that takes nothing keeps few of them.
const LARGE: u64 = 1 << 14;

/// Has the request run on its connection, unless too many do.
fn presence(request: &HttpRequest) -> Option<Option<Running>> {
    match request.conn_data::<Rc<Presence>>() {
        Some(presence) => presence.begin().map(Some),
        None => Some(None),
    }
}

async fn answer(request: &HttpRequest, payload: &mut Payload, app: &App, services: &Services) -> HttpResponse {
    if let Some(response) = ops::answer(app, request) {
        return response;
    }
    let address = Address::of(request.uri().path());
    if let Some(response) = description::answer(request, &address) {
        return response;
    }
    if let Some(response) = console::answer(request, payload, app, services, &address).await {
        return response;
    }
    let place = Place::of(&address);
    let told = Told::begin(
        request,
        place.as_ref().map_or(("unknown", ""), Place::route),
        app.settings.http.trusted_proxies.sent(request),
    );
    let format = address.format.unwrap_or_default();
    let id = place.as_ref().map_or("New", Place::id).to_owned();
    let mut response = serve(request, payload, app, services, &address, place)
        .instrument(told.span.clone())
        .await
        .unwrap_or_else(|problem| problem.into_response(format, &id));
    body::discard(request, payload, &app.settings.limits).await;
    told.end(&mut response);
    response
}

async fn serve(
    request: &HttpRequest,
    payload: &mut Payload,
    app: &App,
    services: &Services,
    address: &Address,
    place: Result<Place, Problem>,
) -> Result<HttpResponse, Problem> {
    let address_of_client = app.settings.http.trusted_proxies.client(request);
    let mut caller = app.authenticator.authenticate(request, address_of_client).await?;
    if !caller.privileged {
        return Err(Refusal::not_privileged().into());
    }
    foreign::refuse(request)?;
    let operation = place?.operation(request.method(), request.headers().contains_key(header::IF_MATCH))?;
    if operation == Operation::Reply {
        foreign::refuse_to_write(request)?;
    }
    let (table, method) = operation.method();
    if !caller.allows(table, method) {
        return Err(Refusal::not_privileged().into());
    }
    let (mut sent, mut _held) = (Bytes::new(), None);
    if matches!(*request.method(), Method::POST | Method::PUT) {
        let mut held = app.bodies.hold(&caller.username, request)?;
        sent = body::read(request, payload, &app.settings.limits).await?;
        held.iter_mut().for_each(|held| held.came(sent.len()));
        _held = held;
        // A body takes as long as its sender likes: who has lost the key, or a right, meanwhile writes nothing.
        caller = app.authenticator.authenticate_again(request, address_of_client).await?;
        if !caller.privileged || !caller.allows(table, method) {
            return Err(Refusal::not_privileged().into());
        }
    }
    let format = address.format.unwrap_or_default();
    let mut exchange = Exchange { app, services, request, caller, format, base: address.base, body: sent };
    idempotency::adopt(&mut exchange, &operation)?;
    operations::run(operation, &exchange).await
}
