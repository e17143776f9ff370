//! What all pages have in common: head, navigation, and the headers that keep a page to itself.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use maud::{DOCTYPE, Markup, Render, html};

use crate::{
    console::{
        assets::VERSION,
        visit::Visit,
        words::{LANGUAGE, Word, say},
    },
    refusal::Problem,
    wire::Format,
};

/// Nothing from elsewhere, no script but the files of the console, in no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// htmx without `eval`, without styles of its own in the page, and without copies of pages in the browser's storage.
const HTMX: &str = r#"{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"historyEnabled":false,"historyCacheSize":0}"#;

/// When a page looks for what is new: when it is told, and now and then, because time alone changes some of it.
const WHEN: &str = "look, every 20s";
/// What it says when it cannot.
const AWAY: Word = say!("not-connected");

/// A page.
#[derive(Debug)]
pub struct Page {
    /// What it is called.
    pub title: String,
    /// What it says.
    pub body: Markup,
    /// Ids of what changes by itself.
    pub live: Vec<String>,
    /// What the page is about, as events name it: `Person 42`. Events about another one change nothing on it.
    pub about: Option<(&'static str, i64)>,
}

/// What follows when a form has been sent.
#[derive(Debug)]
pub enum Next {
    /// The page with this path.
    Lead(String),
    /// A page of its own.
    Show(StatusCode, Page),
}

impl Page {
    /// A page that stays as it is.
    pub fn still(title: impl Into<String>, body: Markup) -> Self {
        Self::live(title, body, Vec::new(), None)
    }

    /// A page of which parts change by themselves.
    pub fn live(title: impl Into<String>, body: Markup, live: Vec<String>, about: Option<(&'static str, i64)>) -> Self {
        Self { title: title.into(), body, live, about }
    }
}

const NAVIGATION: [(&str, Word); 8] = [
    ("", say!("now")),
    ("/people", say!("people")),
    ("/groups", say!("groups")),
    ("/lists", say!("lists")),
    ("/services", say!("services")),
    ("/requests", say!("requests")),
    ("/users", say!("users")),
    ("/log", say!("log")),
];

/// The answer with a page, for somebody who is logged in.
#[must_use]
pub fn show(visit: &Visit<'_>, status: StatusCode, page: &Page) -> HttpResponse {
    let notice = visit.app.sessions.told(&visit.session);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&visit.given).finish();
    let select: Vec<String> = page.live.iter().map(|id| format!("#{id}")).collect();
    let body = html! {
        a.skip href="#main" { (say!("skip")) }
        header {
            nav aria-label=(say!("console")) {
                ul {
                    @for (path, name) in NAVIGATION {
                        @let here = visit.path == path || (!path.is_empty() && visit.path.starts_with(path));
                        li { a href=(visit.link(path)) aria-current=[here.then_some("page")] { (name) } }
                    }
                }
            }
            form role="search" action=(visit.link("/people")) {
                input name="q" type="search" size="24" aria-label=(say!("find-hint"))
                    placeholder=(say!("find-placeholder"));
                button { (say!("find")) }
            }
            form.who method="post" action=(visit.link("/logout")) {
                (token(visit)) span.faint { (visit.caller.username) } button { (say!("log-out")) }
            }
        }
        main #main tabindex="-1" {
            h1 { (page.title) }
            p #connection role="status" hidden data-words=(AWAY) {}
            @if let Some(notice) = notice { p.notice role="status" { (notice) } }
            (page.body)
        }
        @if !select.is_empty() {
            div #live hidden hx-get=(format!("{}?{query}", visit.link(&visit.path))) hx-trigger=(WHEN) hx-swap="none"
                hx-select-oob=(select.join(",")) data-events=(visit.link("/events")) data-ids=(page.live.join(" "))
                data-about=[page.about.map(|(name, id)| format!("{name} {id}"))] {}
        }
    };
    document(visit.base, status, &page.title, &body)
}

/// The field of a form that bears the session's token.
#[must_use]
pub fn token(visit: &Visit<'_>) -> Markup {
    html! { input type="hidden" name="token" value=(visit.token); }
}

/// Leads to a page that says once what was done.
pub fn done(visit: &Visit<'_>, path: String, sentence: impl Into<String>) -> Next {
    visit.app.sessions.tell(&visit.session, sentence.into());
    Next::Lead(path)
}

/// Asks once before something is done that cannot be undone: the same form again, with what it bore.
#[must_use]
pub fn ask(visit: &Visit<'_>, title: Word, says: String, button: impl Render, back: &str) -> Next {
    let body = html! {
        p { (says) }
        div.row {
            form method="post" action=(visit.link(&visit.path)) {
                (token(visit))
                @for (name, value) in visit.given.iter().filter(|(name, _)| *name != "token") {
                    input type="hidden" name=(name) value=(value);
                }
                input type="hidden" name="sure" value="yes";
                button.grave { (button) }
            }
            a href=(visit.link(back)) { (say!("go-back")) }
        }
    };
    Next::Show(StatusCode::OK, Page::still(title, body))
}

/// A whole document.
#[must_use]
pub fn document(base: &str, status: StatusCode, title: &str, body: &Markup) -> HttpResponse {
    let file = |name: &str| format!("{base}/console/{name}?{}", *VERSION);
    let document = html! {
        (DOCTYPE)
        html lang=(LANGUAGE) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="htmx-config" content=(HTMX);
                title { (say!("document-title", title = title)) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(file("console.css"));
                script src=(file("htmx.min.js")) defer {}
                script src=(file("console.js")) defer {}
            }
            body { (body) }
        }
    };
    guarded(HttpResponse::build(status).content_type("text/html; charset=UTF-8").body(document.into_string()))
}

/// What went wrong for somebody who is not known to be logged in.
#[must_use]
pub fn bare(base: &str, wrong: &Problem) -> HttpResponse {
    let (status, page) = problem(wrong);
    let body = html! {
        main #main { h1 { (page.title) } (page.body) p { a href=(format!("{base}/console")) { (say!("to-the-console")) } } }
    };
    document(base, status, &page.title, &body)
}

/// The answer that leads to another page of the console.
#[must_use]
pub fn lead(address: &str) -> HttpResponse {
    guarded(HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish())
}

/// Sets the headers that every answer of the console has.
#[must_use]
pub fn guarded(mut response: HttpResponse) -> HttpResponse {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
        (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    ] {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}

/// What went wrong, as a page: its status, and its sentence.
#[must_use]
pub fn problem(problem: &Problem) -> (StatusCode, Page) {
    let status = match problem.clone().into_response(Format::Json, "New").status() {
        // Who it is is known here; what is missing is the right.
        StatusCode::UNAUTHORIZED => StatusCode::FORBIDDEN,
        status => status,
    };
    (status, Page::still(say!("problem"), html! { p.wrong role="alert" { (sentence(problem)) } }))
}

/// What went wrong, in words.
#[must_use]
pub fn sentence(problem: &Problem) -> String {
    match problem {
        Problem::Refused(refusal) => refusal.to_string(),
        Problem::Nobody => say!("problem-nobody").into(),
        Problem::MethodNotAllowed { allow } => say!("problem-method", methods = allow),
        Problem::TooLarge { limit } => say!("problem-too-large", bytes = limit),
        Problem::TooSlow => say!("problem-too-slow").into(),
        Problem::EventsGone => say!("problem-gone").into(),
        Problem::TooMany { seconds } => say!("problem-too-many", seconds = seconds),
    }
}
