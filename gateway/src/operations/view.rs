//! View (one): `GET /R/<id>.<fmt>`, a list of one, now or as it was (D45).

use actix_web::HttpResponse;
use proto::{record::Record, table::Table};

use crate::{exchange::Exchange, messages, query::Query, refusal::Problem, wire::answer::List};

/// Shows a record.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, table: &'static Table, id: i64) -> Result<HttpResponse, Problem> {
    let mut bytes = match Query::as_of(exchange.request.query_string(), table)? {
        None => exchange.services.view(table, messages::id(id), id, &exchange.caller).await?,
        as_of => exchange.call(table, "View", messages::view(id, as_of)).await?,
    };
    let mut list = List::begin(exchange.format, exchange.app.settings.wire.integers, table, 512 + bytes.len() * 2);
    list.push(&Record::decode(table, &mut bytes).map_err(messages::Unreadable::from)?);
    Ok(exchange.ok(list.end()))
}
