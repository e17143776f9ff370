//! An auditor asks who had more or less provisioned than the changes of the registry would (D60).

use proto::{
    caller::Caller,
    provisioning::v1::{CompareRequest, Mode, OfTargetRequest, ProvisionRequest},
    record::Record,
    registry::v1::{DeleteRequest, IdempotencyKey, ListRequest, ViewRequest},
};
use service_kit::audit::{read::list, verify::verify};

use crate::rig::{ADA, CO, GROUP, Rig, by, of_co};

const TARGET: &str = "CoProvisioningTarget";
const REQUEST: &str = "CoProvisioningRequest";

async fn all(rig: &Rig) -> Vec<Record> {
    list(rig.database.reader(), &Caller::house(), &ListRequest::default()).await.unwrap().0
}

/// An act: what it is called, and on what.
#[derive(Clone, Copy, Debug)]
enum Act {
    Release,
    Drop,
    RetryTarget,
    Retry,
    Cancel,
    Repair,
    RemoveExtra,
    Look,
    Force,
    Provision,
}

/// What the log has to say of each, if anything.
const ACTS: [(Act, Option<(&str, &str)>); 10] = [
    (Act::Provision, None),
    (Act::Look, None),
    (Act::Force, Some(("Provision", TARGET))),
    (Act::Release, Some(("Release", TARGET))),
    (Act::Drop, Some(("Drop", TARGET))),
    (Act::RetryTarget, Some(("Retry", TARGET))),
    (Act::Retry, Some(("Retry", REQUEST))),
    (Act::Cancel, Some(("Cancel", REQUEST))),
    (Act::Repair, Some(("Compare", TARGET))),
    (Act::RemoveExtra, Some(("Compare", TARGET))),
];

/// Does it, and gives the id of what it was done to.
async fn act(rig: &Rig, me: &Caller, target: i64, act: Act) -> i64 {
    let of_target = OfTargetRequest { co_provisioning_target_id: target, error: None };
    let compare = |repair, remove_extra| CompareRequest { co_provisioning_target_id: target, repair, remove_extra };
    let provision = |force| ProvisionRequest {
        co_provisioning_target_id: target,
        subject: "copersonid".to_owned(),
        subject_id: ADA,
        force,
        ..ProvisionRequest::default()
    };
    match act {
        Act::Release => drop(rig.targets().release(by(me, of_target)).await.unwrap()),
        Act::Drop => drop(rig.targets().drop(by(me, of_target)).await.unwrap()),
        Act::RetryTarget => drop(rig.targets().retry(by(me, of_target)).await.unwrap()),
        Act::Repair => drop(rig.targets().compare(by(me, compare(true, false))).await.unwrap()),
        Act::RemoveExtra => drop(rig.targets().compare(by(me, compare(false, true))).await.unwrap()),
        Act::Look => drop(rig.targets().compare(by(me, compare(false, false))).await.unwrap()),
        Act::Force => drop(rig.targets().provision(by(me, provision(true))).await.unwrap()),
        Act::Provision => drop(rig.targets().provision(by(me, provision(false))).await.unwrap()),
        Act::Retry => {
            let id = rig.provision(target, "cogroupid", GROUP).await.unwrap();
            let failed =
                format!("UPDATE provisioning_requests SET status = 'Failed' WHERE id = {id} RETURNING id AS n");
            rig.numbers(&failed).await;
            rig.requests().retry(by(me, ViewRequest { id, as_of: None })).await.unwrap();
            return id;
        }
        Act::Cancel => {
            let id = rig.provision(target, "coid", CO).await.unwrap();
            rig.requests().delete(by(me, DeleteRequest { id, if_match: None })).await.unwrap();
            return id;
        }
    }
    target
}

pub(crate) async fn each_act_on_what_is_provisioned_leaves_one_line(rig: Rig) {
    let target = rig.target(CO, Mode::Manual).await;
    let me = Caller { address: "192.0.2.9".to_owned(), ..of_co(CO) };
    let mut known = all(&rig).await.len();
    for (what, expected) in ACTS {
        let id = act(&rig, &me, target, what).await;
        let records = all(&rig).await;
        assert_eq!(records.len(), known + usize::from(expected.is_some()), "{what:?}: {records:#?}");
        known = records.len();
        let Some((action, resource)) = expected else { continue };
        let line = records.last().unwrap();
        assert_eq!((line.text("action"), line.text("resource")), (Some(action), Some(resource)), "{what:?}");
        assert_eq!((line.int("resource_id"), line.int("co_id")), (Some(id), Some(CO)), "{what:?}");
        assert_eq!((line.text("actor"), line.text("address")), (Some(me.username.as_str()), Some("192.0.2.9")));
    }
    // What is sent twice under one key is done once, and told once.
    let key = IdempotencyKey { key: "again".to_owned(), request: vec![7; 32], former: Vec::new() };
    let once = Caller { idempotency: Some(key), ..me };
    for _ in 0..2 {
        act(&rig, &once, target, Act::Drop).await;
    }
    assert_eq!(all(&rig).await.len(), known + 1);
    assert_eq!(verify(rig.database.reader()).await.unwrap().broken, None);
    rig.end().await;
}
