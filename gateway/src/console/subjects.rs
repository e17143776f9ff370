//! Groups, email lists and services: a list of each in pages, and for each one why it is at a target or not.

use futures::future::join_all;
use maud::{Markup, html};
use proto::table::Table;

use self::kinds::Provisioned;
use crate::{
    console::{
        explained::{self, Subject},
        page::Page,
        pieces::{mark, moment, named},
        visit::{self, Visit},
        words::say,
    },
    refusal::Problem,
};

pub mod kinds;

/// So many of a CO are on a page.
const MOST: u32 = 100;

/// Those of the COs.
///
/// # Errors
/// What a service refused.
pub async fn list<S: Provisioned>(visit: &Visit<'_>) -> Result<Page, Problem> {
    let (cos, after) = (visit.cos().await?, visit.number("after").unwrap_or_default());
    let filters: Vec<_> = cos.iter().map(|co| [("coid", co.id.unwrap_or_default().to_string())]).collect();
    let asked = filters.iter().map(|filters| visit.list::<S>(filters, after, MOST));
    let mut sections: Vec<Markup> = Vec::new();
    for (co, found) in cos.iter().zip(join_all(asked).await) {
        let (found, co_id) = (found?, co.id.unwrap_or_default());
        let more = found.records.last().filter(|_| found.more).and_then(Provisioned::id);
        sections.push(html! {
            h2 { (visit::co_name(co)) }
            @if found.records.is_empty() { p { (S::none()) } }
            ul { @for one in &found.records {
                li.words { a href=(visit.link(&format!("/{}/{}", S::PATH, one.id().unwrap_or_default()))) { (called(one)) } }
            } }
            @if let Some(last) = more {
                p { a href=(visit.link(&format!("/{}?coid={co_id}&after={last}", S::PATH))) { (S::MORE) } }
            }
        });
    }
    let body = html! {
        @if sections.is_empty() { p { (say!("subjects-no-co")) } }
        @for section in sections { (section) }
    };
    Ok(Page::still(S::ALL, body))
}

/// One of them.
///
/// # Errors
/// What a service refused.
pub async fn page<S: Provisioned>(visit: &Visit<'_>, id: i64) -> Result<Page, Problem> {
    let one: S = visit.view(Table::of::<S>(), id).await?;
    let subject = Subject { name: S::SUBJECT, id, co: one.co().unwrap_or_default() };
    let (explained, live) = explained::at_all(visit, subject).await?;
    let body = html! {
        p { (S::head(mark(&named::<S>("status", one.status())), id, moment(one.modified()))) }
        @if let Some(description) = one.description() { p.words { (description) } }
        h2 { (say!("at-the-targets")) }
        (explained)
        p { a href=(visit.link(&format!("/records/{}/{id}", Table::of::<S>().path))) { (S::VERSIONS) } }
    };
    Ok(Page::live(called(&one), body, live, Some((S::ABOUT, id))))
}

/// What it is called.
fn called<S: Provisioned>(one: &S) -> String {
    one.name().map_or_else(|| S::number(one.id().unwrap_or_default()), str::to_owned)
}
