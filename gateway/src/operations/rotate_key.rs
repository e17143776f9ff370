//! A new key for an API user: `POST /api_users/<id>/key.<fmt>`, 200 with a NewObject document that bears it (D15).

use actix_web::{HttpResponse, http::StatusCode};
use proto::{registry::v1::ApiUser, table::Table};

use crate::{exchange::Exchange, messages, refusal::Problem};

/// Makes a new key; the old one ends with the answer.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, id: i64) -> Result<HttpResponse, Problem> {
    let table = Table::of::<ApiUser>();
    let answer = exchange.call(table, "RotateKey", messages::id(id)).await;
    exchange.after_write(table, &answer);
    exchange.new_object(StatusCode::OK, "OK", &table.singular, answer?)
}
