//! The security log, which both services keep, as one list (D60).
//!
//! The ids of both logs have one order, by time, and say whose a record is. A page of the whole is the beginning of both
//! pages together: what stands before its last record stands in one of them.

use bytes::Bytes;
use prost::Message as _;
use proto::{
    audit::v1::FailedLogin,
    caller::Caller,
    record::Record,
    refusal::Refusal,
    registry::v1::{ListRecords, ListRequest, ViewRequest},
    table::Table,
};
use service_kit::audit::{self, Source};

use crate::services::Services;

/// Whether a service is the one of the log.
#[must_use]
pub fn is_served_by(service: &str) -> bool {
    service == audit::table().service
}

/// Calls a method of the log, with the bytes of its message.
///
/// # Errors
/// What either service refused, or that it cannot be reached: a list with holes is none.
pub async fn call(services: &Services, method: &str, message: Bytes, caller: &Caller) -> Result<Bytes, Refusal> {
    let of = |source, message| services.call_log(source, method, message, caller);
    if method != "List" {
        let id = ViewRequest::decode(message.clone()).map(|request| request.id).unwrap_or_default();
        let source = if method == "View" { Source::of_id(id) } else { Source::Registry };
        return of(source, message).await;
    }
    let (registry, provisioning) =
        futures::join!(of(Source::Registry, message.clone()), of(Source::Provisioning, message.clone()));
    let limit = ListRequest::decode(message).map(|request| request.limit).unwrap_or_default();
    merge(registry?, provisioning?, limit)
}

/// Has logins that failed written down.
pub async fn login_failed(services: &Services, failed: FailedLogin) {
    let noted = call(services, "LoginFailed", failed.encode_to_vec().into(), &Caller::default()).await;
    if let Err(refusal) = noted {
        tracing::warn!(username = failed.username, address = failed.address, attempts = failed.attempts, %refusal, "a login failed, which could not be written down");
    }
}

fn merge(registry: Bytes, provisioning: Bytes, limit: u32) -> Result<Bytes, Refusal> {
    let read = |bytes: Bytes| ListRecords::decode(bytes).map_err(|_| unreadable());
    let (registry, provisioning) = (read(registry)?, read(provisioning)?);
    let mut more = registry.more || provisioning.more;
    let mut all = Vec::with_capacity(registry.records.len() + provisioning.records.len());
    for record in registry.records.into_iter().chain(provisioning.records) {
        all.push((id_of(&record)?, record));
    }
    all.sort_by_key(|(id, _)| *id);
    let limit = limit as usize;
    if limit > 0 && all.len() > limit {
        all.truncate(limit);
        more = true;
    }
    let records = all.into_iter().map(|(_, record)| record).collect();
    Ok(ListRecords { records, more }.encode_to_vec().into())
}

fn id_of(bytes: &Bytes) -> Result<i64, Refusal> {
    let table: &'static Table = audit::table();
    let record = Record::decode(table, &mut bytes.clone()).map_err(|_| unreadable())?;
    record.int("id").ok_or_else(unreadable)
}

fn unreadable() -> Refusal {
    Refusal::Failed("The security log could not be read.".to_owned())
}

#[cfg(test)]
mod tests;
