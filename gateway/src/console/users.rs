//! API users, and new keys for them.

use maud::html;
use proto::{registry::v1::ApiUser, table::Table};

use crate::{
    console::{
        keys,
        page::Page,
        pieces::{mark, moment, named},
        visit::Visit,
        words::{say, show},
    },
    refusal::Problem,
};

/// So many users are on a page.
const MOST: u32 = 100;

/// The page.
///
/// # Errors
/// What the service refused.
pub async fn page(visit: &Visit<'_>) -> Result<Page, Problem> {
    let filters: Vec<(&str, String)> = visit.caller.co_id.map(|id| ("coid", id.to_string())).into_iter().collect();
    let after = visit.number("after").unwrap_or_default();
    let found = visit.list::<ApiUser>(&filters, after, MOST).await?;
    let may = visit.caller.allows(Table::of::<ApiUser>(), "RotateKey");
    let body = html! {
        @if found.records.is_empty() {
            p { (show!("users-none", call = html! { code { "POST /api_users.json" } })) }
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(say!("users")) {
                table {
                    thead { tr {
                        th scope="col" { (say!("user-name")) } th scope="col" { (say!("status")) }
                        th scope="col" { (say!("user-privileged")) } th.number scope="col" { (say!("co")) }
                        th scope="col" { (say!("valid-from")) } th scope="col" { (say!("valid-through")) }
                        th scope="col" { (say!("user-addresses")) } th scope="col" { (say!("user-last-used")) }
                        @if may { td {} }
                    } }
                    tbody {
                        @for user in &found.records {
                            tr {
                                td.words { (user.username.as_deref().unwrap_or_default()) }
                                td { (mark(&named::<ApiUser>("status", user.status))) }
                                td { @if user.privileged == Some(true) { (say!("yes")) } @else { (say!("no")) } }
                                td.number { @if let Some(co) = user.co_id { (co) } @else { (say!("user-all-cos")) } }
                                td { (moment(user.valid_from.as_ref())) }
                                td { (moment(user.valid_through.as_ref())) }
                                td.words { @if user.remote_ip.is_empty() { (say!("user-any-address")) } @else { (user.remote_ip.join(", ")) } }
                                td { (moment(user.last_used.as_ref())) }
                                @if may { td { (keys::form(visit, user)) } }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(last) = found.records.last().filter(|_| found.more) {
            p { a href=(visit.link(&format!("/users?after={}", last.id.unwrap_or_default()))) { (say!("more")) } }
        }
    };
    Ok(Page::still(say!("users"), body))
}
