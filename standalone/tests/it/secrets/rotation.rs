//! Keys for secrets are changed while it runs, and what happens without them.

use std::{
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

use serde_json::json;
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
};

use super::target;
use crate::{
    first_minutes::{add, ended, people},
    sink::HttpSink,
};

/// Runs the program that keeps the secrets of a deployment, beside it.
fn run(deployment: &Deployment, arguments: &[&str]) -> Output {
    let (program, process) = match deployment.shape() {
        Shape::Standalone => ("cohort", "cohort"),
        Shape::Services => ("provisioning-service", "provisioning-service"),
    };
    let folder = Path::new(env!("CARGO_BIN_EXE_cohort")).parent().unwrap();
    let mut command = Command::new(folder.join(program));
    command.args(arguments).env_clear();
    for variable in ["COHORT_DATA", "COHORT_DATABASE_URL", "COHORT_SECRETS_KEY_FILE"] {
        command.envs(deployment.variable(process, variable).map(|value| (variable, value)));
    }
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Asks for a person to be provisioned, and gives the id of the request. A service that was away a moment ago is asked again.
async fn ask(client: &Client, target: &str, person: &str) -> String {
    let provision = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
    let deadline = Instant::now() + crate::PATIENCE;
    loop {
        let answer = client.post(&provision, &json!({})).await;
        if answer.status == 202 {
            return answer.json()["Id"].as_str().unwrap().to_owned();
        }
        assert!(answer.status == 503 && Instant::now() < deadline, "{} {}", answer.status, answer.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn reaches(client: &Client, server: &HttpSink, target: &str, person: &str, count: usize) {
    let ended = ended(client, &ask(client, target, person).await).await;
    assert_eq!(ended["Status"], "Succeeded", "{ended}");
    assert_eq!(server.wait_for(count).await[count - 1].headers["authorization"], "Bearer the-token");
}

pub(crate) async fn keys_are_rotated_while_it_runs(shape: Shape) {
    let server = HttpSink::start().await;
    let deployment = Deployment::start(shape, Options::default()).await;
    let client = deployment.client();
    let (co, _, person) = people(&client, "Rotated").await;
    let told = json!({ "ServerUrl": server.url, "Mode": "POST", "IdentifierType": "eppn", "AuthType": "Bearer", "Token": "the-token" });
    let mut record = target(&co, "ApiProvisioner", &told);
    record["Status"] = json!("M");
    let target = add(&client, "co_provisioning_targets", "CoProvisioningTargets", record).await;
    reaches(&client, &server, &target, &person, 1).await;

    let (file, old) = (deployment.key_file(), std::fs::read_to_string(deployment.key_file()).unwrap());
    let new = said(&run(&deployment, &["secrets", "new-key"]));
    std::fs::write(&file, format!("{old}{new}")).unwrap();
    let rotated = run(&deployment, &["secrets", "rotate"]);
    assert!(rotated.status.success() && said(&rotated).contains("1 targets re-encrypted"), "{}", said(&rotated));
    assert!(said(&rotated).contains("is needed no more"), "{}", said(&rotated));
    reaches(&client, &server, &target, &person, 2).await;
    let status = said(&run(&deployment, &["secrets", "status"]));
    assert!(status.contains("data key  2") && status.contains("in clear  0 targets"), "{status}");

    // Without the old key, after a restart.
    std::fs::write(&file, &new).unwrap();
    let name = if shape == Shape::Standalone { "cohort" } else { "provisioning-service" };
    assert_eq!(deployment.terminate(name).await, Some(0));
    deployment.start_again(name);
    deployment.wait_ready_one(name).await;
    reaches(&client, &server, &target, &person, 3).await;

    // With another key than the one: it starts, says so, and sends nothing.
    std::fs::write(&file, said(&run(&deployment, &["secrets", "new-key"]))).unwrap();
    assert_eq!(deployment.terminate(name).await, Some(0));
    deployment.start_again(name);
    deployment.wait_ready_one(name).await;
    assert!(deployment.log(name).contains("encrypted with a key that is not there"), "{}", deployment.log(name));
    let path = format!("/co_provisioning_requests/{}.json", ask(&client, &target, &person).await);
    let deadline = Instant::now() + crate::PATIENCE;
    loop {
        let record = client.get(&path).await.expect_status(200).json()["CoProvisioningRequests"][0].clone();
        if record["LastError"].as_str().is_some_and(|error| error.contains("cannot be read")) {
            break;
        }
        assert!(Instant::now() < deadline, "{record}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(server.wait_for(3).await.len(), 3, "nothing was sent");
    // What cannot be read cannot be checked either.
    std::fs::write(&file, "nonsense").unwrap();
    let checked = run(&deployment, &["check-config"]);
    assert_eq!(checked.status.code(), Some(64), "{}", said(&checked));
    assert!(said(&checked).contains("its key 1 is not 32 bytes in base64"), "{}", said(&checked));
}
