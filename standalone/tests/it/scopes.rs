//! Least privilege, as a client meets it (D61).

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
};

use crate::first_minutes::{add, log_target, people};

/// Makes an API user with scopes, and gives a client for it.
async fn user(client: &Client, co: &str, name: &str, scopes: Value) -> Client {
    let record = json!({ "Version": "1.0", "CoId": co, "Username": name, "Status": "Active", "Scopes": scopes });
    let made = client.post("/api_users.json", &json!({ "ApiUsers": [record] })).await.expect_status(201).json();
    client.with_credentials(made["Username"].as_str().unwrap(), made["ApiKey"].as_str().unwrap())
}

pub(crate) async fn a_key_may_what_its_scopes_say(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let client = deployment.client();
    let (co, cou, person) = people(&client, "Scoped").await;
    let target = log_target(&client, &co, "M", "a.log").await;
    let other = log_target(&client, &co, "M", "b.log").await;
    let reader = user(&client, &co, "reader", json!(["read"])).await;
    reader.get(&format!("/cous/{cou}.json")).await.expect_status(200);
    assert_eq!(reader.delete(&format!("/cous/{cou}.json")).await.expect_status(401).reason, "Unauthorized");
    reader.get("/audit_records.json").await.expect_status(401);
    let provisioner = user(&client, &co, "provisioner", json!([format!("provision:{target}")])).await;
    let provision = |target: &str| format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
    let accepted = provisioner.post(&provision(&target), &Value::Null).await.expect_status(202);
    let monitor = accepted.header("Location").unwrap().trim_start_matches("/registry").to_owned();
    provisioner.get(&monitor).await.expect_status(200);
    provisioner.post(&provision(&other), &Value::Null).await.expect_status(401);
    provisioner.get(&format!("/cous/{cou}.json")).await.expect_status(401);
    let auditor = user(&client, &co, "auditor", json!(["audit"])).await;
    let seen = auditor.get("/audit_records.json").await.expect_status(200).json();
    let records = seen["AuditRecords"].as_array().unwrap();
    assert!(records.len() >= 6 && records.iter().all(|record| record["CoId"].to_string() == co), "{seen}");
    let keeper = user(&client, &co, "keeper", json!(["keys"])).await;
    let wish = |scopes: Value| json!({ "ApiUsers": [{ "Version": "1.0", "CoId": co, "Username": "x", "Status": "Active", "Scopes": scopes }] });
    keeper.post("/api_users.json", &wish(json!(["read"]))).await.expect_status(401);
    let wrong = keeper.post("/api_users.json", &wish(json!(["reed"]))).await.expect_status(400).json();
    assert!(wrong["InvalidFields"]["scopes"][0].as_str().unwrap().contains("reed"), "{wrong}");
    // The same in XML, there and back.
    let document = format!(
        "<ApiUsers Version=\"1.0\"><ApiUser Version=\"1.0\"><CoId>{co}</CoId><Username>xml</Username><Status>Active</Status>\
         <Scopes><Scope>cous:read</Scope><Scope>write</Scope></Scopes></ApiUser></ApiUsers>"
    );
    let body = Some(("application/xml", document.into_bytes()));
    let made = client.send(Method::POST, "/api_users.xml", body).await.expect_status(201).text();
    let id = made.split_once("<Id>").unwrap().1.split_once('<').unwrap().0;
    let shown = client.get(&format!("/api_users/{id}.xml")).await.expect_status(200).text();
    assert!(shown.contains("<Scopes><Scope>cous:read</Scope><Scope>write</Scope></Scopes>"), "{shown}");
    let shown = client.get(&format!("/api_users/{id}.json")).await.expect_status(200).json();
    assert_eq!(shown["ApiUsers"][0]["Scopes"], json!(["cous:read", "write"]));
    // What was taken away counts at once.
    let name = add(&client, "cous", "Cous", json!({ "CoId": co, "Name": "Chemistry" })).await;
    reader.get(&format!("/cous/{name}.json")).await.expect_status(200);
}
