//! The cookie that bears the id of a session.
//!
//! It is called `__Host-cohort`, is `Secure`, `HttpOnly` and `SameSite=Strict`: browsers send it over TLS alone, to this host alone,
//! from its own pages alone. There is one exception: a browser on this machine that asks for a loopback name without TLS, as
//! after `cargo run`. Not every browser takes Secure cookies there; it gets one with another name, which counts nowhere else.

use actix_web::{HttpRequest, http::header};

/// The cookie where there is TLS.
const SECURE: &str = "__Host-cohort";
/// The cookie on loopback.
const LOOPBACK: &str = "cohort-loopback";

/// What a request has as its id, if it has one.
#[must_use]
pub fn of(request: &HttpRequest) -> Option<String> {
    let name = name(request);
    let lines = request.headers().get_all(header::COOKIE).filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value.to_owned())
}

/// The line that gives a browser its id.
#[must_use]
pub fn given(request: &HttpRequest, id: &str) -> String {
    format!("{}={id}; Path=/; HttpOnly; SameSite=Strict{}", name(request), secure(request))
}

/// The line that takes it back.
#[must_use]
pub fn taken(request: &HttpRequest) -> String {
    format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict{}", name(request), secure(request))
}

fn name(request: &HttpRequest) -> &'static str {
    if is_loopback(request) { LOOPBACK } else { SECURE }
}

fn secure(request: &HttpRequest) -> &'static str {
    if is_loopback(request) { "" } else { "; Secure" }
}

/// Whether a browser of this machine asks for a loopback name, with no proxy between.
fn is_loopback(request: &HttpRequest) -> bool {
    let passed_on = [header::FORWARDED, header::X_FORWARDED_FOR, header::VIA, header::X_FORWARDED_PROTO];
    let near = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).or(authority);
    near && host.is_some_and(names_loopback) && !passed_on.iter().any(|name| request.headers().contains_key(name))
}

fn names_loopback(host: &str) -> bool {
    let named: Option<std::net::IpAddr> = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address.parse().ok(),
        None => host.split(':').next().and_then(|name| name.parse().ok()),
    };
    let name = host.split(':').next().unwrap_or_default();
    named.is_some_and(|address| address.is_loopback()) || name.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_what_its_name_says() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080"] {
            assert!(names_loopback(host), "{host}");
        }
        for host in ["", "x", "localhost.example", "127.0.0.1.example", "10.0.0.1:80", "[::2]:8080", "1", "::1"] {
            assert!(!names_loopback(host), "{host}");
        }
    }
}
