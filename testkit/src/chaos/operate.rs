//! What an operator does now and then: compares the targets that can be read with the registry, and lets go what the guard holds.

use std::{sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use super::{load::Load, mirror::Mirror};

/// How long the operator does nothing in between.
const PAUSE: Duration = Duration::from_millis(1500);
/// Of so many looks, one compares: that reads everything.
const COMPARES: u64 = 8;

/// How a target is guarded: closely, so that one removal in half a minute is let go, or not at all.
fn guard(closely: bool) -> Value {
    let count = if closely { 1 } else { i32::MAX };
    json!({ "GuardShare": 0, "GuardCount": count, "GuardWindow": 30 })
}

/// A target's record with such a guard.
pub(super) fn guarded(mut record: Value, closely: bool) -> Value {
    if let (Some(record), Value::Object(guard)) = (record.as_object_mut(), guard(closely)) {
        record.extend(guard);
    }
    record
}

/// Goes on until it is ended: what is held when all else is at rest is let go, too.
pub(super) async fn run(load: Arc<Load>, guarded: i64, mirrors: Arc<[Mirror]>) {
    for look in 1.. {
        tokio::time::sleep(PAUSE).await;
        if look % COMPARES == 2 && !load.is_over() {
            for mirror in mirrors.iter() {
                // The directory has to be right without that.
                mirror.compare(&load.api, mirror.directory().is_none()).await;
            }
        }
        let target = load.api.view(&format!("co_provisioning_targets/{guarded}.json")).await;
        let held = target.as_ref().and_then(|target| target.pointer("/CoProvisioningTargets/0/Held")?.as_i64());
        // So the tally tells how often something was held.
        if held > Some(0) {
            let release = format!("co_provisioning_targets/{guarded}/release.json");
            load.api.ask("target.release", Vec::new(), Method::POST, &release, None).await;
        }
    }
}
