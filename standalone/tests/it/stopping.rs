//! Stopping: what runs is finished, the exit is clean, and what was accepted is there after the next start.

use serde_json::json;
use testkit::deployment::{Deployment, Options, Shape};

use crate::first_minutes::{ended, log_target, people};

pub(crate) async fn stopping_finishes_what_runs(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let client = deployment.client();
    let (co, _, person) = people(&client, "Stopping").await;
    let target = log_target(&client, &co, "M", "stopping.log").await;
    let path = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
    let mut accepted = Vec::new();
    for _ in 0..20 {
        let answer = client.post(&path, &json!({})).await.expect_status(202);
        accepted.push(answer.json()["Id"].as_str().unwrap().to_owned());
    }
    for name in deployment.names() {
        assert_eq!(deployment.terminate(&name).await, Some(0), "{name} stops cleanly:\n{}", deployment.log(&name));
    }
    for name in deployment.names() {
        deployment.start_again(&name);
    }
    deployment.wait_ready().await;
    for id in accepted {
        assert_eq!(ended(&client, &id).await["Status"], "Succeeded");
    }
}
