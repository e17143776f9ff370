//! Requests: filters, pages, and one request with what can be done with it.

use maud::{Markup, html};
use proto::{
    provisioning::v1::{CoProvisioningDifferences, CoProvisioningRequest, DifferencesRequest, RequestStatus},
    table::Table,
};

use crate::{
    console::{
        filters,
        page::{self, Page},
        pieces::{self, mark, moment},
        several,
        visit::Visit,
        words::{Word, say, show},
    },
    refusal::Problem,
};

/// So many requests are on a page.
const MOST: u32 = 50;
/// So many differences of a comparison are shown.
const DIFFERENCES: u32 = 100;

const STATUSES: [&str; 7] = ["Failed", "Held", "Retrying", "Queued", "Running", "Succeeded", "Canceled"];

/// The page of those that filters find.
///
/// # Errors
/// What a service refused.
pub async fn list(visit: &Visit<'_>) -> Result<Page, Problem> {
    let shown = filters::of(visit);
    let mut asked = shown.clone();
    asked.retain(|(_, value)| !value.is_empty());
    asked.extend(visit.caller.co_id.map(|co| ("coid", co.to_string())));
    let after = visit.number("after").unwrap_or_default();
    let found = visit.list::<CoProvisioningRequest>(&asked, after, MOST).await?;
    let next = found.records.last().filter(|_| found.more).map(|last| visit.link(&filters::path(&shown, last.id)));
    let body = html! {
        (form(visit, shown.last().map_or("", |(_, status)| status)))
        @if found.records.is_empty() {
            p { (say!("requests-none")) }
        } @else {
            (pieces::requests(visit, &found.records, true))
            (several::form(visit, &found.records, &shown))
        }
        @if let Some(next) = next { p { a href=(next) { (say!("requests-more")) } } }
    };
    let live = found.records.iter().map(|request| format!("row-{}", request.id.unwrap_or_default())).collect();
    Ok(Page::live(say!("requests"), body, live, None))
}

fn form(visit: &Visit<'_>, status: &str) -> Markup {
    let field = |name: &str, label: Word| {
        html! { label { (label) br; input name=(name) inputmode="numeric" size="10" value=(visit.text(name)); } }
    };
    html! {
        form.row action=(visit.link("/requests")) {
            label { (say!("status")) br; select name="status" {
                option value="" selected[status.is_empty()] { (say!("requests-all")) }
                @for own in STATUSES { option selected[own == status] { (own) } }
            } }
            @for (name, label) in filters::BY_ID { (field(name, label)) }
            button { (say!("show")) }
        }
    }
}

/// A request.
///
/// # Errors
/// What a service refused.
pub async fn page(visit: &Visit<'_>, id: i64) -> Result<Page, Problem> {
    let request: CoProvisioningRequest = visit.view(Table::of::<CoProvisioningRequest>(), id).await?;
    let target = request.co_provisioning_target_id.unwrap_or_default();
    let (name, subject) = pieces::subject(&request);
    let message = DifferencesRequest { co_provisioning_request_id: id, after: 0, limit: DIFFERENCES };
    // Only comparisons have some.
    let table = Table::of::<CoProvisioningRequest>();
    let found = visit.ask::<CoProvisioningDifferences>(table, "Differences", &message).await.unwrap_or_default();
    let body = html! {
        div #request { (facts(visit, &request)) }
        @let to_target = html! {
            a href=(visit.link(&format!("/targets/{target}"))) { (say!("target-number", target = target.to_string())) }
        };
        p { (show!("request-about", subject = pieces::subject_link(visit, name, subject), target = to_target)) }
        @if visit.may_provision(target) { (actions(visit, id, &request)) }
        @if !found.records.is_empty() { (differences(visit, &found)) }
    };
    Ok(Page::live(
        say!("request-number", request = id.to_string()),
        body,
        vec!["request".to_owned()],
        Some(("RequestId", id)),
    ))
}

