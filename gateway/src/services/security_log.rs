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
mod tests {
    use proto::record::{Slot, Value};

    use super::*;

    fn page(ids: &[i64], more: bool) -> Bytes {
        let record = |id: &i64| {
            let mut record = Record::new(audit::table());
            record.set("id", Slot::Is(Value::Int(*id)));
            Bytes::from(record.encode())
        };
        ListRecords { records: ids.iter().map(record).collect(), more }.encode_to_vec().into()
    }

    /// Reads two logs in pages, as a client does.
    fn read(logs: [&[i64]; 2], limit: u32) -> Vec<i64> {
        let (mut all, mut after) = (Vec::new(), 0);
        loop {
            let [first, second] = logs.map(|log| {
                let rest: Vec<i64> = log.iter().copied().filter(|id| *id > after).collect();
                let some = &rest[..rest.len().min(limit as usize)];
                page(some, rest.len() > some.len())
            });
            let merged = ListRecords::decode(merge(first, second, limit).unwrap()).unwrap();
            assert!(merged.records.len() <= limit as usize);
            all.extend(merged.records.iter().map(|record| id_of(record).unwrap()));
            after = *all.last().unwrap_or(&after);
            if !merged.more {
                return all;
            }
            assert!(!merged.records.is_empty());
        }
    }

    #[test]
    fn pages_of_both_are_pages_of_the_whole() {
        for (registry, provisioning) in [
            (&[2, 4, 6, 8, 10][..], &[1, 3, 9, 11][..]),
            (&[2, 4, 6], &[]),
            (&[], &[1, 3, 5]),
            (&[2, 4, 6, 8], &[101, 103]),
            (&[102, 104], &[1, 3, 5, 7]),
            (&[], &[]),
        ] {
            let mut expected = [registry, provisioning].concat();
            expected.sort_unstable();
            for limit in 1..12 {
                assert_eq!(read([registry, provisioning], limit), expected, "{limit}");
            }
        }
    }
}
