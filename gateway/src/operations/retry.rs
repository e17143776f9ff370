//! `POST /co_provisioning_requests/<id>/retry.<fmt>`: queues a failed request again; answered as provision is (D38).

use actix_web::HttpResponse;
use prost::Message as _;
use proto::{provisioning::v1::CoProvisioningRequest, registry::v1::Added, table::Table};

use crate::{
    exchange::Exchange,
    messages::{self, Unreadable},
    operations::provision,
    refusal::Problem,
};

/// Retries a request.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, id: i64) -> Result<HttpResponse, Problem> {
    let bytes = exchange.call(Table::of::<CoProvisioningRequest>(), "Retry", messages::id(id)).await?;
    let added = Added::decode(bytes).map_err(Unreadable::from)?;
    Ok(provision::accepted(exchange, &added))
}
