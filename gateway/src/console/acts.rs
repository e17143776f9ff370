//! What forms do: the same calls as the API's, and then back to a page that says what was done.

use proto::{
    provisioning::v1::{
        AcceptedMany, CoProvisioningTarget, CompareRequest, OfTargetRequest, ProvisionRequest, ProvisionResponse,
    },
    registry::v1::Added,
    table::Table,
};

use crate::{
    console::{
        configuration, keys,
        page::{self, Next},
        routes, several,
        visit::{self, Visit},
        words::say,
    },
    operations::provision::errand,
    refusal::Problem,
};

/// Does what a form asks for.
///
/// # Errors
/// What the service refused.
pub async fn run(visit: &Visit<'_>, rest: &[&str]) -> Result<Next, Problem> {
    let nothing = || Problem::unknown("Unknown", &say!("no-such-form").to_string());
    let (path, named) = routes::find(&routes::FORMS, rest).ok_or_else(nothing)?;
    match (path, named.as_slice()) {
        ("targets/:target/retry", [id]) => of_target(visit, id, "Retry", |count| say!("retried", count = count)).await,
        ("targets/:target/release", [id]) => {
            of_target(visit, id, "Release", |count| say!("guard-released", count = count)).await
        }
        ("targets/:target/drop", [id]) => {
            of_target(visit, id, "Drop", |count| say!("guard-dropped", count = count)).await
        }
        ("targets/:target/compare", [id]) => compare(visit, id).await,
        ("targets/:target/configuration", [id]) => {
            configuration::save(visit, visit::id(id, "CoProvisioningTarget")?).await
        }
        ("targets/:target/provision/:subject", [id, subject]) => provision(visit, id, subject).await,
        ("requests/several", []) => several::run(visit).await,
        ("requests/:request/retry", [id]) => {
            let id = several::retry(visit, visit::id(id, "CoProvisioningRequest")?).await?;
            Ok(page::done(visit, format!("/requests/{id}"), say!("request-retried")))
        }
        ("requests/:request/cancel", [id]) => {
            let id = visit::id(id, "CoProvisioningRequest")?;
            if !visit.is_sure() {
                let says = say!("request-cancel-says", request = id.to_string());
                let title = say!("request-cancel-title");
                return Ok(page::ask(visit, title, says, say!("request-cancel"), &format!("/requests/{id}")));
            }
            several::cancel(visit, id).await?;
            Ok(page::done(visit, format!("/requests/{id}"), say!("request-canceled")))
        }
        ("users/:user/key", [id]) => keys::rotate(visit, visit::id(id, "ApiUser")?).await,
        _ => Err(nothing()),
    }
}

async fn of_target(visit: &Visit<'_>, id: &str, method: &str, says: fn(i64) -> String) -> Result<Next, Problem> {
    let id = visit::id(id, "CoProvisioningTarget")?;
    let error = visit.given.get("error").filter(|text| method == "Retry" && !text.is_empty()).cloned();
    let message = OfTargetRequest { co_provisioning_target_id: id, error };
    let AcceptedMany { count, .. } = visit.ask(Table::of::<CoProvisioningTarget>(), method, &message).await?;
    Ok(page::done(visit, format!("/targets/{id}"), says(count)))
}

async fn compare(visit: &Visit<'_>, id: &str) -> Result<Next, Problem> {
    let id = visit::id(id, "CoProvisioningTarget")?;
    let repair = visit.given.contains_key("repair");
    let message = CompareRequest { co_provisioning_target_id: id, repair, remove_extra: false };
    let added: Added = visit.ask(Table::of::<CoProvisioningTarget>(), "Compare", &message).await?;
    Ok(page::done(visit, format!("/requests/{}", added.id), say!("compare-began")))
}

async fn provision(visit: &Visit<'_>, id: &str, subject: &str) -> Result<Next, Problem> {
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
        "coemaillistid" => format!("/lists/{}", errand.subject_id),
        "coserviceid" => format!("/services/{}", errand.subject_id),
        _ => format!("/requests/{request}"),
    };
    Ok(page::done(visit, path, say!("provision-began", request = request.to_string())))
}
