//! Least privilege (D61), at the provisioning service itself.

use proto::{
    caller::Caller,
    provisioning::v1::{Mode, ProvisionRequest},
    refusal::Refusal,
    registry::v1::{DeleteRequest, ListRequest, ViewRequest},
};
use tonic::{Response, Status};

use crate::rig::{ADA, CO, Rig, by, fake, of_co};

fn scoped(scopes: &[&str]) -> Caller {
    Caller { scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), ..of_co(CO) }
}

/// Whether the scopes allowed it, whatever became of it then.
fn passed<T>(answer: Result<Response<T>, Status>) -> bool {
    !matches!(answer.map_err(|status| Refusal::of_status(&status)), Err(Refusal::Unauthorized(_)))
}

pub(crate) async fn every_method_asks_for_its_scope(rig: Rig) {
    let target = rig.add(&of_co(CO), fake(CO, Mode::Manual)).await.unwrap();
    let other = rig.add(&of_co(CO), fake(CO, Mode::Manual)).await.unwrap();
    let wish = |target| ProvisionRequest {
        co_provisioning_target_id: target,
        subject: "copersonid".to_owned(),
        subject_id: ADA,
        ..ProvisionRequest::default()
    };
    let made = rig.targets().provision(by(&of_co(CO), wish(other))).await.unwrap().into_inner();
    let of_other = made.co_provisioning_request_id;
    let (own, foreign) = (format!("provision:{target}"), format!("provision:{other}"));
    let requests = rig.requests();
    let id = |id| ViewRequest { id, as_of: None };
    for (scope, [sees, writes, at_target, requests_seen, of_other_seen]) in [
        ("read", [true, false, false, true, true]),
        ("write", [false, true, false, false, false]),
        ("provision", [false, false, true, true, true]),
        (own.as_str(), [false, false, true, false, false]),
        (foreign.as_str(), [false, false, false, false, true]),
        ("keys", [false; 5]),
        ("audit", [false; 5]),
        ("cous:read", [false; 5]),
        ("co_provisioning_targets:read", [true, false, false, false, false]),
        ("co_provisioning_targets:write", [false, true, false, false, false]),
        ("co_provisioning_requests:read", [false, false, false, true, true]),
    ] {
        let me = scoped(&[scope]);
        let targets = rig.targets();
        assert_eq!(passed(targets.view(by(&me, id(target))).await), sees, "{scope}");
        assert_eq!(passed(targets.list(by(&me, ListRequest::default())).await), sees, "{scope}");
        assert_eq!(passed(targets.delete(by(&me, DeleteRequest { id: 999, if_match: None })).await), writes, "{scope}");
        assert_eq!(passed(targets.provision(by(&me, wish(target))).await), at_target, "{scope}");
        assert_eq!(passed(requests.list(by(&me, ListRequest::default())).await), requests_seen, "{scope}");
        assert_eq!(passed(requests.view(by(&me, id(of_other))).await), of_other_seen, "{scope}");
    }
    // Seeing a request is not taking it back.
    let both = scoped(&["read", &own]);
    let delete = DeleteRequest { id: of_other, if_match: None };
    assert!(!passed(requests.delete(by(&both, delete.clone())).await));
    assert!(!passed(requests.retry(by(&both, id(of_other))).await));
    assert!(passed(requests.delete(by(&scoped(&[&foreign]), delete)).await));
    rig.end().await;
}
