//! `PUT /co_groups/reconcile.<fmt>?coid=<id>`: makes the default groups of a CO that are missing, and lists its automatic ones.

use actix_web::HttpResponse;
use prost::Message as _;
use proto::{
    registry::v1::{CoGroup, ReconcileCoRequest},
    table::Table,
};

use crate::{
    exchange::Exchange,
    operations::list,
    query::Query,
    refusal::Problem,
    routes::{id_of, unknown_co},
};

/// Reconciles the groups of a CO.
///
/// # Errors
/// If the CO is not named or unknown, or the service refuses.
pub async fn run(exchange: &Exchange<'_>) -> Result<HttpResponse, Problem> {
    let query = Query::of(exchange.request.query_string())?.of_the_present("Groups that are reconciled")?;
    let text = query.filters.get("coid").ok_or_else(|| Problem::bad_request("Name the CO: ?coid=<id>."))?;
    let co_id = id_of(text).ok_or_else(unknown_co)?;
    // All of them are answered at once.
    let _lists = exchange.app.lists.begin(&exchange.caller)?;
    let table = Table::of::<CoGroup>();
    let message = ReconcileCoRequest { co_id }.encode_to_vec();
    let bytes = exchange.call(table, "ReconcileCo", message.into()).await?;
    Ok(list::answer(exchange, table, bytes)?.0)
}
