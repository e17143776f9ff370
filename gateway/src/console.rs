//! The console: pages below `/console` for those who run Cohort, which work without a script.
//!
//! Guarantee: it shows and does nothing that the API does not; all goes through the same services with the caller of the
//! session, so rights and scopes hold. Mechanism: a session (`sessions`) for a login by an API user; every POST comes from a page
//! of this server and bears the session's token. The API itself knows no cookies (D13).

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::Payload,
};
use proto::{
    refusal::Refusal,
    registry::v1::{CoEmailList, CoGroup, CoService},
};
use tracing::Instrument as _;

use crate::{
    address::Address,
    app::App,
    body,
    console::{
        page::{Next, Page},
        visit::Visit,
        words::say,
    },
    foreign,
    refusal::Problem,
    services::Services,
    sessions::Session,
    settings::LimitSettings,
    telemetry::Told,
    wire::Format,
};

pub mod acts;
pub mod assets;
pub mod configuration;
pub mod connectors;
pub mod cookie;
pub mod door;
pub mod events;
pub mod explained;
pub mod filters;
pub mod history;
pub mod keys;
pub mod log;
pub mod now;
pub mod page;
pub mod people;
pub mod person;
pub mod pictures;
pub mod pieces;
pub mod plan;
pub mod record;
pub mod requests;
pub mod routes;
pub mod several;
pub mod subjects;
pub mod target;
pub mod users;
pub mod visit;
pub mod words;

/// So long may the form of a login be, in bytes, and so many fields may any form have.
const LOGIN: usize = 4 << 10;
/// The longest form: a configuration, all of whose letters are escaped.
const FORM: usize = 256 << 10;
const FIELDS: usize = 2_000;

/// What htmx says of itself.
const SCRIPT: HeaderName = HeaderName::from_static("hx-request");

/// The answer, if the path is the console's.
pub async fn answer(
    request: &HttpRequest,
    payload: &mut Payload,
    app: &App,
    services: &Services,
    address: &Address,
) -> Option<HttpResponse> {
    let (first, rest) = address.segments.split_first()?;
    if first != "console" || address.format.is_some() {
        return None;
    }
    if !app.settings.console.enabled {
        let off = Problem::unknown("Unknown", &say!("switched-off").to_string());
        return Some(off.into_response(Format::Json, "New"));
    }
    let told = Told::begin(request, ("console", ""), app.settings.http.trusted_proxies.sent(request));
    let rest: Vec<&str> = rest.iter().map(String::as_str).filter(|segment| !segment.is_empty()).collect();
    let mut response = serve(request, payload, app, services, address.base, &rest)
        .instrument(told.span.clone())
        .await
        .unwrap_or_else(|problem| page::bare(address.base, &problem));
    body::discard(request, payload, &app.settings.limits).await;
    told.end(&mut response);
    Some(response)
}

async fn serve(
    request: &HttpRequest,
    payload: &mut Payload,
    app: &App,
    services: &Services,
    base: &'static str,
    rest: &[&str],
) -> Result<HttpResponse, Problem> {
    let posts = match *request.method() {
        Method::GET | Method::HEAD => false,
        Method::POST => true,
        _ => return Err(Problem::MethodNotAllowed { allow: "GET, HEAD, POST".to_owned() }),
    };
    if let (false, [name]) = (posts, rest)
        && let Some(file) = assets::answer(name)
    {
        return Ok(file);
    }
    if posts {
        refuse_others(request)?;
    }
    if let (true, ["login"]) = (posts, rest) {
        // Nobody is known yet: it is read as little as a name and a key need.
        let given = pairs(&body::read(request, payload, &at_most(LOGIN, app)).await?)?;
        return Ok(door::enter(request, app, base, &given).await);
    }
    let path = rest.iter().map(|segment| format!("/{segment}")).collect::<String>();
    let Some((session, id)) = session(request, app, rest) else {
        return Ok(match rest {
            ["login"] => door::form(base, None),
            ["events"] => events::nobody(),
            _ => to_the_door(request, base),
        });
    };
    let mut _held = None;
    let given = match posts {
        true => {
            _held = app.bodies.hold(&session.credentials.username, request)?;
            pairs(&body::read(request, payload, &at_most(FORM, app)).await?)?
        }
        false => pairs(request.query_string().as_bytes())?,
    };
    if posts && !session.bears(given.get("token").map_or("", String::as_str)) {
        return Err(Refusal::forbidden("Form Expired", say!("form-expired")).into());
    }
    let address = app.settings.http.trusted_proxies.client(request);
    let caller = match app.authenticator.look_again(&session.credentials, address).await {
        Err(Problem::Nobody) => {
            app.sessions.end(&id);
            return Ok(to_the_door(request, base));
        }
        caller => caller?,
    };
    let visit = Visit { app, services, base, path, given, caller, session: id, token: session.token };
    let answered = match (posts, rest) {
        (false, ["events"]) => events::follow(request, &visit).await,
        (false, ["login"]) => return Ok(page::lead(&visit.link(""))),
        (true, ["logout"]) => return Ok(door::leave(request, &visit)),
        (true, _) => acts::run(&visit, rest).await.map(|next| match next {
            Next::Lead(path) => page::lead(&visit.link(&path)),
            Next::Show(status, page) => page::show(&visit, status, &page),
        }),
        (false, _) => look(&visit, rest).await.map(|found| page::show(&visit, StatusCode::OK, &found)),
    };
    Ok(answered.unwrap_or_else(|problem| {
        let (status, page) = page::problem(&problem);
        page::show(&visit, status, &page)
    }))
}

