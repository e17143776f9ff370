//! A target: how it fares, what fails, what its guard holds, and what can be done with it as a whole.

use futures::future::join;
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
        visit::{Visit, target_name},
    },
    refusal::Problem,
};

/// So many of those that are held are shown.
const HELD: u32 = 100;

/// The page.
///
/// # Errors
/// What a service refused.
pub async fn page(visit: &Visit<'_>, id: i64) -> Result<Page, Problem> {
    let target: CoProvisioningTarget = visit.view(Table::of::<CoProvisioningTarget>(), id).await?;
    let target = CoProvisioningTarget { id: Some(id), ..target };
    let (held, causes) = join(held(visit, &target), failing(visit, &target)).await;
    let requests = visit.link(&format!("/requests?coprovisioningtargetid={id}"));
    let body = html! {
        (health(&target))
        div #guard { (held?) }
        h2 { "Failing" }
        div #failing { (causes?) }
        @if visit.may_provision(id) { h2 { "With all of it" } (actions(visit, &target)) }
        h2 { "What it is" }
        (facts(&target))
        p { a href=(visit.link(&format!("/targets/{id}/configuration"))) { "Configuration of " (target_name(&target)) } }
        p { a href=(requests) { "Requests of " (target_name(&target)) } }
    };
    let live = ["health", "guard", "failing"].map(str::to_owned).to_vec();
    Ok(Page::live(target_name(&target), body, live, Some(("CoProvisioningTargetId", id))))
}

fn health(target: &CoProvisioningTarget) -> Markup {
    html! {
        div #health {
            p { (mark(target.health.as_deref().unwrap_or("Unknown"))) " " (target.health_sentence.as_deref().unwrap_or_default()) }
            dl {
                dt { "Waiting" } dd { (target.waiting.unwrap_or_default()) }
                dt { "Oldest since" } dd { (moment(target.oldest_waiting.as_ref())) }
                dt { "Failing" } dd { (target.failing.unwrap_or_default()) }
                dt { "Held" } dd { (target.held.unwrap_or_default()) }
                dt { "Calls at once" } dd { (target.concurrency.unwrap_or_default()) }
                dt { "Last success" } dd { (moment(target.last_success.as_ref())) }
            }
        }
    }
}

async fn failing(visit: &Visit<'_>, target: &CoProvisioningTarget) -> Result<Markup, Problem> {
    match target.failing.unwrap_or_default() {
        0 => Ok(html! { p { "Nothing fails here." } }),
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
    let (name, removals) = (target_name(target), pieces::counted(count, ["removal", "removals"]));
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
        h2 { "Held by the guard" }
        p { (removals) " held: more than the guard lets go at once. What would go:" }
        (pieces::requests(visit, &found.records, false))
        @if found.more { p.faint { "The first " (HELD) " are shown." } }
        @if visit.may_provision(id) {
            (ask("release", format!("Release {removals}"), format!("{count} will be removed from {name}.")))
            (ask("drop", format!("Drop {removals}"), format!("{count} will stay at {name}, until something about them changes.")))
        }
    })
}

fn actions(visit: &Visit<'_>, target: &CoProvisioningTarget) -> Markup {
    let id = target.id.unwrap_or_default();
    let co = target.co_id.unwrap_or_default();
    html! {
        p { a href=(visit.link(&format!("/targets/{id}/plan/coid:{co}"))) { "Plan for all: what would be sent" } }
        (comparison(visit, target))
    }
}

/// The comparison of a target with the registry, or why there is none.
fn comparison(visit: &Visit<'_>, target: &CoProvisioningTarget) -> Markup {
    let id = target.id.unwrap_or_default();
    if target.comparable == Some(false) {
        let plugin = target.plugin.as_deref().unwrap_or("its plugin");
        return html! { p { "It cannot be compared with the registry: what a target of " (plugin) " has cannot be read back." } };
    }
    if target.status == Some(Mode::Disabled.into()) {
        return html! { p { "It can be compared with the registry when it is not disabled any more." } };
    }
    html! {
        form method="post" action=(visit.link(&format!("/targets/{id}/compare"))) {
            (page::token(visit)) button { "Compare it with the registry" }
        }
        details {
            summary { "Compare and repair…" }
            p { "What is missing or different at " (target_name(target)) " will be provisioned again." }
            form method="post" action=(visit.link(&format!("/targets/{id}/compare"))) {
                (page::token(visit)) input type="hidden" name="repair" value="yes";
                button { "Compare and repair" }
            }
        }
    }
}

fn facts(target: &CoProvisioningTarget) -> Markup {
    let number = |number: Option<i64>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    html! {
        dl {
            dt { "Id" } dd { (number(target.id)) }
            dt { "Plugin" } dd { (target.plugin.as_deref().unwrap_or_default()) }
            dt { "Mode" } dd { (named::<CoProvisioningTarget>("status", target.status)) }
            dt { "Only group" } dd { (number(target.provision_co_group_id)) }
            dt { "Tries again after" } dd { (number(target.retry_interval)) " s, at most " (number(target.max_retry)) " times" }
            dt { "Guard" } dd {
                "holds removals beyond " (number(target.guard_share)) " % and " (number(target.guard_count))
                " within " (number(target.guard_window)) " s"
            }
            dt { "Changed" } dd { (moment(target.modified.as_ref())) }
        }
    }
}