fn facts(visit: &Visit<'_>, request: &CoProvisioningRequest) -> Markup {
    html! {
        p { (mark(&pieces::status(request))) " " (request.last_error.as_deref().unwrap_or_default()) }
        dl {
            dt { (say!("action")) } dd { (request.action.as_deref().unwrap_or("–")) }
            dt { (say!("request-asked-by")) } dd { (request.actor_identifier.clone().unwrap_or_else(|| say!("request-by-change").into())) }
            dt { (say!("attempts")) } dd { (request.attempts.unwrap_or_default()) }
            dt { (say!("request-made")) } dd { (moment(request.created.as_ref())) }
            dt { (say!("request-started")) } dd { (moment(request.started.as_ref())) }
            dt { (say!("next-try")) } dd { (moment(request.next_attempt.as_ref())) }
            dt { (say!("request-ended")) } dd { (moment(request.ended.as_ref())) }
            @if let Some(trace) = &request.trace_id { dt { (say!("request-trace")) } dd.words { (traced(visit, trace)) } }
            @if let Some(total) = request.total {
                dt { (say!("request-progress")) }
                dd { (progress(request, total)) }
            }
        }
    }
}

/// How far a request for many is, and how fast it goes.
pub(super) fn progress(request: &CoProvisioningRequest, total: i64) -> String {
    say!(
        "request-progress-value",
        count = total,
        done = request.done.unwrap_or_default(),
        failed = request.failed_count.unwrap_or_default(),
        waiting = request.waiting_count.unwrap_or_default(),
        rate = request.rate.unwrap_or_default(),
    )
}

/// The id of a trace, which leads to where the trace can be seen, if that is known.
fn traced(visit: &Visit<'_>, trace: &str) -> Markup {
    match visit.app.settings.console.trace_url.of(trace) {
        Some(address) => html! { a href=(address) rel="noreferrer" { (trace) } },
        None => html! { (trace) },
    }
}

fn actions(visit: &Visit<'_>, id: i64, request: &CoProvisioningRequest) -> Markup {
    let waits = [RequestStatus::Queued, RequestStatus::Retrying, RequestStatus::Held];
    // One for many can be stopped while it runs.
    let goes_on = request.total.is_some() && pieces::is(request, RequestStatus::Running);
    let stoppable = goes_on || waits.into_iter().any(|status| pieces::is(request, status));
    let form = |action: &str, button: Word| {
        html! {
            form method="post" action=(visit.link(&format!("/requests/{id}/{action}"))) {
                (page::token(visit)) button { (button) }
            }
        }
    };
    html! {
        div.row {
            @if pieces::is(request, RequestStatus::Failed) { (form("retry", say!("request-retry"))) }
            @if stoppable { (form("cancel", say!("request-cancel"))) }
        }
    }
}

fn differences(visit: &Visit<'_>, found: &CoProvisioningDifferences) -> Markup {
    html! {
        h2 { (say!("differences")) }
        div.scroll tabindex="0" role="region" aria-label=(say!("differences")) {
            table {
                thead { tr { th scope="col" { (say!("difference")) } th scope="col" { (say!("subject")) } th scope="col" { (say!("known-as")) } } }
                tbody {
                    @for difference in &found.records {
                        @let ids = [("copersonid", difference.co_person_id), ("cogroupid", difference.co_group_id),
                            ("coemaillistid", difference.co_email_list_id), ("coserviceid", difference.co_service_id)];
                        tr {
                            td { (difference.difference) }
                            td {
                                @for (name, id) in ids {
                                    @if let Some(id) = id { (pieces::subject_link(visit, name, id)) }
                                }
                            }
                            td.words { (difference.key.as_deref().unwrap_or_default()) }
                        }
                    }
                }
            }
        }
        @if found.more { p.faint { (say!("differences-first", count = DIFFERENCES)) } }
    }
}
