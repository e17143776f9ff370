//! Login and logout.

use std::{collections::BTreeMap, net::IpAddr};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use maud::html;
use proto::refusal::Refusal;

use crate::{
    app::App,
    auth::credentials::Credentials,
    console::{
        cookie, page,
        visit::Visit,
        words::{say, show},
    },
    refusal::Problem,
    response,
};

/// The form, with what went wrong the last time.
#[must_use]
pub fn form(base: &str, wrong: Option<&Problem>) -> HttpResponse {
    let (status, sentence) = match wrong.map(page::problem) {
        None => (StatusCode::OK, html! {}),
        Some((status, page)) => (status, page.body),
    };
    let body = html! {
        main #main {
            h1 { (say!("log-in-title")) }
            (sentence)
            form method="post" action=(format!("{base}/console/login")) {
                label { (say!("log-in-user")) br; input name="username" required autocomplete="username" autofocus; }
                label { (say!("log-in-key")) br; input name="key" type="password" required autocomplete="current-password"; }
                button { (say!("log-in")) }
            }
            p.faint {
                (show!("log-in-help", user = html! { code { "co_2.admin" } }, command = html! { code { "cohort api-user" } }))
            }
        }
    };
    let mut response = page::document(base, status, &say!("log-in").to_string(), &body);
    if let Some(Problem::TooMany { seconds }) = wrong {
        response::put(&mut response, header::RETRY_AFTER, &seconds.to_string());
    }
    response
}

/// Logs in: a session of its own, with a new id, whatever cookie came.
pub async fn enter(request: &HttpRequest, app: &App, base: &str, given: &BTreeMap<String, String>) -> HttpResponse {
    let text = |name: &str| given.get(name).cloned().unwrap_or_default();
    let credentials = Credentials { username: text("username").trim().to_owned(), key: text("key") };
    if let Err(problem) = admit(app, &credentials, app.settings.http.trusted_proxies.client(request)).await {
        return form(base, Some(&problem));
    }
    if let Some(old) = cookie::of(request) {
        app.sessions.end(&old);
    }
    let id = app.sessions.begin(credentials, app.clock.now().timestamp());
    let mut response = page::lead(&format!("{base}/console"));
    response::put(&mut response, header::SET_COOKIE, &cookie::given(request, &id));
    response
}

async fn admit(app: &App, credentials: &Credentials, address: Option<IpAddr>) -> Result<(), Problem> {
    if credentials.username.is_empty() || credentials.key.is_empty() {
        return Err(Problem::Nobody);
    }
    let caller = app.authenticator.log_in(credentials, address).await?;
    if caller.privileged { Ok(()) } else { Err(Refusal::not_privileged().into()) }
}

/// Logs out.
#[must_use]
pub fn leave(request: &HttpRequest, visit: &Visit<'_>) -> HttpResponse {
    visit.app.sessions.end(&visit.session);
    let mut response = page::lead(&visit.link("/login"));
    response::put(&mut response, header::SET_COOKIE, &cookie::taken(request));
    response
}
