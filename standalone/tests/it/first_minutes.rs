//! What the README shows: a role, a target, a request, and the line in the target's file. Also the helpers that other
//! tests begin with.

use serde_json::{Value, json};
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
};

/// Adds a record and gives its id.
pub(crate) async fn add(client: &Client, path: &str, plural: &str, record: Value) -> String {
    let mut record = record;
    record["Version"] = json!("1.0");
    let document = json!({ "RequestType": plural, "Version": "1.0", plural: [record] });
    let answer = client.post(&format!("/{path}.json"), &document).await.expect_status(201);
    assert_eq!(answer.reason, "Added");
    answer.json()["Id"].as_str().unwrap().to_owned()
}

/// Makes a CO, a COU and an active person with a name and an identifier.
pub(crate) async fn people(client: &Client, name: &str) -> (String, String, String) {
    let co = add(client, "cos", "Cos", json!({ "Name": name, "Status": "Active" })).await;
    let cou = add(client, "cous", "Cous", json!({ "CoId": co, "Name": "Physics" })).await;
    let person = person(client, &co, &format!("{name}@example.org")).await;
    (co, cou, person)
}

/// Makes an active person with a name and an identifier.
pub(crate) async fn person(client: &Client, co: &str, eppn: &str) -> String {
    let person = add(client, "co_people", "CoPeople", json!({ "CoId": co, "Status": "Active" })).await;
    let of = json!({ "Type": "CO", "Id": person });
    add(
        client,
        "names",
        "Names",
        json!({ "Given": "Ada", "Family": "Lovelace", "Type": "official", "PrimaryName": true, "Person": of }),
    )
    .await;
    add(
        client,
        "identifiers",
        "Identifiers",
        json!({ "Identifier": eppn, "Type": "eppn", "Login": true, "Status": "Active", "Person": of }),
    )
    .await;
    person
}

/// Makes a target that logs, and gives its id.
pub(crate) async fn log_target(client: &Client, co: &str, mode: &str, file: &str) -> String {
    let target = json!({ "CoId": co, "Description": "Log", "Plugin": "ChangelogProvisioner", "Status": mode, "Configuration": { "LogFile": file } });
    add(client, "co_provisioning_targets", "CoProvisioningTargets", target).await
}

/// Waits until a request has ended, and gives its record.
pub(crate) async fn ended(client: &Client, id: &str) -> Value {
    let deadline = std::time::Instant::now() + crate::PATIENCE;
    loop {
        let answer = client.get(&format!("/co_provisioning_requests/{id}.json")).await;
        if answer.status == 200 {
            let record = answer.json()["CoProvisioningRequests"][0].clone();
            if matches!(record["Status"].as_str(), Some("Succeeded" | "Failed" | "Canceled")) {
                return record;
            }
        }
        assert!(std::time::Instant::now() < deadline, "request {id} has not ended");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// The lines of a target's file, in whatever CO.
pub(crate) fn lines(deployment: &Deployment, file: &str) -> Vec<Value> {
    let cos = std::fs::read_dir(deployment.data_folder().join("changelog")).into_iter().flatten().flatten();
    let text: String = cos.filter_map(|co| std::fs::read_to_string(co.path().join(file)).ok()).collect();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

pub(crate) async fn the_first_five_minutes_go_as_the_readme_says(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let client = deployment.client();
    let (co, cou, person) = people(&client, "Minutes").await;
    let role = json!({ "Person": { "Type": "CO", "Id": person }, "CouId": cou, "Affiliation": "staff", "Title": "Analyst", "Status": "Active" });
    let role = add(&client, "co_person_roles", "CoPersonRoles", role).await;
    let viewed = client.get(&format!("/co_person_roles/{role}.json")).await.expect_status(200).json();
    assert_eq!(viewed["CoPersonRoles"][0]["Title"], "Analyst");

    let target = log_target(&client, &co, "M", "people.log").await;
    let path = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
    let answer = client.post(&path, &json!({})).await.expect_status(202);
    assert_eq!(answer.reason, "Accepted");
    let id = answer.json()["Id"].as_str().unwrap().to_owned();
    assert!(answer.header("Location").unwrap().ends_with(&format!("/co_provisioning_requests/{id}.json")));
    assert_eq!(ended(&client, &id).await["Status"], "Succeeded");
    let written = lines(&deployment, "people.log");
    assert_eq!(written.len(), 1);
    assert!(written[0].to_string().contains("Analyst"), "{}", written[0]);

    let at_once = client.post(&path, &json!({ "Synchronous": true })).await;
    assert_eq!((at_once.status, at_once.reason.as_str(), at_once.body.len()), (200, "OK", 0));
    assert_eq!(lines(&deployment, "people.log").len(), 2);
    let deadline = std::time::Instant::now() + crate::PATIENCE;
    loop {
        let history = client.get(&format!("/history_records.json?copersonid={person}")).await.expect_status(200).json();
        let told =
            history["HistoryRecords"].as_array().unwrap().iter().filter(|record| record["Action"] == "PCPM").count();
        if told == 2 {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "the outcomes do not reach the history: {told}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
