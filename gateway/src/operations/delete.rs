//! Delete: `DELETE /R/<id>.<fmt>`, 200 `Deleted` without a body.

use actix_web::{HttpResponse, http::header};
use proto::table::Table;

use crate::{exchange::Exchange, messages, refusal::Problem};

/// Deletes a record.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, table: &'static Table, id: i64) -> Result<HttpResponse, Problem> {
    let answer = exchange.call(table, "Delete", messages::delete(id, exchange.condition(header::IF_MATCH))).await;
    exchange.after_write(table, &answer);
    answer?;
    Ok(exchange.empty("Deleted"))
}
