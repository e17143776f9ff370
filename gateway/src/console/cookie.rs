//! The cookie that bears the id of a session.
//!
//! It is called `__Host-cohort`, is `Secure`, `HttpOnly` and `SameSite=Strict`: browsers send it over TLS alone, to this host alone,
//! from its own pages alone. There is one exception: a browser on this machine that asks for a loopback name without TLS, as
//! after `cargo run`. Not every browser takes Secure cookies there; it gets one with another name, which counts nowhere else.

use actix_web::{HttpRequest, http::header};

use crate::nearby::is_of_this_machine;

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
    if is_of_this_machine(request) { LOOPBACK } else { SECURE }
}

fn secure(request: &HttpRequest) -> &'static str {
    if is_of_this_machine(request) { "" } else { "; Secure" }
}
