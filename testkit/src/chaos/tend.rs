//! Targets that come and go: added, filled, edited, disabled, enabled, deleted, while everybody writes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use super::{GUARDED, api::Api, load::Load, operate, payload, target::Targets};
use crate::proof::journal::End;

/// The record of a target.
pub(super) fn record(co: i64, number: i64, targets: &Targets) -> Value {
    let configuration = json!({ "ServerUrl": targets.url(number), "Mode": "PUT", "IdentifierType": payload::KEY_TYPE });
    let record = json!({ "CoId": co, "Description": format!("target {number}"), "Plugin": "ApiProvisioner",
        "Status": "AutomaticMode", "Configuration": configuration, "RetryInterval": 1, "MaxRetry": 10 });
    operate::guarded(record, number == GUARDED)
}

/// Adds and deletes targets until the load is over. Gives the last one, which stays: what it should hold is decided.
pub(super) async fn run(load: Arc<Load>, targets: Arc<Targets>, first: i64) -> BTreeMap<i64, i64> {
    let (api, co) = (&load.api, load.place.co);
    for number in first.. {
        let document = record(co, number, &targets);
        // One whose end is unknown may be there. Nobody asks what it holds.
        let added = api.add("target.add", Vec::new(), "co_provisioning_targets", document.clone()).await;
        let (End::Ok, Some(id)) = added else { continue };
        // A new target follows changes; what was there before is sent when it is asked for.
        let everything = format!("co_provisioning_targets/provision/{id}/coid:{co}.json");
        while api.ask("provision.co", Vec::new(), Method::POST, &everything, None).await.0 != End::Ok {}
        pause(&load).await;
        edit(api, id, document.clone(), "edit", json!({ "Description": format!("edited {number}") })).await;
        pause(&load).await;
        if load.is_over() {
            return BTreeMap::from([(id, number)]);
        }
        // What a disabled target misses it may never hear of; so it goes for good.
        edit(api, id, document.clone(), "disable", json!({ "Status": "Disabled" })).await;
        pause(&load).await;
        edit(api, id, document, "enable", json!({ "Status": "AutomaticMode" })).await;
        pause(&load).await;
        let path = format!("co_provisioning_targets/{id}.json");
        api.ask("target.delete", Vec::new(), Method::DELETE, &path, None).await;
    }
    BTreeMap::new()
}

async fn edit(api: &Api, id: i64, mut document: Value, what: &str, change: Value) {
    if let (Some(document), Some(change)) = (document.as_object_mut(), change.as_object()) {
        document.extend(change.clone());
    }
    let path = format!("co_provisioning_targets/{id}.json");
    api.ask(&format!("target.{what}"), Vec::new(), Method::PUT, &path, Some(document)).await;
}

async fn pause(load: &Load) {
    for _ in 0..20 {
        if !load.is_over() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
