//! Provision: `POST /co_provisioning_targets/provision/<id>/<subject>:<n>.<fmt>` (D36, D37).
//!
//! 202 `Accepted` with the monitor, or 200 `OK` when the client wished to wait and it was done in time.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use prost::Message as _;
use proto::{
    provisioning::v1::{CoProvisioningRequest, CoProvisioningTarget, ProvisionRequest, ProvisionResponse},
    registry::v1::Added,
    table::Table,
};

use crate::{exchange::Exchange, messages::Unreadable, refusal::Problem, response, wire::answer};

pub mod errand;
pub mod wish;

/// After how many seconds it is worth looking at the monitor (`Retry-After`).
const MONITOR_AFTER: u64 = 1;

/// Asks for provisioning.
///
/// # Errors
/// If the path names no errand, or the service refuses.
pub async fn run(exchange: &Exchange<'_>, segments: Vec<String>) -> Result<HttpResponse, Problem> {
    let errand = errand::read(&segments)?;
    let limit = exchange.app.settings.provision.wait_seconds;
    let prefer = exchange.request.headers().get_all("prefer").filter_map(|value| value.to_str().ok());
    let wish = wish::read(exchange.format, &exchange.body, prefer, limit)?;
    let message = ProvisionRequest {
        co_provisioning_target_id: errand.target,
        subject: errand.subject.to_owned(),
        subject_id: errand.subject_id,
        wait_ms: wish.seconds.saturating_mul(1000),
        force: wish.force,
        digest: wish.digest,
    };
    let table = Table::of::<CoProvisioningTarget>();
    let bytes = exchange.call(table, "Provision", message.encode_to_vec().into()).await?;
    let answer = ProvisionResponse::decode(bytes).map_err(Unreadable::from)?;
    let added = Added { id: answer.co_provisioning_request_id, replayed: answer.replayed, ..Added::default() };
    if !answer.processed {
        return Ok(accepted(exchange, &added));
    }
    let mut response = exchange.empty("OK");
    response::mark_replayed(&mut response, added.replayed);
    Ok(response)
}

/// 202 with the monitor (D37).
#[must_use]
pub fn accepted(exchange: &Exchange<'_>, added: &Added) -> HttpResponse {
    let table = Table::of::<CoProvisioningRequest>();
    let body = answer::new_object(exchange.format, &table.singular, added);
    let mut response = response::begin(exchange.format, StatusCode::ACCEPTED).reason("Accepted").body(body);
    let location = format!("{}/{}/{}.{}", exchange.base, table.path, added.id, exchange.format.suffix());
    response::put(&mut response, header::LOCATION, &location);
    response::mark_replayed(&mut response, added.replayed);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(MONITOR_AFTER));
    response
}
