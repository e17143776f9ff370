//! Groups: a list in pages, and for each group why it is at a target or not.

use futures::future::join_all;
use maud::html;
use proto::{registry::v1::CoGroup, table::Table};

use crate::{
    console::{
        explained::{self, Subject},
        page::Page,
        pieces::{mark, moment, named},
        visit::{self, Visit},
        words::{say, show},
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
        @if cos.is_empty() { p { (say!("groups-no-co")) } }
        @for (co, groups) in cos.iter().zip(found) {
            @let groups = groups?;
            h2 { (visit::co_name(co)) }
            @if groups.records.is_empty() { p { (show!("groups-none", call = html! { code { "POST /co_groups.json" } })) } }
            ul { @for group in &groups.records {
                li.words {
                    a href=(visit.link(&format!("/groups/{}", group.id.unwrap_or_default()))) {
                        (group.name.as_deref().unwrap_or_default())
                    }
                }
            } }
            @if let Some(last) = groups.records.last().filter(|_| groups.more) {
                @let next = format!("/groups?coid={}&after={}", co.id.unwrap_or_default(), last.id.unwrap_or_default());
                p { a href=(visit.link(&next)) { (say!("groups-more")) } }
            }
        }
    };
    Ok(Page::still(say!("groups"), body))
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
        @let (status, at) = (mark(&named::<CoGroup>("status", group.status)), moment(group.modified.as_ref()));
        p { (show!("group-head", status = status, group = id.to_string(), at = at)) }
        @if let Some(description) = &group.description { p.words { (description) } }
        h2 { (say!("at-the-targets")) }
        (explained)
        p { a href=(visit.link(&format!("/records/co_groups/{id}"))) { (say!("group-versions")) } }
    };
    Ok(Page::live(
        group.name.unwrap_or_else(|| say!("group-number", group = id.to_string())),
        body,
        live,
        Some(("CoGroupId", id)),
    ))
}
