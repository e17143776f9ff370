//! What a page of another site has a browser ask: nothing is written for it (D62), by whatever method.
//!
//! Browsers keep the login of HTTP Basic and send it along, whoever's page asks. They also say whose page it is, by
//! headers that no page can set. Programs that are no browsers send neither, and are not asked.

use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{self, HeaderName},
    },
};
use proto::refusal::Refusal;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses to write for a page of another site.
///
/// # Errors
/// 403 `Foreign Origin`.
pub fn refuse(request: &HttpRequest) -> Result<(), Refusal> {
    match *request.method() {
        Method::GET | Method::HEAD | Method::OPTIONS => Ok(()),
        _ => refuse_to_write(request),
    }
}

/// The same for what writes although its method does not say so.
///
/// # Errors
/// 403 `Foreign Origin`.
pub fn refuse_to_write(request: &HttpRequest) -> Result<(), Refusal> {
    if !is_foreign(request) {
        return Ok(());
    }
    let sentence = "A page of another site asked for this; only pages of this server may write with a browser's login.";
    Err(Refusal::forbidden("Foreign Origin", sentence))
}

fn is_foreign(request: &HttpRequest) -> bool {
    let text = |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(SITE), text(header::ORIGIN)) {
        // A proxy may have changed Host, so that Origin seems to be another.
        (Some("same-origin" | "none"), _) => false,
        // A link, or a picture, of a neighbour names no origin.
        (Some("cross-site"), _) | (Some("same-site"), None) => true,
        (_, None) => false,
        (_, Some(origin)) => {
            let authority = request.uri().authority().map(|authority| authority.as_str());
            let host = text(header::HOST).or(authority).unwrap_or_default();
            !is_of(origin, host)
        }
    }
}

/// Whether an origin is that of a host.
fn is_of(origin: &str, host: &str) -> bool {
    let (port, place) = match origin.split_once("://") {
        Some(("http", place)) => (":80", place),
        Some(("https", place)) => (":443", place),
        _ => return false,
    };
    let without = |text: &str| text.strip_suffix(port).unwrap_or(text).to_ascii_lowercase();
    without(place) == without(host)
}

#[cfg(test)]
mod tests;
