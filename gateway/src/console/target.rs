//! A target: how it fares, what fails, what its guard holds, and what can be done with it as a whole.

use futures::future::join3;
use maud::{Markup, html};
use proto::{
    provisioning::v1::{CoProvisioningRequest, CoProvisioningTarget, Mode},
    table::Table,
};

use crate::{
    console::{
        now,
        page::{self, Page},
        pieces::{self, mark, moment, named},
        requests,
        visit::{Visit, target_name},
        words::{number, say},
    },
    refusal::Problem,
};

/// Among so many that are under way those for many are looked for: the oldest.
const RUNNING: u32 = 100;
/// So many of those that are held are shown.
const HELD: u32 = 100;

/// The page.
///
/// # Errors
/// What a service refused.
pub async fn page(visit: &Visit<'_>, id: i64) -> Result<Page, Problem> {
    let target: CoProvisioningTarget = visit.view(Table::of::<CoProvisioningTarget>(), id).await?;
    let target = CoProvisioningTarget { id: Some(id), ..target };
    let (held, causes, many) = join3(held(visit, &target), failing(visit, &target), many(visit, id)).await;
    let requests = visit.link(&format!("/requests?coprovisioningtargetid={id}"));
    let body = html! {
        (health(visit, &target, &many?))
        div #guard { (held?) }
        h2 { (say!("failing")) }
        div #failing { (causes?) }
        @if visit.may_provision(id) { h2 { (say!("target-as-a-whole")) } (actions(visit, &target)) }
        h2 { (say!("target-facts")) }
        (facts(&target))
        p { a href=(visit.link(&format!("/targets/{id}/configuration"))) { (say!("configuration-of", target = target_name(&target))) } }
        p { a href=(requests) { (say!("target-requests", target = target_name(&target))) } }
    };
    let live = ["health", "guard", "failing"].map(str::to_owned).to_vec();
    Ok(Page::live(target_name(&target), body, live, Some(("CoProvisioningTargetId", id))))
}

/// The requests for many that are under way there, of the first ones that are.
async fn many(visit: &Visit<'_>, id: i64) -> Result<Vec<CoProvisioningRequest>, Problem> {
    let filters = [("coprovisioningtargetid", id.to_string()), ("status", "Running".to_owned())];
    let mut found = visit.list::<CoProvisioningRequest>(&filters, 0, RUNNING).await?.records;
    found.retain(|request| request.total.is_some());
    Ok(found)
}

fn health(visit: &Visit<'_>, target: &CoProvisioningTarget, many: &[CoProvisioningRequest]) -> Markup {
    html! {
        div #health {
            p { (mark(target.health.as_deref().unwrap_or("Unknown"))) " " (target.health_sentence.as_deref().unwrap_or_default()) }
            dl {
                dt { (say!("waiting")) } dd { (target.waiting.unwrap_or_default()) }
                dt { (say!("target-oldest-since")) } dd { (moment(target.oldest_waiting.as_ref())) }
                dt { (say!("failing")) } dd { (target.failing.unwrap_or_default()) }
                dt { (say!("held")) } dd { (target.held.unwrap_or_default()) }
                dt { (say!("target-concurrency")) } dd { (target.concurrency.unwrap_or_default()) }
                dt { (say!("target-last-success")) } dd { (moment(target.last_success.as_ref())) }
                @for request in many {
                    @let (subject, id) = pieces::subject(request);
                    dt { (pieces::subject_link(visit, subject, id)) }
                    dd {
                        a href=(visit.link(&format!("/requests/{}", request.id.unwrap_or_default()))) {
                            (requests::progress(request, request.total.unwrap_or_default()))
                        }
                    }
                }
            }
        }
    }
}

async fn failing(visit: &Visit<'_>, target: &CoProvisioningTarget) -> Result<Markup, Problem> {
    match target.failing.unwrap_or_default() {
        0 => Ok(html! { p { (say!("target-nothing-fails")) } }),
        _ => now::causes_of(visit, target).await,
    }
}

