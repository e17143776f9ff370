//! View (one): `GET /R/<id>.<fmt>`, a list of one with its `ETag`, now or as it was (D45); 304 without a body.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use proto::{record::Record, table::Table, tag};

use crate::{exchange::Exchange, messages, query::Query, refusal::Problem, response, views::Sight, wire::answer::List};

/// Shows a record, with its tag; not again if the client says that it has it (D43).
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>, table: &'static Table, id: i64) -> Result<HttpResponse, Problem> {
    let Sight { mut record, tag, computed } = match Query::as_of(exchange.request.query_string(), table)? {
        None => exchange.services.view(table, messages::id(id), id, &exchange.caller).await?,
        as_of => {
            let record = exchange.call(table, "View", messages::view(id, as_of)).await?;
            Sight { record, tag: None, computed: true }
        }
    };
    let has = |tag: &String| {
        let known = exchange.condition(header::IF_NONE_MATCH).filter(|_| !computed);
        known.is_some_and(|known| tag::is_known(&known, tag))
    };
    let mut response = if tag.as_ref().is_some_and(has) {
        response::begin(exchange.format, StatusCode::NOT_MODIFIED).finish()
    } else {
        let integers = exchange.app.settings.wire.integers;
        let mut list = List::begin(exchange.format, integers, table, 512 + record.len() * 2);
        list.push(&Record::decode(table, &mut record).map_err(messages::Unreadable::from)?);
        exchange.ok(list.end())
    };
    if let Some(tag) = tag {
        response::put(&mut response, header::ETAG, &tag);
    }
    Ok(response)
}
