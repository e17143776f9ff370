//! `POST /identifiers/assign.<fmt>`: assigns identifiers to a person or a group by the rules of its CO; 200 `OK`.

use actix_web::{HttpResponse, web::Payload};
use proto::{registry::v1::Identifier, table::Table};

use crate::{
    exchange::Exchange,
    messages,
    refusal::Problem,
    wire::document::{self, Purpose},
};

/// Assigns identifiers.
///
/// # Errors
/// If the document is none, or the service refuses.
pub async fn run(exchange: &Exchange<'_>, payload: &mut Payload) -> Result<HttpResponse, Problem> {
    let table = Table::of::<Identifier>();
    let body = exchange.body(payload).await?;
    let decoded = document::decode(exchange.format, table, &body, Purpose::Add)
        .map_err(|malformed| Problem::bad_request(malformed.0))?;
    exchange.call(table, "Assign", messages::add(decoded)).await?;
    Ok(exchange.empty("OK"))
}
