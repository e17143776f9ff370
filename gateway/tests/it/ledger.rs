//! The ledger of a target (D56).

use proto::provisioning::v1::LedgerRequest;
use serde_json::json;

use crate::fake::{Asked, House};

#[tokio::test(flavor = "multi_thread")]
async fn counts_come_alone_and_entries_piece_by_piece() {
    let house = House::open();
    let asked = LedgerRequest { co_provisioning_target_id: 4, ..LedgerRequest::default() };
    let answer = house.ask("GET", "/registry/co_provisioning_targets/4/ledger.json", "").await;
    assert_eq!(answer.line(), (200, "OK"));
    assert_eq!(
        answer.json(),
        json!({"ResponseType": "CoProvisioningLedgers", "Version": "1.0", "CoProvisioningLedgers": [{"Version": "1.0",
            "CoProvisioningTargetId": 4, "From": 4, "To": 9, "Accepted": 3, "Applied": 3}]})
    );
    assert_eq!(house.asked().pop(), Some(Asked::Ledger(asked)));
    let answer = house.ask("GET", "/co_provisioning_targets/4/ledger.json?from=2&to=12&entries=true", "").await;
    let ledger = &answer.unchunked_json()["CoProvisioningLedgers"][0];
    let numbers: Vec<_> = ledger["Entries"].as_array().unwrap().iter().map(|entry| entry["Number"].clone()).collect();
    assert_eq!(numbers, [4, 6, 9]);
    let first = LedgerRequest { from: Some(2), to: Some(12), entries: true, ..asked };
    let second = LedgerRequest { after: Some(6), ..first };
    let all = house.asked();
    assert_eq!(all[all.len() - 2..], [Asked::Ledger(first), Asked::Ledger(second)]);
    let answer = house.ask("GET", "/co_provisioning_targets/4/ledger.xml?entries=1", "").await;
    assert!(
        answer.unchunked().ends_with("</Entry></Entries></CoProvisioningLedger></CoProvisioningLedgers>\n"),
        "{}",
        answer.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused() {
    let house = House::open();
    for query in ["from=x", "to=", "from=-1", "entries=maybe", "as_of=2026-01-01"] {
        let answer = house.ask("GET", &format!("/co_provisioning_targets/4/ledger.json?{query}"), "").await;
        assert_eq!(answer.line(), (400, "Bad Request"), "{query}");
    }
    let answer = house.ask("GET", "/co_provisioning_targets/x/ledger.json", "").await;
    assert_eq!(answer.line(), (404, "CoProvisioningTarget Unknown"));
    let answer = house.ask("POST", "/co_provisioning_targets/4/ledger.json", "").await;
    assert_eq!((answer.line(), answer.header("Allow")), ((405, "Method Not Allowed"), Some("GET, HEAD")));
}
