//! What happened to a person, as the API's history records say.

use maud::html;
use proto::{
    registry::v1::{CoPerson, HistoryRecord},
    table::Table,
};

use crate::{
    console::{page::Page, people, pieces::moment, visit::Visit},
    refusal::Problem,
};

/// So many records are on a page.
const MOST: u32 = 100;

/// The page.
///
/// # Errors
/// What a service refused.
pub async fn page(visit: &Visit<'_>, id: i64) -> Result<Page, Problem> {
    let _seen: CoPerson = visit.view(Table::of::<CoPerson>(), id).await?;
    let filters = [("copersonid", id.to_string())];
    let found = visit.list::<HistoryRecord>(&filters, visit.number("after").unwrap_or_default(), MOST).await?;
    let name = people::name_of(visit, id).await;
    let body = html! {
        p { a href=(visit.link(&format!("/people/{id}"))) { "Back to " (name) } }
        @if found.records.is_empty() { p { "Nothing has happened to this person since." } } @else {
            div.scroll tabindex="0" role="region" aria-label="History" {
                table {
                    thead { tr { th scope="col" { "When" } th scope="col" { "Action" } th scope="col" { "What happened" } th scope="col" { "By" } } }
                    tbody {
                        @for record in &found.records {
                            tr {
                                td { (moment(record.created.as_ref())) }
                                td { (record.action.as_deref().unwrap_or_default()) }
                                td.words { (record.comment.as_deref().unwrap_or_default()) }
                                td { (by(record)) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(last) = found.records.last().filter(|_| found.more) {
            p { a href=(visit.link(&format!("{}?after={}", visit.path, last.id.unwrap_or_default()))) { "What happened later" } }
        }
    };
    Ok(Page::still(format!("History of {name}"), body))
}

fn by(record: &HistoryRecord) -> String {
    match (record.actor_api_user_id, record.actor_co_person_id) {
        (Some(user), _) => format!("API user {user}"),
        (None, Some(person)) => format!("Person {person}"),
        (None, None) => "Cohort".to_owned(),
    }
}
