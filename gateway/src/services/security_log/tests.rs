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
