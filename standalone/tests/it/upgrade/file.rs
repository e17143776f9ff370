//! One process: release 0.1 is stopped with requests waiting, and this one is started on its data folder.

use serde_json::{Value, json};
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
};

use super::{former, records::Records, rest};
use crate::{
    first_minutes::{add, ended, person},
    load::{Accepted, Load},
    sink::HttpSink,
};

const PEOPLE: usize = 12;

/// A port on which nobody listens yet.
async fn port() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

async fn provision(client: &Client, target: &str, whom: &str) -> String {
    let path = format!("/co_provisioning_targets/provision/{target}/{whom}.json");
    client.post(&path, &json!({})).await.expect_status(202).json()["Id"].as_str().unwrap().to_owned()
}

/// How a request stands.
async fn status(client: &Client, id: &str) -> Value {
    let document = client.get(&format!("/co_provisioning_requests/{id}.json")).await.expect_status(200).json();
    document["CoProvisioningRequests"][0]["Status"].clone()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it needs the programs of release 0.1: cargo xtask upgrade"]
async fn the_data_folder_of_the_old_release_is_taken_over() {
    let options = Options { programs: Some(former()), ..Options::default() };
    let deployment = Deployment::start(Shape::Standalone, options).await;
    let client = deployment.client();
    let records = Records::write(&client).await;
    let port = port().await;
    let configuration = json!({ "ServerUrl": format!("http://127.0.0.1:{port}"), "Mode": "POST", "IdentifierType": "eppn", "AuthType": "None" });
    let target = json!({ "CoId": records.co, "Plugin": "ApiProvisioner", "Status": "M", "RetryInterval": 2, "MaxRetry": 1000, "Configuration": configuration });
    let away = add(&client, "co_provisioning_targets", "CoProvisioningTargets", target).await;
    let mut requests = Vec::new();
    for number in 0..PEOPLE {
        let person = person(&client, &records.co, &format!("away-{number}@example.org")).await;
        requests.push(provision(&client, &away, &format!("copersonid:{person}")).await);
    }
    // Under load until a moment before the stop.
    let load = Load::begin(&deployment, &records.co, &records.cou, &records.target).await;
    load.more().await;
    let accepted: Vec<Accepted> = load.end().await;
    requests.push(provision(&client, &records.target, &format!("coid:{}", records.co)).await);
    for request in &requests[..PEOPLE] {
        let status = status(&client, request).await;
        assert!(status == "Queued" || status == "Running" || status == "Retrying", "{status}");
    }
    assert_eq!(deployment.terminate("cohort").await, Some(0), "cohort stops cleanly:\n{}", deployment.log("cohort"));

    deployment.change_release("cohort", None);
    deployment.start_again("cohort");
    let receiver = HttpSink::on(port).await;
    deployment.wait_ready().await;
    records.are_there(&client).await;
    for request in requests.iter().chain(accepted.iter().map(|one| &one.request)) {
        assert_ne!(ended(&client, request).await["Status"], "Failed");
    }
    assert!(receiver.wait_for(PEOPLE).await.iter().all(|received| received.method == "POST"));
    rest::targets_have(&deployment, &accepted).await;
    rest::a_change_reaches_the_target(&deployment, &client, &records).await;
    println!("{} requests waited or had ended, and all have ended", requests.len() + accepted.len());
}
