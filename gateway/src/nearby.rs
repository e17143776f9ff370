//! Whether a program of this machine asks, for itself and not for somebody else.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName},
    web::Data,
};

use crate::app::App;

/// Whether a program of this machine asks for a loopback name, with no proxy between. A proxy on this machine that says
/// nothing of itself, and asks for the address that it was told, cannot be told from one: where `http.trusted_proxies` says that
/// there is one, nobody is.
#[must_use]
pub fn is_of_this_machine(request: &HttpRequest) -> bool {
    let near = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).or(authority);
    // What proxies say when they pass something on.
    let passed_on = [
        header::FORWARDED,
        header::X_FORWARDED_FOR,
        header::X_FORWARDED_HOST,
        header::X_FORWARDED_PROTO,
        header::VIA,
        HeaderName::from_static("x-real-ip"),
    ];
    let behind_one = request.app_data::<Data<App>>().is_some_and(|app| app.settings.http.trusted_proxies.sent(request));
    near && !behind_one
        && host.is_some_and(names_loopback)
        && !passed_on.iter().any(|name| request.headers().contains_key(name))
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
