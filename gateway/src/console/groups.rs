//! Groups: a list in pages, and for each group why it is at a target or not.

use futures::future::join_all;
use maud::html;
use proto::{registry::v1::CoGroup, table::Table};

use crate::{
    console::{
        explained::{self, Subject},
        page::Page,
        pieces::{mark, moment, named},
        visit::Visit,
    },
    refusal::Problem,
};

/// So many groups of a CO are on a page.
const MOST: u32 = 100;

/// The groups of the COs.
///
/// # Errors
/// What a service refused.
pub async fn list(visit: &Visit<'_>) -> Result<Page, Problem> {
    let (cos, after) = (visit.cos().await?, visit.number("after").unwrap_or_default());
    let filters: Vec<_> = cos.iter().map(|co| [("coid", co.id.unwrap_or_default().to_string())]).collect();
    let asked = filters.iter().map(|filters| visit.list::<CoGroup>(filters, after, MOST));
    let found = join_all(asked).await;
    let body = html! {
        @if cos.is_empty() { p { "There is no CO yet, and so there are no groups." } }
        @for (co, groups) in cos.iter().zip(found) {
            @let groups = groups?;
            h2 { (co.name.clone().unwrap_or_else(|| format!("CO {}", co.id.unwrap_or_default()))) }
            @if groups.records.is_empty() { p { "There are no groups here. " code { "POST /co_groups.json" } " makes one." } }
            ul { @for group in &groups.records {
                li.words {
                    a href=(visit.link(&format!("/groups/{}", group.id.unwrap_or_default()))) {
                        (group.name.as_deref().unwrap_or_default())
                    }
                }
            } }
            @if let Some(last) = groups.records.last().filter(|_| groups.more) {
                @let next = format!("/groups?coid={}&after={}", co.id.unwrap_or_default(), last.id.unwrap_or_default());
                p { a href=(visit.link(&next)) { "More groups" } }
            }
        }
    };
    Ok(Page::still("Groups", body))
}

/// A group.
///
/// # Errors
/// What a service refused.
pub async fn page(visit: &Visit<'_>, id: i64) -> Result<Page, Problem> {
    let group: CoGroup = visit.view(Table::of::<CoGroup>(), id).await?;
    let subject = Subject { name: "cogroupid", id, co: group.co_id.unwrap_or_default() };
    let (explained, live) = explained::at_all(visit, subject).await?;
    let body = html! {
        p { (mark(&named::<CoGroup>("status", group.status))) " Group " (id) ", changed " (moment(group.modified.as_ref())) }
        @if let Some(description) = &group.description { p.words { (description) } }
        h2 { "At the targets" }
        (explained)
        p { a href=(visit.link(&format!("/records/co_groups/{id}"))) { "Versions of the group's record" } }
    };
    Ok(Page::live(group.name.unwrap_or_else(|| format!("Group {id}")), body, live, Some(("CoGroupId", id))))
}
