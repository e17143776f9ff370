//! What a record was, and who changed it: `GET /R/<id>/versions.<fmt>`, the newest first (D46).

use actix_web::HttpResponse;
use prost::Message as _;
use proto::{
    record::Record,
    registry::v1::{ListVersionsResponse, VersionsRequest},
    table::Table,
};

use crate::{
    exchange::Exchange,
    messages::Unreadable,
    operations::list,
    query::Query,
    refusal::Problem,
    wire::versions::{Version, Versions},
};

/// Lists the versions of a record.
///
/// # Errors
/// If the query cannot be followed, the service refuses, or the user makes as many searches as are allowed (D62).
pub async fn run(exchange: &Exchange<'_>, table: &'static Table, id: i64) -> Result<HttpResponse, Problem> {
    let query = Query::of(exchange.request.query_string())?.of_the_present("Versions")?;
    let _counted = exchange.app.searches.begin(&exchange.caller)?;
    let message = VersionsRequest { id, after: query.after, limit: query.limit };
    let bytes = exchange.call(table, "Versions", message.encode_to_vec().into()).await?;
    let answer = ListVersionsResponse::decode(bytes).map_err(Unreadable::from)?;
    let mut list = Versions::begin(exchange.format, exchange.app.settings.wire.integers);
    for version in &answer.versions {
        let record = |bytes: &[u8]| Record::decode(table, &mut &*bytes).map_err(Unreadable::from);
        list.push(&Version { of: version, before: record(&version.before)?, after: record(&version.after)? });
    }
    let mut response = exchange.ok(list.end());
    if let Some(last) = answer.versions.last().filter(|_| answer.more) {
        let path = format!("{}/{id}/versions", table.path);
        list::link(exchange, &path, &query.next(last.revision), &mut response);
    }
    Ok(response)
}
