//! `POST /cos/duplicate/<id>.<fmt>`: makes a CO with the settings of another one; 201 `Added` with a NewObject document.

use actix_web::{HttpResponse, http::StatusCode};
use proto::{registry::v1::Co, table::Table};

use crate::{exchange::Exchange, messages, refusal::Problem};

/// Duplicates a CO.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, id: i64) -> Result<HttpResponse, Problem> {
    let table = Table::of::<Co>();
    let answer = exchange.call(table, "Duplicate", messages::id(id)).await?;
    exchange.new_object(StatusCode::CREATED, "Added", &table.singular, answer)
}
