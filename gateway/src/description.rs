//! The description of the API (D49): `/openapi.json`, `/openapi-3.0.json`, and `/docs`, a page that works without any other
//! network. Nobody needs to log in for them. Their files are in the binary; `describe` writes the documents.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
};

use crate::{address::Address, refusal::Problem, response, wire::Format};

const JSON: &str = "application/json; charset=UTF-8";
const HTML: &str = "text/html; charset=UTF-8";
const SCRIPT: &str = "text/javascript; charset=UTF-8";

/// The page loads nothing from elsewhere, whatever its script would like.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// The description in OpenAPI 3.1.
pub const OPENAPI: &str = include_str!("../openapi/openapi.json");

/// The answer, if the path is one of these.
#[must_use]
pub fn answer(request: &HttpRequest, address: &Address) -> Option<HttpResponse> {
    let segments: Vec<&str> = address.segments.iter().map(String::as_str).collect();
    let (kind, body): (_, &'static str) = match (segments.as_slice(), address.format) {
        (["openapi"], Some(Format::Json)) => (JSON, OPENAPI),
        (["openapi-3.0"], Some(Format::Json)) => (JSON, include_str!("../openapi/openapi-3.0.json")),
        (["docs"], None) => (HTML, include_str!("../docs/index.html")),
        (["docs", "rapidoc-min.js"], None) => (SCRIPT, include_str!("../docs/rapidoc-min.js")),
        (["docs", "page.js"], None) => (SCRIPT, include_str!("../docs/page.js")),
        _ => return None,
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Some(Problem::MethodNotAllowed { allow: "GET, HEAD".to_owned() }.into_response(Format::Json, "New"));
    }
    let mut answer = response::begin(Format::Json, StatusCode::OK).body(body);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Some(answer)
}
