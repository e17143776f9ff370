//! A new key for an API user (D15): it is asked once, and the key is shown once.

use actix_web::http::StatusCode;
use maud::{Markup, html};
use proto::{
    registry::v1::{Added, ApiUser, ViewRequest},
    table::Table,
};

use crate::{
    console::{
        page::{self, Next, Page},
        visit::Visit,
        words::say,
    },
    refusal::Problem,
};

/// The form that asks for one.
#[must_use]
pub fn form(visit: &Visit<'_>, user: &ApiUser) -> Markup {
    let name = user.username.as_deref().unwrap_or_default();
    html! {
        form method="post" action=(visit.link(&format!("/users/{}/key", user.id.unwrap_or_default()))) {
            (page::token(visit)) button aria-label=(say!("key-new-of", name = name)) { (say!("key-new")) }
        }
    }
}

/// Makes a new key; the old one ends.
///
/// # Errors
/// What the service refused.
pub async fn rotate(visit: &Visit<'_>, id: i64) -> Result<Next, Problem> {
    let table = Table::of::<ApiUser>();
    let user: ApiUser = visit.view(table, id).await?;
    let name = user.username.unwrap_or_default();
    if !visit.is_sure() {
        let says = say!("key-says", name = name);
        return Ok(page::ask(visit, say!("key-title"), says, say!("key-sure"), "/users"));
    }
    let answer = visit.ask::<Added>(table, "RotateKey", &ViewRequest { id, as_of: None }).await;
    // Also if it failed: its end may not be known.
    visit.app.authenticator.forget();
    let key = answer?.extras.into_iter().find(|extra| extra.name == "ApiKey").map(|extra| extra.value);
    let body = html! {
        p { (say!("key-shown", name = name)) }
        pre tabindex="0" { (key.unwrap_or_default()) }
        p { a href=(visit.link("/users")) { (say!("key-back")) } }
    };
    Ok(Next::Show(StatusCode::OK, Page::still(say!("key-made"), body)))
}
