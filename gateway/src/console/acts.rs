//! What forms do: the same calls as the API's, and then back to a page that says what was done.

use prost::Message;
use proto::{
    provisioning::v1::{
        Accepted, CoProvisioningRequest, CoProvisioningTarget, CompareRequest, OfTargetRequest, ProvisionRequest,
        ProvisionResponse,
    },
    registry::v1::{Added, DeleteRequest, Deleted, ViewRequest},
    table::Table,
};

use crate::{
    console::visit::{self, Visit},
    operations::provision::errand,
    refusal::Problem,
};

/// Does what a form asks for, and gives the path of the page that follows.
///
/// # Errors
/// What the service refused.
pub async fn run(visit: &Visit<'_>, rest: &[&str]) -> Result<String, Problem> {
    match rest {
        ["targets", id, "retry"] => of_target(visit, id, "Retry", "are queued again").await,
        ["targets", id, "release"] => of_target(visit, id, "Release", "removals are released").await,
        ["targets", id, "drop"] => of_target(visit, id, "Drop", "removals are dropped").await,
        ["targets", id, "compare"] => compare(visit, id).await,
        ["targets", id, "provision", subject] => provision(visit, id, subject).await,
        ["requests", id, "retry"] => {
            let message = ViewRequest { id: visit::id(id, "CoProvisioningRequest")?, as_of: None };
            let added: Added = of_request(visit, "Retry", &message).await?;
            Ok(done(visit, format!("/requests/{}", added.id), "It is queued again.".to_owned()))
        }
        ["requests", id, "cancel"] => {
            let message = DeleteRequest { id: visit::id(id, "CoProvisioningRequest")?, if_match: None };
            let Deleted {} = of_request(visit, "Delete", &message).await?;
            Ok(done(visit, format!("/requests/{id}"), "It is canceled.".to_owned()))
        }
        _ => Err(Problem::unknown("Unknown", "There is no such form.")),
    }
}

fn done(visit: &Visit<'_>, path: String, sentence: String) -> String {
    visit.app.sessions.tell(&visit.session, sentence);
    path
}

async fn of_request<R: Message + Default>(
    visit: &Visit<'_>,
    method: &str,
    message: &impl Message,
) -> Result<R, Problem> {
    visit.ask(Table::of::<CoProvisioningRequest>(), method, message).await
}

async fn of_target(visit: &Visit<'_>, id: &str, method: &str, says: &str) -> Result<String, Problem> {
    let id = visit::id(id, "CoProvisioningTarget")?;
    let error = visit.given.get("error").filter(|text| method == "Retry" && !text.is_empty()).cloned();
    let message = OfTargetRequest { co_provisioning_target_id: id, error };
    let Accepted { count } = visit.ask(Table::of::<CoProvisioningTarget>(), method, &message).await?;
    Ok(done(visit, format!("/targets/{id}"), format!("{count} {says}.")))
}

async fn compare(visit: &Visit<'_>, id: &str) -> Result<String, Problem> {
    let id = visit::id(id, "CoProvisioningTarget")?;
    let repair = visit.given.contains_key("repair");
    let message = CompareRequest { co_provisioning_target_id: id, repair, remove_extra: false };
    let added: Added = visit.ask(Table::of::<CoProvisioningTarget>(), "Compare", &message).await?;
    let sentence = "The target is being compared; its differences will be on this page.";
    Ok(done(visit, format!("/requests/{}", added.id), sentence.to_owned()))
}

async fn provision(visit: &Visit<'_>, id: &str, subject: &str) -> Result<String, Problem> {
    let errand = errand::read(&[id.to_owned(), subject.to_owned()])?;
    let message = ProvisionRequest {
        co_provisioning_target_id: errand.target,
        subject: errand.subject.to_owned(),
        subject_id: errand.subject_id,
        ..ProvisionRequest::default()
    };
    let table = Table::of::<CoProvisioningTarget>();
    let answer: ProvisionResponse = visit.ask(table, "Provision", &message).await?;
    let request = answer.co_provisioning_request_id;
    let path = match errand.subject {
        "copersonid" => format!("/people/{}", errand.subject_id),
        "cogroupid" => format!("/groups/{}", errand.subject_id),
        _ => format!("/requests/{request}"),
    };
    Ok(done(visit, path, format!("It is being provisioned (request {request}).")))
}
