//! `POST /co_groups/reconcile/<id>.<fmt>`: computes the members of an automatic group anew; 200 `OK`.

use actix_web::HttpResponse;
use proto::{registry::v1::CoGroup, table::Table};

use crate::{exchange::Exchange, messages, refusal::Problem};

/// Reconciles a group.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, id: i64) -> Result<HttpResponse, Problem> {
    exchange.call(Table::of::<CoGroup>(), "Reconcile", messages::id(id)).await?;
    Ok(exchange.empty("OK"))
}
