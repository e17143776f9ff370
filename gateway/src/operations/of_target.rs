//! `POST /co_provisioning_targets/<id>/release.<fmt>`, `…/drop`, `…/retry`, `…/compare`: actions on a whole target, answered
//! with 202 and how many requests it was, or the monitor of the comparison (D53, D54, D57).

use actix_web::{HttpResponse, http::StatusCode};
use prost::Message as _;
use proto::{
    provisioning::v1::{AcceptedMany, CoProvisioningTarget, CompareRequest, OfTargetRequest},
    registry::v1::Added,
    table::Table,
    tree,
};

use crate::{
    exchange::Exchange,
    messages::Unreadable,
    operations::provision,
    refusal::Problem,
    response,
    routes::Action,
    wire::{flat, told},
};

const COMPARE: &str =
    "Repair makes requests for what is missing or different, RemoveExtra removes what is not to be there.";
const RETRY: &str = "It narrows to the requests whose LastError contains it.";

/// Acts.
///
/// # Errors
/// If the body says what it must not, or the service refuses.
pub async fn run(exchange: &Exchange<'_>, action: Action, id: i64) -> Result<HttpResponse, Problem> {
    let members = flat::members(exchange.format, &exchange.body);
    let table = Table::of::<CoProvisioningTarget>();
    let message = match action {
        Action::Compare => {
            let repair = flat::truth(&members, "Repair", COMPARE)?;
            let remove_extra = flat::truth(&members, "RemoveExtra", COMPARE)?;
            CompareRequest { co_provisioning_target_id: id, repair, remove_extra }.encode_to_vec()
        }
        Action::Release | Action::Drop | Action::Retry => {
            let error = flat::text(&members, "Error", RETRY)?.filter(|_| action == Action::Retry);
            OfTargetRequest { co_provisioning_target_id: id, error }.encode_to_vec()
        }
    };
    let bytes = exchange.call(table, action.method(), message.into()).await?;
    if action == Action::Compare {
        return Ok(provision::accepted(exchange, &Added::decode(bytes).map_err(Unreadable::from)?));
    }
    let told = tree::read("cohort.provisioning.v1.Accepted", &bytes).map_err(|_| Unreadable)?;
    let body = told::one(exchange.format, exchange.app.settings.wire.integers, &told);
    let mut response = response::begin(exchange.format, StatusCode::ACCEPTED).reason("Accepted").body(body);
    response::mark_replayed(&mut response, AcceptedMany::decode(bytes).map_err(Unreadable::from)?.replayed);
    Ok(response)
}
