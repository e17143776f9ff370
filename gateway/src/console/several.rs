//! Many requests at once: those that were chosen are tried again or canceled, each as the API does it.

use maud::{Markup, html};
use prost::Message;
use proto::{
    provisioning::v1::CoProvisioningRequest,
    refusal::Refusal,
    registry::v1::{Added, DeleteRequest, Deleted, ViewRequest},
    table::Table,
};

use crate::{
    console::{
        filters,
        page::{self, Next},
        visit::Visit,
        words::say,
    },
    refusal::Problem,
    routes,
};

/// The form below a list; boxes in the list belong to it. Nothing, if nobody may do anything with any of them.
#[must_use]
pub fn form(visit: &Visit<'_>, shown: &[CoProvisioningRequest], filters: &[(&str, String)]) -> Markup {
    if !shown.iter().any(|request| visit.may_provision(request.co_provisioning_target_id.unwrap_or_default())) {
        return html! {};
    }
    html! {
        p hidden data-all="input[form=several]" { label { input type="checkbox"; " " (say!("requests-choose-all")) } }
        form.row #several method="post" action=(visit.link("/requests/several")) {
            (page::token(visit))
            @for (name, value) in filters { input type="hidden" name=(name) value=(value); }
            button name="do" value="retry" { (say!("requests-retry")) }
            button name="do" value="cancel" { (say!("requests-cancel")) }
        }
    }
}

/// Does it, one after the other, and says how many it was.
///
/// # Errors
/// If the form asks for neither.
pub async fn run(visit: &Visit<'_>) -> Result<Next, Problem> {
    let chosen = visit.given.keys().filter_map(|name| routes::id_of(name.strip_prefix("pick-")?));
    let mut chosen: Vec<i64> = chosen.collect();
    chosen.sort_unstable();
    let back = filters::path(&filters::of(visit), None);
    if chosen.is_empty() {
        return Ok(page::done(visit, back, say!("requests-none-chosen")));
    }
    match visit.text("do") {
        "retry" => Ok(each(visit, &chosen, back, true).await),
        "cancel" if visit.is_sure() => Ok(each(visit, &chosen, back, false).await),
        "cancel" => {
            let count = chosen.len();
            let ids: Vec<String> = chosen.iter().map(i64::to_string).collect();
            let says = say!("requests-cancel-says", count = count, requests = ids.join(", "));
            let sure = say!("requests-cancel-sure", count = count);
            Ok(page::ask(visit, say!("requests-cancel-title"), says, sure, &back))
        }
        _ => Err(Refusal::BadRequest(say!("requests-retry-or-cancel").into()).into()),
    }
}

async fn each(visit: &Visit<'_>, chosen: &[i64], back: String, again: bool) -> Next {
    let (mut count, mut refused) = (0, Vec::new());
    for id in chosen {
        let answer = if again { retry(visit, *id).await.map(|_| ()) } else { cancel(visit, *id).await };
        match answer {
            Ok(()) => count += 1,
            Err(problem) => refused.push(format!("{id}: {}", page::sentence(&problem))),
        }
    }
    let mut says =
        if again { say!("requests-retried", count = count) } else { say!("requests-canceled", count = count) };
    if !refused.is_empty() {
        let not = say!("requests-refused", count = refused.len(), sentences = refused.join(" "));
        says = format!("{says} {not}");
    }
    page::done(visit, back, says)
}

/// Queues a failed request again, and gives the id of the one that does its work.
///
/// # Errors
/// What the service refused.
pub async fn retry(visit: &Visit<'_>, id: i64) -> Result<i64, Problem> {
    let added: Added = of_request(visit, "Retry", &ViewRequest { id, as_of: None }).await?;
    Ok(added.id)
}

/// Cancels a request that waits.
///
/// # Errors
/// What the service refused.
pub async fn cancel(visit: &Visit<'_>, id: i64) -> Result<(), Problem> {
    let Deleted {} = of_request(visit, "Delete", &DeleteRequest { id, if_match: None }).await?;
    Ok(())
}

async fn of_request<R: Message + Default>(
    visit: &Visit<'_>,
    method: &str,
    message: &impl Message,
) -> Result<R, Problem> {
    visit.ask(Table::of::<CoProvisioningRequest>(), method, message).await
}
