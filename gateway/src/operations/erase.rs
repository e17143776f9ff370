//! `POST /co_people/<id>/erase.<fmt>`: erases a person; `GET` tells what that would take away. 200 with the numbers of rows.

use actix_web::HttpResponse;
use prost::Message as _;
use proto::{
    registry::v1::{CoPerson, ErasedCoPerson},
    table::Table,
    tree,
};

use crate::{
    exchange::Exchange,
    messages::{self, Unreadable},
    query,
    refusal::Problem,
    response,
    wire::told,
};

/// Erases a person, or tells what that would be, by the method of the service.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, method: &str, id: i64) -> Result<HttpResponse, Problem> {
    if method == "PlanErasure" {
        query::refuse_as_of(exchange.request.query_string(), "What would be erased")?;
    }
    // A plan does all that it tells, and takes it back: with SQLite nobody else writes meanwhile.
    let _planning = (method == "PlanErasure").then(|| exchange.app.searches.begin(&exchange.caller)).transpose()?;
    let bytes = exchange.call(Table::of::<CoPerson>(), method, messages::id(id)).await?;
    let told = tree::read("cohort.registry.v1.CoPersonErasure", &bytes).map_err(|_| Unreadable)?;
    let replayed = ErasedCoPerson::decode(bytes).map_err(Unreadable::from)?.replayed;
    let mut response = exchange.ok(told::one(exchange.format, exchange.app.settings.wire.integers, &told));
    response::mark_replayed(&mut response, replayed);
    Ok(response)
}
