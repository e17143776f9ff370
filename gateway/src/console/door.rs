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
    console::{cookie, page, visit::Visit},
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
            h1 { "Log in to Cohort" }
            (sentence)
            form method="post" action=(format!("{base}/console/login")) {
                label { "API user" br; input name="username" required autocomplete="username" autofocus; }
                label { "Key" br; input name="key" type="password" required autocomplete="current-password"; }
                button { "Log in" }
            }
            p.faint {
                "Log in with the full name of an API user, such as " code { "co_2.admin" } ", and its key. "
                code { "cohort api-user" } " makes the first one."
            }
        }
    };
    let mut response = page::document(base, status, "Log in", &body);
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
