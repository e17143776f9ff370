//! An auditor asks who did what, from where, and whether the answer can be trusted (D60).

use std::process::{Command, Output};

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use service_kit::database::Database;
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
};

use crate::first_minutes::{add, log_target};

async fn list(client: &Client, query: &str) -> Vec<Value> {
    let answer = client.get(&format!("/audit_records.json?{query}")).await.expect_status(200);
    answer.json()["AuditRecords"].as_array().unwrap().clone()
}

/// `Source Action Resource`, of each.
fn told(records: &[Value]) -> Vec<String> {
    let word = |record: &Value, name: &str| record[name].as_str().unwrap_or_default().to_owned();
    let line = |record| ["Source", "Action", "Resource"].map(|name| word(record, name)).join(" ");
    records.iter().map(line).collect()
}

/// Where the databases of a deployment are, as `cohort audit verify` takes them.
pub(crate) fn databases(deployment: &Deployment) -> [String; 2] {
    match deployment.shape() {
        Shape::Standalone => ["registry", "provisioning"]
            .map(|name| format!("sqlite://{}", deployment.data_folder().join(format!("{name}.sqlite")).display())),
        Shape::Services => ["person-role-service", "provisioning-service"]
            .map(|name| deployment.variable(name, "COHORT_DATABASE_URL").unwrap()),
    }
}

fn verify([registry, provisioning]: &[String; 2]) -> Output {
    let arguments = ["audit", "verify", "--registry", registry, "--provisioning", provisioning];
    Command::new(env!("CARGO_BIN_EXE_cohort")).args(arguments).env_clear().output().unwrap()
}

pub(crate) async fn who_did_what_is_one_list_that_can_be_trusted(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let client = deployment.client();
    let co = add(&client, "cos", "Cos", json!({ "Name": "Audited", "Status": "Active" })).await;
    log_target(&client, &co, "ManualMode", "a.log").await;
    let user = json!({ "CoId": co, "Username": "loader", "Privileged": true, "Status": "Active" });
    let user = add(&client, "api_users", "ApiUsers", user).await;
    let wrong = client.with_credentials(&format!("co_{co}.loader"), "wrong");
    wrong.get("/cous.json").await.expect_status(401);
    client.post(&format!("/api_users/{user}/key.json"), &Value::Null).await.expect_status(200);

    let of_co = list(&client, &format!("coid={co}")).await;
    let expected = [
        "registry Add Co",
        "provisioning Add CoProvisioningTarget",
        "registry Add ApiUser",
        "registry LoginFailed ApiUser",
        "registry RotateKey ApiUser",
    ];
    assert_eq!(told(&of_co), expected, "{of_co:#?}");
    assert_eq!((&of_co[1]["Actor"], &of_co[1]["Address"]), (&json!("testkit"), &json!("127.0.0.1")));
    assert_eq!(
        (&of_co[3]["Actor"], &of_co[3]["ResourceId"]),
        (&json!(format!("co_{co}.loader")), &json!(user.parse::<i64>().unwrap()))
    );
    assert!(of_co.iter().all(|record| record["Hash"].as_str().is_some_and(|hash| hash.len() == 64)));
    // In pages, and one by one.
    let mut paged = Vec::new();
    let mut next = Some(format!("coid={co}&limit=2"));
    while let Some(query) = next {
        let answer = client.get(&format!("/audit_records.json?{query}")).await.expect_status(200);
        paged.extend(answer.json()["AuditRecords"].as_array().unwrap().clone());
        let link = answer.header("Link").map(str::to_owned);
        next = link.map(|link| link.split_once('?').unwrap().1.split_once('>').unwrap().0.to_owned());
    }
    assert_eq!(paged, of_co);
    for record in &of_co {
        let path = format!("/audit_records/{}", record["Id"]);
        let shown = client.get(&format!("{path}.json")).await.expect_status(200);
        assert_eq!(&shown.json()["AuditRecords"][0], record);
    }
    let xml = client.get(&format!("/audit_records/{}.xml", of_co[0]["Id"])).await.expect_status(200).text();
    assert!(xml.contains("<Changes><Change><Field>Name</Field><New>Audited</New></Change>"), "{xml}");
    client.get("/audit_records.json?coid=999999").await.expect_status(404);
    client.get("/audit_records/7.json").await.expect_status(404);
    client.delete(&format!("/audit_records/{}.json", of_co[0]["Id"])).await.expect_status(405);

    let databases = databases(&deployment);
    let whole = verify(&databases);
    assert!(whole.status.success(), "{whole:?}");
    let database = Database::open(&databases[1], 1).await.unwrap();
    let forged = format!("UPDATE audit_records SET actor = 'somebody else' WHERE id = {}", of_co[1]["Id"]);
    database.writer().execute_unprepared(&forged).await.unwrap();
    let broken = verify(&databases);
    let said = String::from_utf8_lossy(&broken.stderr).into_owned();
    assert_eq!(broken.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("provisioning: record {}", of_co[1]["Id"])), "{said}");
}
