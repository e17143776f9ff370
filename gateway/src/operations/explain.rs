//! `GET /co_provisioning_targets/<id>/explain/<subject>:<n>.<fmt>`: why a subject is at a target, or is not (D52).

use actix_web::HttpResponse;
use prost::Message as _;
use proto::{
    provisioning::v1::{CoProvisioningTarget, ExplainRequest},
    table::Table,
    tree,
};

use crate::{
    exchange::Exchange, messages::Unreadable, operations::provision::errand, query, refusal::Problem, wire::told::List,
};

/// Explains.
///
/// # Errors
/// If the path names no errand, or the service refuses.
pub async fn run(exchange: &Exchange<'_>, segments: &[String]) -> Result<HttpResponse, Problem> {
    query::refuse_as_of(exchange.request.query_string(), "Explanations")?;
    let errand = errand::read(segments)?;
    let message = ExplainRequest {
        co_provisioning_target_id: errand.target,
        subject: errand.subject.to_owned(),
        subject_id: errand.subject_id,
    };
    let table = Table::of::<CoProvisioningTarget>();
    let bytes = exchange.call(table, "Explain", message.encode_to_vec().into()).await?;
    Ok(exchange.ok(list(exchange, "CoProvisioningExplanations", &bytes)?))
}

/// The document of a list, by the name of its message.
///
/// # Errors
/// If the bytes are none.
pub fn list(exchange: &Exchange<'_>, message: &str, bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let told = tree::read(&format!("cohort.provisioning.v1.{message}"), bytes).map_err(|_| Unreadable)?;
    let mut list = List::begin(exchange.format, exchange.app.settings.wire.integers, &told.name);
    if let Some((item, records)) = &told.records {
        records.iter().for_each(|record| list.push(item, record));
    }
    Ok(list.end())
}
