//! *Now*: how all targets fare, and what fails why.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use maud::{Markup, html};
use proto::{
    provisioning::v1::{CoProvisioningRequest, CoProvisioningTarget},
    registry::v1::Co,
};

use crate::{
    console::{
        page::{self, Page},
        pictures,
        pieces::{mark, moment},
        visit::{self, SIDE_BY_SIDE, Visit, target_name},
        words::{say, show},
    },
    refusal::Problem,
};

/// So many failed requests are looked at to find the causes.
const LOOKED_AT: u32 = 500;
/// So many causes are shown.
const CAUSES: usize = 10;

/// The page.
///
/// # Errors
/// What a service refused.
pub async fn page(visit: &Visit<'_>) -> Result<Page, Problem> {
    let cos = visit.cos().await?;
    let _counted = visit.app.searches.begin(&visit.caller)?;
    let sections: Vec<_> = stream::iter(cos.iter().map(|co| section(visit, co))).buffered(SIDE_BY_SIDE).collect().await;
    let mut live = Vec::new();
    let mut body = Vec::new();
    for section in sections {
        let (markup, ids) = section?;
        body.push(markup);
        live.extend(ids);
    }
    let body = html! {
        @if body.is_empty() {
            p { (show!("now-no-co", call = html! { code { "POST /cos.json" } })) }
        }
        @for section in body { (section) }
    };
    Ok(Page::live(say!("now"), body, live, None))
}

/// The targets of a CO.
///
/// # Errors
/// What the service refused.
pub async fn targets(visit: &Visit<'_>, co: i64) -> Result<Vec<CoProvisioningTarget>, Problem> {
    let filters = [("coid", co.to_string())];
    let found = visit.list::<CoProvisioningTarget>(&filters, 0, 200).await?.records;
    visit.app.samples.note(visit.app.clock.now().timestamp(), &found);
    Ok(found)
}

async fn section(visit: &Visit<'_>, co: &Co) -> Result<(Markup, Vec<String>), Problem> {
    let id = co.id.unwrap_or_default();
    let targets = targets(visit, id).await?;
    let causes: Vec<_> =
        stream::iter(targets.iter().map(|target| causes_of(visit, target))).buffered(SIDE_BY_SIDE).collect().await;
    let ids = targets.iter().map(|target| target.id.unwrap_or_default());
    let live = ids.flat_map(|id| [format!("target-{id}"), format!("causes-{id}")]).collect();
    let name = visit::co_name(co);
    let markup = html! {
        section aria-label=(name) {
            h2 { (name) }
            @if targets.is_empty() {
                p { (show!("now-no-targets", call = html! { code { "POST /co_provisioning_targets.json" } })) }
            } @else {
                (table(visit, &name, &targets))
            }
            @for (target, causes) in targets.iter().zip(causes) {
                div id=(format!("causes-{}", target.id.unwrap_or_default())) { (causes?) }
            }
        }
    };
    Ok((markup, live))
}

fn table(visit: &Visit<'_>, name: &str, targets: &[CoProvisioningTarget]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(say!("now-targets", co = name)) {
            table {
                thead { tr {
                    th scope="col" { (say!("target")) } th scope="col" { (say!("now-health")) } th.number scope="col" { (say!("waiting")) }
                    th scope="col" { (say!("now-oldest")) } th.number scope="col" { (say!("failing")) } th.number scope="col" { (say!("held")) }
                } }
                tbody { @for target in targets { (row(visit, target)) } }
            }
        }
    }
}

fn row(visit: &Visit<'_>, target: &CoProvisioningTarget) -> Markup {
    let id = target.id.unwrap_or_default();
    let (waiting, age) = pictures::of(visit.app, id);
    html! {
        tr id=(format!("target-{id}")) {
            th scope="row" { a id=(format!("to-{id}")) href=(visit.link(&format!("/targets/{id}"))) { (target_name(target)) } }
            td.words {
                (mark(target.health.as_deref().unwrap_or("Unknown"))) " "
                (target.health_sentence.as_deref().unwrap_or_default())
            }
            td.number { (waiting) " " (target.waiting.unwrap_or_default()) }
            td { (age) " " (moment(target.oldest_waiting.as_ref())) }
            td.number { (target.failing.unwrap_or_default()) }
            td.number { (target.held.unwrap_or_default()) }
        }
    }
}

/// What fails at a target, by what it says, with a form to try it again; nothing, where nothing fails.
///
/// # Errors
/// What the service refused.
pub async fn causes_of(visit: &Visit<'_>, target: &CoProvisioningTarget) -> Result<Markup, Problem> {
    let id = target.id.unwrap_or_default();
    if target.failing.unwrap_or_default() == 0 {
        return Ok(html! {});
    }
    let filters = [("coprovisioningtargetid", id.to_string()), ("status", "Failed".to_owned())];
    let failed = visit.list::<CoProvisioningRequest>(&filters, 0, LOOKED_AT).await?;
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    for request in &failed.records {
        *causes.entry(request.last_error.as_deref().unwrap_or_default()).or_default() += 1;
    }
    let mut causes: Vec<(&str, usize)> = causes.into_iter().collect();
    causes.sort_by(|one, two| two.1.cmp(&one.1).then(one.0.cmp(two.0)));
    let all = visit.link(&format!("/requests?coprovisioningtargetid={id}&status=Failed"));
    Ok(html! {
        h3 { (say!("causes", target = target_name(target))) }
        @if failed.more { p.faint { (say!("causes-first", count = LOOKED_AT)) } }
        ul { @for (number, (error, count)) in causes.iter().take(CAUSES).enumerate() {
            li.words { (cause(visit, id, error, *count, number)) }
        } }
        p { a href=(all) { (say!("causes-all", target = target_name(target))) } }
    })
}

fn cause(visit: &Visit<'_>, target: i64, error: &str, count: usize, number: usize) -> Markup {
    html! {
        div.row {
            strong.number { (say!("cause-count", count = count)) }
            span { @if error.is_empty() { (say!("cause-silent")) } @else { (error) } }
            @if visit.may_provision(target) && !error.is_empty() {
                form method="post" action=(visit.link(&format!("/targets/{target}/retry"))) {
                    (page::token(visit))
                    input type="hidden" name="error" value=(error);
                    button id=(format!("retry-{target}-{number}")) { (say!("cause-retry")) }
                }
            }
        }
    }
}
