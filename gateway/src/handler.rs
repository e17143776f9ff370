//! The way of every request: take the path apart, find who asks, find the operation, run it (D4: in this order).

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Payload},
};
use proto::refusal::Refusal;
use tracing::Instrument as _;

use crate::{
    address::Address, app::App, body, description, exchange::Exchange, idempotency, operations, ops, refusal::Problem,
    routes::Place, services::Services, telemetry::Told,
};

/// Serves a request.
pub async fn handle(
    request: HttpRequest,
    mut payload: Payload,
    app: Data<App>,
    services: Data<Services>,
) -> HttpResponse {
    let _running = app.running.token();
    if let Some(response) = ops::answer(&app, &request) {
        return response;
    }
    let address = Address::of(request.uri().path());
    if let Some(response) = description::answer(&request, &address) {
        return response;
    }
    let place = Place::of(&address);
    let told = Told::begin(&request, place.as_ref().ok());
    let format = address.format.unwrap_or_default();
    let id = place.as_ref().map_or("New", Place::id).to_owned();
    let mut response = serve(&request, &mut payload, &app, &services, &address, place)
        .instrument(told.span.clone())
        .await
        .unwrap_or_else(|problem| problem.into_response(format, &id));
    body::discard(&request, &mut payload, &app.settings.limits).await;
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
    let caller = app.authenticator.authenticate(request).await?;
    if !caller.privileged {
        return Err(Refusal::not_privileged().into());
    }
    let operation = place?.operation(request.method(), request.headers().contains_key(header::IF_MATCH))?;
    let format = address.format.unwrap_or_default();
    let mut exchange = Exchange { app, services, request, caller, format, base: address.base, read: None };
    idempotency::adopt(&mut exchange, &operation, payload).await?;
    operations::run(operation, &exchange, payload).await
}
