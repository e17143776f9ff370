//! `POST /co_people/<id>/erase.<fmt>`: erases a person; `GET` tells what that would take away. 200 with the numbers of rows.

use actix_web::HttpResponse;
use proto::{registry::v1::CoPerson, table::Table, tree};

use crate::{
    exchange::Exchange,
    messages::{self, Unreadable},
    refusal::Problem,
    wire::told,
};

/// Erases a person, or tells what that would be, by the method of the service.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, method: &str, id: i64) -> Result<HttpResponse, Problem> {
    // A plan does all that it tells, and takes it back: with SQLite nobody else writes meanwhile.
    let _planning = (method == "PlanErasure").then(|| exchange.app.searches.begin(&exchange.caller)).transpose()?;
    let bytes = exchange.call(Table::of::<CoPerson>(), method, messages::id(id)).await?;
    let told = tree::read("cohort.registry.v1.CoPersonErasure", &bytes).map_err(|_| Unreadable)?;
    Ok(exchange.ok(told::one(exchange.format, exchange.app.settings.wire.integers, &told)))
}
