//! `POST /co_groups/reconcile/<id>.<fmt>`: computes the members of an automatic group anew; 200 `OK`.

use actix_web::HttpResponse;
use prost::Message as _;
use proto::{
    registry::v1::{CoGroup, Edited},
    table::Table,
};

use crate::{
    exchange::Exchange,
    messages::{self, Unreadable},
    refusal::Problem,
    response,
};

/// Reconciles a group.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, id: i64) -> Result<HttpResponse, Problem> {
    let bytes = exchange.call(Table::of::<CoGroup>(), "Reconcile", messages::id(id)).await?;
    let edited = Edited::decode(bytes).map_err(Unreadable::from)?;
    let mut response = exchange.empty("OK");
    response::mark_replayed(&mut response, edited.replayed);
    Ok(response)
}
