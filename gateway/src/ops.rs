//! Health and metrics beside the API; nobody needs to log in for them.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
};
use service_kit::health;

use crate::{app::App, nearby::is_of_this_machine};

/// The answer, if the request asks for one of these. `/metrics` is here only when it has no address of its own, and only
/// for programs of this machine.
#[must_use]
pub fn answer(app: &App, request: &HttpRequest) -> Option<HttpResponse> {
    let (status, kind, body) = match request.path() {
        "/health/live" => (StatusCode::OK, "text/plain; charset=UTF-8", "ok\n".to_owned()),
        "/health/ready" => {
            let (ready, report) = app.health.readiness();
            let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            (status, "application/json; charset=UTF-8", report)
        }
        "/metrics" if app.settings.ops.listen.is_empty() && is_of_this_machine(request) => {
            (StatusCode::OK, "text/plain; version=0.0.4; charset=UTF-8", health::metrics_text())
        }
        _ => return None,
    };
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = match reads {
        true => HttpResponse::build(status).body(body),
        false => HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "GET, HEAD")).finish(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Some(response)
}
