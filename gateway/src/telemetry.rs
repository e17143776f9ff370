//! What is told of each request: a span, a line, two metrics (low cardinality: routes and resources, never ids).

use std::time::Instant;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header::HeaderName},
};
use service_kit::telemetry;
use tracing::{Span, field::Empty};

use crate::response;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is told of a request while it is served.
#[derive(Debug)]
pub struct Told {
    /// The span of the request.
    pub span: Span,
    began: Instant,
    method: &'static str,
    resource: &'static str,
    request_id: String,
}

impl Told {
    /// Begins with a request to a route; its trace goes on if it brings one. Whether it is sent is decided here, unless a trusted
    /// proxy has decided it.
    #[must_use]
    pub fn begin(request: &HttpRequest, route: (&'static str, &'static str), trusted: bool) -> Self {
        let method = known_method(request.method());
        let (resource, rest) = route;
        let request_id = request_id(request);
        let span = tracing::info_span!(
            "http",
            http.method = method,
            http.route = %format_args!("/{resource}{rest}"),
            http.status_code = Empty,
            request_id = %request_id,
            trace_id = Empty,
        );
        let parent = request.headers().get(telemetry::TRACEPARENT).and_then(|value| value.to_str().ok());
        match trusted {
            true => telemetry::adopt(&span, parent),
            false => telemetry::adopt_foreign(&span, parent),
        }
        Self { span, began: Instant::now(), method, resource, request_id }
    }

    /// Ends with the answer.
    pub fn end(self, response: &mut HttpResponse) {
        let (status, took) = (response.status(), self.began.elapsed());
        self.span.record("http.status_code", status.as_u16());
        self.span.in_scope(|| match status.is_server_error() {
            true => tracing::warn!(status = status.as_u16(), duration_ms = took.as_millis(), "a request failed"),
            false => tracing::debug!(status = status.as_u16(), duration_ms = took.as_millis(), "request served"),
        });
        let (method, resource) = (self.method, self.resource);
        let code = status.as_str().to_owned();
        metrics::counter!("cohort_http_requests_total", "method" => method, "resource" => resource, "status" => code)
            .increment(1);
        metrics::histogram!("cohort_http_request_duration_seconds", "method" => method, "resource" => resource)
            .record(took);
        response::put(response, REQUEST_ID, &self.request_id);
    }
}

/// The client's own id if it is a plain word, else one that is made.
fn request_id(request: &HttpRequest) -> String {
    let sent = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |text: &&str| {
        (1..=128).contains(&text.len())
            && text.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/' | b'+' | b'=')
            })
    };
    sent.filter(plain).map_or_else(|| format!("{:016x}", rand::random::<u64>()), str::to_owned)
}

fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
