//! Small things that several pages show.

use maud::{Markup, html};
use prost::Name;
use prost_types::Timestamp;
use proto::{
    provisioning::v1::{CoProvisioningRequest, RequestStatus},
    table::Table,
    time,
};

use crate::console::visit::Visit;

/// A time, in UTC; a script shows it in the reader's zone.
#[must_use]
pub fn moment(time: Option<&Timestamp>) -> Markup {
    let Some(time) = time else { return html! { span.faint { "–" } } };
    let mut text = Vec::new();
    time::write(time.seconds, &mut text);
    let text = String::from_utf8_lossy(&text);
    html! { time datetime=(format!("{}Z", text.replace(' ', "T"))) { (text) " UTC" } }
}

/// A word with a colour that says whether it is good; the word says it too.
#[must_use]
pub fn mark(word: &str) -> Markup {
    let kind = match word {
        "Good" | "Provisioned" | "Succeeded" | "Active" => "good",
        "Slow" | "Pending" | "Held" | "Retrying" | "Running" | "Queued" => "warn",
        "Broken" | "Failing" | "Failed" | "Suspended" => "bad",
        _ => "",
    };
    html! { span class=(format!("mark {kind}")) { (word) } }
}

/// How many of something, by what one and many are called: `1 removal`, `3 removals`.
#[must_use]
pub fn counted(count: i64, [one, many]: [&str; 2]) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The name on the wire of a value of an enumeration.
#[must_use]
pub fn named<M: Name>(column: &str, number: Option<i32>) -> String {
    let name = Table::of::<M>().field(column).zip(number).and_then(|(field, number)| field.name_of(number));
    name.map_or_else(|| "–".to_owned(), |name| name.wire.clone())
}

/// The subject of a request: its name in paths and its id.
#[must_use]
pub fn subject(request: &CoProvisioningRequest) -> (&'static str, i64) {
    let ids = [
        ("copersonid", request.co_person_id),
        ("cogroupid", request.co_group_id),
        ("coemaillistid", request.co_email_list_id),
        ("coserviceid", request.co_service_id),
        ("couid", request.cou_id),
    ];
    let found = ids.into_iter().find_map(|(name, id)| Some((name, id?)));
    found.unwrap_or(("coid", request.co_id.unwrap_or_default()))
}

/// A subject as a link to what explains it.
#[must_use]
pub fn subject_link(visit: &Visit<'_>, subject: &str, id: i64) -> Markup {
    match subject {
        "copersonid" => html! { a href=(visit.link(&format!("/people/{id}"))) { "Person " (id) } },
        "cogroupid" => html! { a href=(visit.link(&format!("/groups/{id}"))) { "Group " (id) } },
        "coemaillistid" => html! { "Email list " (id) },
        "coserviceid" => html! { "Service " (id) },
        "couid" => html! { "All of COU " (id) },
        _ => html! { "All of CO " (id) },
    }
}

/// A table of requests; with boxes to choose some of those with which the visitor may do something, if wanted.
#[must_use]
pub fn requests(visit: &Visit<'_>, requests: &[CoProvisioningRequest], choose: bool) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Requests" {
            table {
                thead { tr {
                    @if choose { td {} }
                    th scope="col" { "Request" } th scope="col" { "Status" } th scope="col" { "Subject" }
                    th.number scope="col" { "Attempts" } th scope="col" { "Last error" } th scope="col" { "Changed" }
                } }
                tbody {
                    @for request in requests {
                        @let (name, id) = subject(request);
                        @let own = request.id.unwrap_or_default();
                        tr id=(format!("row-{own}")) {
                            @if choose { td { (box_of(visit, request)) } }
                            td { a href=(visit.link(&format!("/requests/{own}"))) { (own) } }
                            td { (mark(&status(request))) }
                            td { (subject_link(visit, name, id)) }
                            td.number { (request.attempts.unwrap_or_default()) }
                            td.words { (request.last_error.as_deref().unwrap_or_default()) }
                            td { (moment(request.modified.as_ref())) }
                        }
                    }
                }
            }
        }
    }
}

fn box_of(visit: &Visit<'_>, request: &CoProvisioningRequest) -> Markup {
    let (id, target) = (request.id.unwrap_or_default(), request.co_provisioning_target_id.unwrap_or_default());
    let name = format!("pick-{id}");
    html! {
        @if visit.may_provision(target) {
            input id=(name) name=(name) type="checkbox" form="several" aria-label=(format!("Choose request {id}"));
        }
    }
}

/// Where a request stands.
#[must_use]
pub fn status(request: &CoProvisioningRequest) -> String {
    named::<CoProvisioningRequest>("status", request.status)
}

/// Whether a request stands there.
#[must_use]
pub fn is(request: &CoProvisioningRequest, status: RequestStatus) -> bool {
    request.status == Some(status.into())
}
