//! API users, and new keys for them.

use maud::html;
use proto::{registry::v1::ApiUser, table::Table};

use crate::{
    console::{
        keys,
        page::Page,
        pieces::{mark, moment, named},
        visit::Visit,
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
            p { "There are none to see here. " code { "POST /api_users.json" } " makes one." }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="API users" {
                table {
                    thead { tr {
                        th scope="col" { "Name" } th scope="col" { "Status" } th scope="col" { "Privileged" }
                        th.number scope="col" { "CO" } th scope="col" { "From" } th scope="col" { "Through" } th scope="col" { "Addresses" } th scope="col" { "Last used" }
                        @if may { td {} }
                    } }
                    tbody {
                        @for user in &found.records {
                            tr {
                                td.words { (user.username.as_deref().unwrap_or_default()) }
                                td { (mark(&named::<ApiUser>("status", user.status))) }
                                td { @if user.privileged == Some(true) { "yes" } @else { "no" } }
                                td.number { @if let Some(co) = user.co_id { (co) } @else { "all" } }
                                td { (moment(user.valid_from.as_ref())) }
                                td { (moment(user.valid_through.as_ref())) }
                                td.words { @if user.remote_ip.is_empty() { "any" } @else { (user.remote_ip.join(", ")) } }
                                td { (moment(user.last_used.as_ref())) }
                                @if may { td { (keys::form(visit, user)) } }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(last) = found.records.last().filter(|_| found.more) {
            p { a href=(visit.link(&format!("/users?after={}", last.id.unwrap_or_default()))) { "More" } }
        }
    };
    Ok(Page::still("API users", body))
}
