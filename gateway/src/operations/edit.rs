//! Edit: `PUT /R/<id>.<fmt>`, 200 `OK` without a body.

use actix_web::{HttpResponse, http::header};
use proto::table::Table;

use crate::{
    exchange::Exchange,
    messages,
    refusal::Problem,
    wire::document::{self, Purpose},
};

/// Edits a record: what was not sent keeps its value (D19). `If-Match` is for the service to compare (D43).
///
/// # Errors
/// If the document is none, or the service refuses.
pub async fn run(exchange: &Exchange<'_>, table: &'static Table, id: i64) -> Result<HttpResponse, Problem> {
    let decoded = document::decode(exchange.format, table, &exchange.body, Purpose::Edit(id))
        .map_err(|malformed| Problem::bad_request(malformed.0))?;
    let answer = exchange.call(table, "Edit", messages::edit(id, decoded, exchange.condition(header::IF_MATCH))).await;
    exchange.after_write(table, &answer);
    answer?;
    Ok(exchange.empty("OK"))
}
