//! What happened to a person, as the API's history records say.

use maud::html;
use proto::{
    registry::v1::{CoPerson, HistoryRecord},
    table::Table,
};

use crate::{
    console::{page::Page, people, pieces::moment, visit::Visit, words::say},
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
        p { a href=(visit.link(&format!("/people/{id}"))) { (say!("history-back", name = &name)) } }
        @if found.records.is_empty() { p { (say!("history-none")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(say!("history")) {
                table {
                    thead { tr { th scope="col" { (say!("when")) } th scope="col" { (say!("action")) } th scope="col" { (say!("history-what")) } th scope="col" { (say!("history-by")) } } }
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
            p { a href=(visit.link(&format!("{}?after={}", visit.path, last.id.unwrap_or_default()))) { (say!("history-later")) } }
        }
    };
    Ok(Page::still(say!("history-of", name = name), body))
}

fn by(record: &HistoryRecord) -> String {
    match (record.actor_api_user_id, record.actor_co_person_id) {
        (Some(user), _) => say!("user-number", user = user.to_string()),
        (None, Some(person)) => say!("person-number", person = person.to_string()),
        (None, None) => say!("history-house").into(),
    }
}
