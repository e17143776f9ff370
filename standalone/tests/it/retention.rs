//! A site keeps what was deleted for so long, and no longer (M12).

use std::{
    process::Command,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;
use service_kit::database::Database;
use testkit::deployment::{Deployment, Options, Shape};

use crate::{
    audit::databases,
    first_minutes::{ended, log_target, people},
};

/// What `cohort retention plan` says.
fn plan([registry, provisioning]: &[String; 2], more: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cohort"));
    command.args(["retention", "plan", "--registry", registry, "--provisioning", provisioning]).args(more).env_clear();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn count(database: &Database, rows: &str) -> i64 {
    let statement = Statement::from_string(database.backend(), format!("SELECT count(*) AS n FROM {rows}"));
    database.reader().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

pub(crate) async fn what_was_deleted_long_ago_is_planned_and_goes(shape: Shape) {
    let environment = vec![("COHORT_RETENTION_DELETED_DAYS".to_owned(), "30".to_owned())];
    let deployment = Deployment::start(shape, Options { environment, ..Options::default() }).await;
    let client = deployment.client();
    let (co, _, person) = people(&client, "Retention").await;
    let target = log_target(&client, &co, "A", "people.log").await;
    let provision = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
    let request = client.post(&provision, &json!({})).await.expect_status(202).json();
    ended(&client, request["Id"].as_str().unwrap()).await;
    client.delete(&format!("/co_people/{person}.json")).await.expect_status(200);

    let urls = databases(&deployment);
    let [registry, provisioning] =
        [Database::open(&urls[0], 1).await.unwrap(), Database::open(&urls[1], 1).await.unwrap()];
    let (long_ago, process) = match registry.backend() {
        DbBackend::Postgres => ("now() - interval '60 days'", "person-role-service"),
        _ => ("datetime('now', '-60 days')", "cohort"),
    };
    let there = format!("co_people WHERE id = {person}");
    assert!(plan(&urls, &["--deleted-days", "30"]).contains(" 0 Versions"), "it was deleted just now");
    assert!(plan(&urls, &[]).contains("for ever") && plan(&urls, &[]).contains(" Requests"));
    for table in ["co_people", "names", "identifiers"] {
        let sql = format!("UPDATE {table} SET modified = {long_ago} WHERE deleted");
        registry.writer().execute_unprepared(&sql).await.unwrap();
    }
    let planned = plan(&urls, &["--deleted-days", "30"]);
    assert!(
        planned.contains("1 CoPerson\n") && planned.contains("1 Name\n") && !planned.contains(" 0 Versions"),
        "{planned}"
    );
    assert_eq!(count(&registry, &there).await, 1, "a plan takes nothing");

    // A service looks when it starts.
    deployment.terminate(process).await;
    deployment.start_again(process);
    deployment.wait_ready().await;
    let began = Instant::now();
    let keys = format!("target_keys WHERE subject_kind = 'co_person' AND subject_id = {person}");
    while count(&registry, &there).await + count(&provisioning, &keys).await > 0 {
        assert!(began.elapsed() < crate::PATIENCE, "it is still there");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!plan(&urls, &["--deleted-days", "30"]).contains("CoPerson"));
    let log = client.get(&format!("/audit_records.json?coid={co}&action=Forget")).await.expect_status(200).json();
    let told = log["AuditRecords"].as_array().unwrap();
    assert_eq!((told.len(), &told[0]["Actor"], &told[0]["Source"]), (1, &json!("cohort"), &json!("registry")), "{log}");
    assert!(told[0]["Changes"].as_array().unwrap().contains(&json!({ "Field": "CoPerson", "Old": 1 })), "{log}");
    registry.close().await;
    provisioning.close().await;
}
