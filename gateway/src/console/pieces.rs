//! Small things that several pages show.

use maud::{Markup, html};
use prost::Name;
use prost_types::Timestamp;
use proto::{
    provisioning::v1::{CoProvisioningRequest, RequestStatus},
    table::Table,
    time,
};

use crate::console::{visit::Visit, words::say};

/// A time, in UTC; a script shows it in the reader's zone.
#[must_use]
pub fn moment(time: Option<&Timestamp>) -> Markup {
    let Some(time) = time else { return html! { span.faint { "–" } } };
    let mut text = Vec::new();
    time::write(time.seconds, &mut text);
    let text = String::from_utf8_lossy(&text);
    html! { time datetime=(format!("{}Z", text.replace(' ', "T"))) { (say!("time-utc", time = text)) } }
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
    html! { span.mark.(kind) { (word) } }
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
        "copersonid" => {
            html! { a href=(visit.link(&format!("/people/{id}"))) { (say!("person-number", person = id.to_string())) } }
        }
        "cogroupid" => {
            html! { a href=(visit.link(&format!("/groups/{id}"))) { (say!("group-number", group = id.to_string())) } }
        }
        "coemaillistid" => {
            html! { a href=(visit.link(&format!("/lists/{id}"))) { (say!("list-number", list = id.to_string())) } }
        }
        "coserviceid" => {
            html! { a href=(visit.link(&format!("/services/{id}"))) { (say!("service-number", service = id.to_string())) } }
        }
        "couid" => html! { (say!("all-of-cou", cou = id.to_string())) },
        _ => html! { (say!("all-of-co", co = id.to_string())) },
    }
}

/// A table of requests; with boxes to choose some of those with which the visitor may do something, if wanted.
#[must_use]
pub fn requests(visit: &Visit<'_>, requests: &[CoProvisioningRequest], choose: bool) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(say!("requests")) {
            table {
                thead { tr {
                    @if choose { td {} }
                    th scope="col" { (say!("request")) } th scope="col" { (say!("status")) } th scope="col" { (say!("subject")) }
                    th.number scope="col" { (say!("attempts")) } th scope="col" { (say!("last-error")) } th scope="col" { (say!("changed")) }
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
            input id=(name) name=(name) type="checkbox" form="several" aria-label=(say!("requests-choose", request = id.to_string()));
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
