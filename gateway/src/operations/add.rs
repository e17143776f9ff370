//! Add: `POST /R.<fmt>`, 201 `Added` with a NewObject document.

use actix_web::{HttpResponse, http::StatusCode};
use proto::table::Table;

use crate::{
    exchange::Exchange,
    messages,
    refusal::Problem,
    wire::document::{self, Purpose},
};

/// Adds a record.
///
/// # Errors
/// If the document is none, or the service refuses.
pub async fn run(exchange: &Exchange<'_>, table: &'static Table) -> Result<HttpResponse, Problem> {
    let decoded = document::decode(exchange.format, table, &exchange.body, Purpose::Add)
        .map_err(|malformed| Problem::bad_request(malformed.0))?;
    let answer = exchange.call(table, "Add", messages::add(decoded)).await;
    exchange.after_write(table, &answer);
    // What is added by a mail is sent (neighbours.md CoInvite).
    let phrase = if table.has("Reply") { "Sent" } else { "Added" };
    exchange.new_object(StatusCode::CREATED, phrase, &table.singular, answer?)
}
