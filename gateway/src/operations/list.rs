//! View (all) and View (per …): `GET /R.<fmt>`, with filters and, if asked for, in pages (D10 to D12, D27), now or
//! as it was (D45).

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
    let mut query = Query::of_list(exchange.request.query_string())?.of_resource(table)?;
    if !is_registry(table) {
        query = query.with_single_values()?.without_searches(table)?;
    }
    let searching = is_search(table, &query).then(|| exchange.app.searches.begin(&exchange.caller)).transpose()?;
    if query.limit == 0 {
        return whole::answer(exchange, table, &query, searching).await;
    }
    let bytes = exchange.call(table, "List", messages::list(&query)).await?;
    let (mut response, last_of_page) = answer(exchange, table, bytes)?;
    if let Some(last) = last_of_page {
        link(exchange, &table.path, &query.next(last), &mut response);
    }
    Ok(response)
}

/// Whether it is a list of the registry, which minds each value of a filter.
fn is_registry(table: &Table) -> bool {
    table.service.starts_with("cohort.registry.")
}

/// Whether records are looked for by what hangs on them, which costs much more than a page of a list.
fn is_search(table: &Table, query: &Query) -> bool {
    let through_others = |name: &str| name.starts_with("search") || matches!(name, "given" | "family" | "mail");
    matches!(table.path.as_str(), "co_groups" | "co_people" | "org_identities")
        && query.filters.keys().any(|name| through_others(name))
}

/// Announces the next page (D27).
pub fn link(exchange: &Exchange<'_>, path: &str, query: &str, response: &mut HttpResponse) {
    let (base, suffix) = (exchange.base, exchange.format.suffix());
    response::put(response, header::LINK, &format!("<{base}/{path}.{suffix}?{query}>; rel=\"next\""));
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
