//! What reaches a service is held against the scopes of who calls (D61), whichever way it came.

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::HeaderMap,
    middleware::{Next, from_fn},
    response::Response,
};
use proto::{
    caller::{Caller, HEADER},
    refusal::Refusal,
    table::Table,
};
use tonic::{Status, metadata::MetadataMap};

/// The routes, which answer only what the caller's scopes allow. Methods that are of no resource are for the parts of the
/// house.
#[must_use]
pub fn held(router: Router) -> Router {
    router.layer(from_fn(hold))
}

async fn hold(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let named = path.strip_prefix('/').and_then(|path| path.split_once('/'));
    let method = named.and_then(|(service, method)| Some((Table::served_by(service)?, method)));
    match method.is_none_or(|(table, method)| caller(request.headers()).allows(table, method)) {
        true => next.run(request).await,
        false => Status::from(Refusal::not_privileged()).into_http::<Body>(),
    }
}

fn caller(headers: &HeaderMap) -> Caller {
    let mut own = HeaderMap::with_capacity(1);
    if let Some(value) = headers.get(HEADER) {
        own.insert(HEADER, value.clone());
    }
    Caller::of(&MetadataMap::from_headers(own))
}
