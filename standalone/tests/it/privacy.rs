//! A data subject asks to be erased, and an auditor looks whether anything is left (M12).

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::{Value, json};
use service_kit::database::Database;
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
};

use crate::{
    audit::databases,
    first_minutes::{add, lines, log_target},
};

/// What nobody else is called.
const PLANTED: [&str; 4] = ["Xanthippe", "Quirrelbach", "xq-eppn-4711", "1899-12-24"];

/// A person with a planted name in every place that takes one, twice, and gives the id.
async fn person(client: &Client, co: &str, cou: &str) -> String {
    let [given, family, identifier, born] = PLANTED;
    let person = json!({ "CoId": co, "Status": "Active", "DateOfBirth": born });
    let person = add(client, "co_people", "CoPeople", person).await;
    let of = json!({ "Type": "CO", "Id": person });
    let name = json!({ "Given": given, "Family": family, "Type": "official", "PrimaryName": true, "Person": of });
    let id = add(client, "names", "Names", name.clone()).await;
    edit(client, "names", "Names", &id, name, "Middle", "Q.").await;
    let mail = json!({ "Mail": format!("{given}@example.org"), "Type": "official", "Verified": true, "Person": of });
    add(client, "email_addresses", "EmailAddresses", mail).await;
    let eppn = json!({ "Identifier": identifier, "Type": "eppn", "Login": true, "Status": "Active", "Person": of });
    add(client, "identifiers", "Identifiers", eppn).await;
    let role = json!({ "Person": of, "CouId": cou, "Affiliation": "staff", "Title": family, "Status": "Active" });
    let id = add(client, "co_person_roles", "CoPersonRoles", role.clone()).await;
    edit(client, "co_person_roles", "CoPersonRoles", &id, role, "O", given).await;
    let identity = json!({ "CoId": co, "Affiliation": "member", "Title": family });
    let identity = add(client, "org_identities", "OrgIdentities", identity).await;
    let name = json!({ "Given": given, "Type": "official", "PrimaryName": true,
        "Person": { "Type": "Org", "Id": identity } });
    add(client, "names", "Names", name).await;
    let link = json!({ "CoPersonId": person, "OrgIdentityId": identity });
    add(client, "co_org_identity_links", "CoOrgIdentityLinks", link).await;
    let line = json!({ "CoPersonId": person, "Action": "XNOT", "Comment": format!("{given} called") });
    add(client, "history_records", "HistoryRecords", line).await;
    let rule = json!({ "CoId": co, "IdentifierType": "uid", "Format": "(g).(f)(#)", "Status": "Active" });
    add(client, "co_identifier_assignments", "CoIdentifierAssignments", rule).await;
    let assigned = json!({ "RequestType": "Identifiers", "Version": "1.0",
        "Identifiers": [{ "Version": "1.0", "Person": { "Type": "CO", "Id": person } }] });
    client.post("/identifiers/assign.json", &assigned).await.expect_status(200);
    person
}

/// Edits one field of a record, so that it has a version.
async fn edit(client: &Client, path: &str, plural: &str, id: &str, record: Value, field: &str, value: &str) {
    let mut record = record;
    record["Version"] = json!("1.0");
    record[field] = json!(value);
    let document = json!({ "RequestType": plural, "Version": "1.0", plural: [record] });
    client.put(&format!("/{path}/{id}.json"), &document).await.expect_status(200);
}

/// Where the databases hold a planted text: `table.column`, of every table.
async fn found(databases: &[String; 2]) -> Vec<String> {
    let mut found = Vec::new();
    for url in databases {
        let database = Database::open(url, 1).await.unwrap();
        let (db, backend) = (database.reader(), database.backend());
        let columns = match backend {
            DbBackend::Postgres => {
                "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public'"
            }
            _ => {
                "SELECT m.name AS t, p.name AS c FROM sqlite_master AS m, pragma_table_info(m.name) AS p WHERE m.type = 'table'"
            }
        };
        for row in db.query_all_raw(Statement::from_string(backend, columns)).await.unwrap() {
            let (table, column): (String, String) = (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
            for text in PLANTED {
                let place = match backend {
                    // Bytes are written as hexadecimal digits.
                    DbBackend::Postgres => {
                        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
                        format!("\"{column}\"::text ILIKE '%{text}%' OR \"{column}\"::text LIKE '%{digits}%'")
                    }
                    _ => format!("instr(lower(CAST(\"{column}\" AS text)), lower('{text}')) > 0"),
                };
                let sql = format!("SELECT count(*) AS n FROM \"{table}\" WHERE {place}");
                let row = db.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
                if row.try_get::<i64>("", "n").unwrap() > 0 {
                    found.push(format!("{table}.{column}"));
                }
            }
        }
        database.close().await;
    }
    found
}

/// The files of the databases that hold a planted text, wherever in them: pages that are free, and what is to be written.
fn residue(deployment: &Deployment) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["registry.sqlite", "provisioning.sqlite"] {
        for end in ["", "-wal"] {
            let bytes = std::fs::read(deployment.data_folder().join(format!("{name}{end}"))).unwrap_or_default();
            for text in PLANTED {
                if bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes())) {
                    found.push(format!("{text} in {name}{end}"));
                }
            }
        }
    }
    found
}

