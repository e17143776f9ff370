//! `GET /co_provisioning_requests/<id>/differences.<fmt>`: how a target differs from the registry, paged (D57).

use actix_web::HttpResponse;
use prost::Message as _;
use proto::{
    provisioning::v1::{CoProvisioningDifferences, CoProvisioningRequest, DifferencesRequest},
    table::Table,
};

use crate::{
    exchange::Exchange,
    messages::Unreadable,
    operations::{explain, list},
    query::Query,
    refusal::Problem,
};

/// Lists differences.
///
/// # Errors
/// If the query cannot be followed, or the service refuses.
pub async fn run(exchange: &Exchange<'_>, id: i64) -> Result<HttpResponse, Problem> {
    let table = Table::of::<CoProvisioningRequest>();
    let query = Query::of(exchange.request.query_string())?.of_the_present("Differences")?;
    let message = DifferencesRequest {
        co_provisioning_request_id: id,
        after: query.after.unwrap_or_default(),
        limit: query.limit,
    };
    let bytes = exchange.call(table, "Differences", message.encode_to_vec().into()).await?;
    let answer = CoProvisioningDifferences::decode(bytes.clone()).map_err(Unreadable::from)?;
    let mut response = exchange.ok(explain::list(exchange, "CoProvisioningDifferences", &bytes)?);
    if let Some(last) = answer.records.last().filter(|_| answer.more) {
        let path = format!("{}/{id}/differences", table.path);
        list::link(exchange, &path, &query.next(last.id), &mut response);
    }
    Ok(response)
}