/// What the guard holds (D53), with how many in every word that lets it go.
async fn held(visit: &Visit<'_>, target: &CoProvisioningTarget) -> Result<Markup, Problem> {
    let (id, count) = (target.id.unwrap_or_default(), target.held.unwrap_or_default());
    if count == 0 {
        return Ok(html! {});
    }
    let filters = [("coprovisioningtargetid", id.to_string()), ("status", "Held".to_owned())];
    let found = visit.list::<CoProvisioningRequest>(&filters, 0, HELD).await?;
    let name = target_name(target);
    let ask = |action: &str, button: String, says: String| {
        html! {
            details {
                summary { (button) "…" }
                p { (says) }
                form method="post" action=(visit.link(&format!("/targets/{id}/{action}"))) {
                    (page::token(visit)) button.grave { (button) }
                }
            }
        }
    };
    Ok(html! {
        h2 { (say!("guard")) }
        p { (say!("guard-holds", count = count)) }
        (pieces::requests(visit, &found.records, false))
        @if found.more { p.faint { (say!("guard-first", count = HELD)) } }
        @if visit.may_provision(id) {
            @let says = say!("guard-release-says", count = count, target = &name);
            (ask("release", say!("guard-release", count = count), says))
            @let says = say!("guard-drop-says", count = count, target = &name);
            (ask("drop", say!("guard-drop", count = count), says))
        }
    })
}

fn actions(visit: &Visit<'_>, target: &CoProvisioningTarget) -> Markup {
    let id = target.id.unwrap_or_default();
    let co = target.co_id.unwrap_or_default();
    html! {
        p { a href=(visit.link(&format!("/targets/{id}/plan/coid:{co}"))) { (say!("target-plan")) } }
        (comparison(visit, target))
    }
}

/// The comparison of a target with the registry, or why there is none.
fn comparison(visit: &Visit<'_>, target: &CoProvisioningTarget) -> Markup {
    let id = target.id.unwrap_or_default();
    if target.comparable == Some(false) {
        let plugin = target.plugin.clone().unwrap_or_else(|| say!("compare-its-plugin").into());
        return html! { p { (say!("compare-never", plugin = plugin)) } };
    }
    if target.status == Some(Mode::Disabled.into()) {
        return html! { p { (say!("compare-disabled")) } };
    }
    html! {
        form method="post" action=(visit.link(&format!("/targets/{id}/compare"))) {
            (page::token(visit)) button { (say!("compare")) }
        }
        details {
            summary { (say!("compare-repair")) "…" }
            p { (say!("compare-repair-says", target = target_name(target))) }
            form method="post" action=(visit.link(&format!("/targets/{id}/compare"))) {
                (page::token(visit)) input type="hidden" name="repair" value="yes";
                button { (say!("compare-repair")) }
            }
        }
    }
}

fn facts(target: &CoProvisioningTarget) -> Markup {
    let id = |id: Option<i64>| id.map_or_else(|| "–".to_owned(), |id| id.to_string());
    html! {
        dl {
            dt { (say!("target-id")) } dd { (id(target.id)) }
            dt { (say!("target-plugin")) } dd { (target.plugin.as_deref().unwrap_or_default()) }
            @let mode = named::<CoProvisioningTarget>("status", target.status);
            dt { (say!("target-mode")) } dd { (say!("target-mode-value", mode = mode)) }
            dt { (say!("target-only-group")) } dd { (id(target.provision_co_group_id)) }
            @let (seconds, count) = (number(target.retry_interval.or(Some(proto::RETRY_INTERVAL))), number(target.max_retry));
            dt { (say!("target-retries")) } dd { (say!("target-retries-value", seconds = seconds, count = count)) }
            @let (share, count) = (number(target.guard_share), number(target.guard_count));
            dt { (say!("target-guard")) }
            dd { (say!("target-guard-value", share = share, count = count, seconds = number(target.guard_window))) }
            dt { (say!("changed")) } dd { (moment(target.modified.as_ref())) }
        }
    }
}
