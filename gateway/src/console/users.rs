//! API users, to be looked at: keys are made and changed by the API alone.

use maud::html;
use proto::registry::v1::ApiUser;

use crate::{
    console::{
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
    let body = html! {
        @if found.records.is_empty() {
            p { "There are none to see here. " code { "POST /api_users.json" } " makes one." }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="API users" {
                table {
                    thead { tr {
                        th scope="col" { "Name" } th scope="col" { "Status" } th scope="col" { "Privileged" }
                        th.number scope="col" { "CO" } th scope="col" { "From" } th scope="col" { "Through" } th scope="col" { "Addresses" }
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