pub(crate) async fn of_who_is_erased_nothing_is_left(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let admin = deployment.client();
    let co = add(&admin, "cos", "Cos", json!({ "Name": "Privacy", "Status": "Active" })).await;
    let cou = add(&admin, "cous", "Cous", json!({ "CoId": co, "Name": "Physics" })).await;
    let target = log_target(&admin, &co, "M", "people.log").await;
    let (erased, stays) = (
        person(&admin, &co, &cou).await,
        add(&admin, "co_people", "CoPeople", json!({ "CoId": co, "Status": "Active" })).await,
    );
    let path = format!("/co_people/{erased}/erase.json");

    // Nobody of another CO, and nobody who may only read.
    let other = add(&admin, "cos", "Cos", json!({ "Name": "Other", "Status": "Active" })).await;
    for (co, scopes, plan, act) in [(&other, None, 404, 404), (&co, Some("read"), 200, 401)] {
        let name = format!("u{plan}");
        let user = json!({ "CoId": co, "Username": name, "Privileged": true, "Status": "Active", "Scopes": scopes.map(|scope| [scope]) });
        let user = add(&admin, "api_users", "ApiUsers", user).await;
        let key = admin.post(&format!("/api_users/{user}/key.json"), &Value::Null).await.expect_status(200).json();
        let client = admin.with_credentials(&format!("co_{co}.{name}"), key["ApiKey"].as_str().unwrap());
        assert_eq!((client.get(&path).await.status, client.post(&path, &Value::Null).await.status), (plan, act));
    }

    // A target has the person, and the history knows that.
    let provision = format!("/co_provisioning_targets/provision/{target}/copersonid:{erased}.json");
    admin.post(&provision, &json!({ "Synchronous": true })).await.expect_status(200);
    let history = format!("/history_records.json?copersonid={erased}");
    while !admin.get(&history).await.expect_status(200).text().contains("PCPM") {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let planned = admin.get(&path).await.expect_status(200).json();
    assert!(!found(&databases(&deployment)).await.is_empty());
    admin.get(&format!("/co_people/{erased}.json")).await.expect_status(200);
    let gone = admin.post(&path, &Value::Null).await.expect_status(200).json();
    assert_eq!(planned, gone, "the plan says what goes");
    admin.get(&format!("/co_people/{erased}.json")).await.expect_status(404);
    admin.get(&format!("/co_people/{stays}.json")).await.expect_status(200);

    // Targets are told, one that is provisioned by hand too, and then nothing is left anywhere.
    let began = Instant::now();
    loop {
        let left = found(&databases(&deployment)).await;
        let told = lines(&deployment, "people.log").iter().any(|line| line["meta"]["removed"] == true);
        let residue = residue(&deployment);
        if left.is_empty() && told && residue.is_empty() {
            break;
        }
        assert!(began.elapsed() < crate::PATIENCE, "still there: {left:?} {residue:?}, told: {told}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let again = admin.post(&path, &Value::Null).await.expect_status(200).json();
    assert_eq!((&again["Records"], &again["Versions"]), (&json!(0), &json!(0)), "what was erased once: {again}");
    let log = admin.get(&format!("/audit_records.json?coid={co}")).await.expect_status(200).json();
    let acts = log["AuditRecords"].as_array().unwrap().iter().filter(|record| record["Action"] == "Erase").count();
    assert_eq!(acts, 2, "{log}");
}
