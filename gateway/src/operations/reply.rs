//! The answer to an invitation: `GET /co_invites.<fmt>?inviteid=<secret>&reply=confirm|decline`, 200 `Deleted`.

use actix_web::{HttpResponse, http::Method};
use prost::Message as _;
use proto::{
    registry::v1::{CoInvite, ReplyRequest},
    table::Table,
};

use crate::{exchange::Exchange, query::Query, refusal::Problem};

/// Confirms or declines an invitation. HEAD, which whoever looks at a link in advance sends, does neither.
///
/// # Errors
/// If the service refuses.
pub async fn run(exchange: &Exchange<'_>) -> Result<HttpResponse, Problem> {
    if exchange.request.method() == Method::HEAD {
        return Ok(exchange.empty("OK"));
    }
    let mut query = Query::of(exchange.request.query_string())?;
    let mut take = |name: &str| query.filters.remove(name).unwrap_or_default();
    let message = ReplyRequest { inviteid: take("inviteid"), reply: take("reply") };
    exchange.call(Table::of::<CoInvite>(), "Reply", message.encode_to_vec().into()).await?;
    Ok(exchange.empty("Deleted"))
}
