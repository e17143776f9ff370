//! View (all) and View (per …): `GET /R.<fmt>`, with filters and, if asked for, in pages (D10 to D12, D27).

use actix_web::{HttpResponse, http::header};
use bytes::Bytes;
use proto::table::Table;

use crate::{exchange::Exchange, messages, query::Query, refusal::Problem, response, wire::answer::List};

mod whole;

/// Lists records.
///
/// # Errors
/// If the query cannot be followed, or the service refuses.
pub async fn run(exchange: &Exchange<'_>, table: &'static Table) -> Result<HttpResponse, Problem> {
    let query = Query::of(exchange.request.query_string())?;
    if query.limit == 0 {
        return whole::answer(exchange, table, &query).await;
    }
    let message = messages::list(query.named_texts(), query.after, query.limit);
    let bytes = exchange.call(table, "List", message).await?;
    let (mut response, last_of_page) = answer(exchange, table, bytes)?;
    if let Some(last) = last_of_page {
        let (base, path, suffix) = (exchange.base, &table.path, exchange.format.suffix());
        let link = format!("<{base}/{path}.{suffix}?{}>; rel=\"next\"", query.next(last));
        response::put(&mut response, header::LINK, &link);
    }
    Ok(response)
}

/// The answer from the bytes of a list, and the last id of it if there are more.
///
/// # Errors
/// If the bytes are no list.
pub fn answer(
    exchange: &Exchange<'_>,
    table: &'static Table,
    bytes: Bytes,
) -> Result<(HttpResponse, Option<i64>), Problem> {
    let integers = exchange.app.settings.wire.integers;
    // Names are on the wire here, and are not in protobuf.
    let mut list = List::begin(exchange.format, integers, table, 256 + bytes.len() * 4);
    let mut last = None;
    let more = messages::read_list(table, bytes, |record| {
        last = record.int("id");
        list.push(record);
    })?;
    Ok((exchange.ok(list.end()), last.filter(|_| more)))
}
