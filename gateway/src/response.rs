//! The headers of every answer of the API: `Content-Type`, `Cache-Control`, `X-Content-Type-Options`; `Idempotency-Replayed`.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};

use crate::wire::Format;

/// Begins an answer.
#[must_use]
pub fn begin(format: Format, status: StatusCode) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(format.content_type())))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")));
    builder
}

/// Sets a header to a text that was put together; one that cannot stand in a header is left out.
pub fn put(response: &mut HttpResponse, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert(name, value);
    }
}

/// Says that an answer is the first one again, if it is (D44).
pub fn mark_replayed(response: &mut HttpResponse, replayed: bool) {
    if replayed {
        put(response, HeaderName::from_static("idempotency-replayed"), "true");
    }
}
