//! `POST /identifiers/assign.<fmt>`: assigns identifiers to a person or a group by the rules of its CO; 200 `OK`.

use actix_web::HttpResponse;
use prost::Message as _;
use proto::{
    registry::v1::{Edited, Identifier},
    table::Table,
};

use crate::{
    exchange::Exchange,
    messages::{self, Unreadable},
    refusal::Problem,
    response,
    wire::document::{self, Purpose},
};

/// Assigns identifiers.
///
/// # Errors
/// If the document is none, or the service refuses.
pub async fn run(exchange: &Exchange<'_>) -> Result<HttpResponse, Problem> {
    let table = Table::of::<Identifier>();
    let decoded = document::decode(exchange.format, table, &exchange.body, Purpose::Add)
        .map_err(|malformed| Problem::bad_request(malformed.0))?;
    let bytes = exchange.call(table, "Assign", messages::add(decoded)).await?;
    let edited = Edited::decode(bytes).map_err(Unreadable::from)?;
    let mut response = exchange.empty("OK");
    response::mark_replayed(&mut response, edited.replayed);
    Ok(response)
}