/// The page of a path.
async fn look(visit: &Visit<'_>, rest: &[&str]) -> Result<Page, Problem> {
    let nothing = || Problem::unknown("Unknown", &say!("no-such-page").to_string());
    let target = |id: &str| visit::id(id, "CoProvisioningTarget");
    let (path, named) = routes::find(&routes::PAGES, rest).ok_or_else(nothing)?;
    match (path, named.as_slice()) {
        ("", []) => now::page(visit).await,
        ("people", []) => people::page(visit).await,
        ("people/:person", [id]) => person::page(visit, visit::id(id, "CoPerson")?).await,
        ("people/:person/history", [id]) => history::page(visit, visit::id(id, "CoPerson")?).await,
        ("groups", []) => subjects::list::<CoGroup>(visit).await,
        ("groups/:group", [id]) => subjects::page::<CoGroup>(visit, visit::id(id, "CoGroup")?).await,
        ("lists", []) => subjects::list::<CoEmailList>(visit).await,
        ("lists/:list", [id]) => subjects::page::<CoEmailList>(visit, visit::id(id, "CoEmailList")?).await,
        ("services", []) => subjects::list::<CoService>(visit).await,
        ("services/:service", [id]) => subjects::page::<CoService>(visit, visit::id(id, "CoService")?).await,
        ("targets/:target", [id]) => target::page(visit, target(id)?).await,
        ("targets/:target/configuration", [id]) => configuration::page(visit, target(id)?).await,
        ("targets/:target/plan/:subject", [id, subject]) => plan::page(visit, target(id)?, subject).await,
        ("requests", []) => requests::list(visit).await,
        ("requests/:request", [id]) => requests::page(visit, visit::id(id, "CoProvisioningRequest")?).await,
        ("records/:resource/:record", [resource, id]) => record::page(visit, resource, visit::id(id, "Record")?).await,
        ("users", []) => users::page(visit).await,
        ("log", []) => log::page(visit).await,
        _ => Err(nothing()),
    }
}

/// The limits of bodies, for one that is no longer than so many bytes.
fn at_most(bytes: usize, app: &App) -> LimitSettings {
    LimitSettings { body_bytes: bytes.min(app.settings.limits.body_bytes), ..app.settings.limits.clone() }
}

/// The session that the cookie names, if it has not ended. A page that looks by itself for what is new, or listens, does not
/// keep it.
fn session(request: &HttpRequest, app: &App, rest: &[&str]) -> Option<(Session, String)> {
    let id = cookie::of(request)?;
    let counts = !request.headers().contains_key(SCRIPT) && rest != ["events"];
    let session = app.sessions.find(&id, app.clock.now().timestamp(), counts)?;
    Some((session, id))
}

/// Leads to the login; a script loads the whole page again, which is led there.
fn to_the_door(request: &HttpRequest, base: &str) -> HttpResponse {
    if !request.headers().contains_key(SCRIPT) {
        return page::lead(&format!("{base}/console/login"));
    }
    let mut response = page::guarded(HttpResponse::Unauthorized().finish());
    response.headers_mut().insert(HeaderName::from_static("hx-refresh"), HeaderValue::from_static("true"));
    response
}

/// Refuses what a browser does not say to be asked by a page of this server.
fn refuse_others(request: &HttpRequest) -> Result<(), Problem> {
    foreign::refuse(request)?;
    let says = [header::ORIGIN, HeaderName::from_static("sec-fetch-site")];
    if says.iter().any(|name| request.headers().contains_key(name)) {
        return Ok(());
    }
    Err(Refusal::forbidden("Foreign Origin", say!("browsers-only")).into())
}

/// What a form says.
///
/// # Errors
/// 413 if it has more fields than any form.
fn pairs(raw: &[u8]) -> Result<BTreeMap<String, String>, Problem> {
    match raw.iter().filter(|byte| **byte == b'&').count() < FIELDS {
        true => Ok(form_urlencoded::parse(raw).into_owned().collect()),
        false => Err(Problem::TooLarge { limit: raw.len() }),
    }
}
