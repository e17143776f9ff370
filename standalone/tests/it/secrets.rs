//! An auditor plants secrets everywhere, uses them, and looks for them where they should not be: in databases, files,
//! logs, traces, messages, errors and answers.

use std::path::Path;

use axum::{Router, body::Bytes, http::HeaderMap};
use serde_json::{Value, json};
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
    postgres::Postgres,
    rabbitmq::RabbitMq,
};

use crate::{
    first_minutes::{add, people, person},
    sink::{HttpSink, TraceSink},
};
use garden::{Garden, files};

mod garden;
pub(crate) mod rotation;

/// A server that answers with a refusal that repeats all that it was told.
async fn echo() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = async |headers: HeaderMap, body: Bytes| {
        let said = format!("{headers:?} {}", String::from_utf8_lossy(&body));
        (axum::http::StatusCode::BAD_REQUEST, [("content-type", "text/plain")], said)
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    url
}

/// Targets with all secrets that there are, at `server`, at `echo`, and where nobody answers.
fn targets(garden: &mut Garden, server: &str, echo: &str) -> Vec<(&'static str, Value)> {
    let api = |url: &str, more: Value| {
        let mut told = json!({ "ServerUrl": url, "Mode": "POST", "IdentifierType": "eppn", "Groups": true });
        told.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("ApiProvisioner", told)
    };
    let mut basic = || json!({ "AuthType": "Basic", "Username": "kit", "Password": garden.plant("Basic") });
    let (at_server, at_echo) = (basic(), basic());
    let mut signed = at_server.clone();
    signed["SigningSecret"] = json!(garden.plant("Signing"));
    let scim = |url: &str, more: Value| {
        let mut told = json!({ "BaseUrl": url, "UserNameIdentifierType": "eppn" });
        told.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("ScimProvisioner", told)
    };
    let client = json!({ "AuthType": "OAuth2", "TokenUrl": format!("{echo}/token"), "ClientId": "kit",
        "ClientSecret": garden.plant("Client") });
    let ldap = json!({ "ServerUrl": "ldap://127.0.0.1:9", "BindDn": "cn=kit,dc=example,dc=org", "Password": garden.plant("Bind"),
        "BaseDn": "ou=people,dc=example,dc=org", "DnAttributeName": "uid", "DnIdentifierType": "eppn" });
    vec![
        api(server, signed),
        api(echo, at_echo),
        api(echo, json!({ "AuthType": "Bearer", "Token": garden.plant("Bearer") })),
        scim(echo, json!({ "AuthType": "Bearer", "Token": garden.plant("ScimToken") })),
        scim(echo, client),
        ("LdapProvisioner", ldap),
        (
            "SqlProvisioner",
            json!({ "Url": "postgres://kit@127.0.0.1:9/kit", "Password": garden.plant("Sql"), "Tls": "Never" }),
        ),
        (
            "AmqpProvisioner",
            json!({ "Url": "amqp://kit@127.0.0.1:9/kit", "Password": garden.plant("Amqp"), "Exchange": "kit" }),
        ),
    ]
}

fn target(co: &str, plugin: &str, configuration: &Value) -> Value {
    json!({ "Version": "1.0", "CoId": co, "Description": "signpost", "Plugin": plugin, "Status": "A", "MaxRetry": 1,
        "Configuration": configuration })
}

fn document(record: &Value) -> Value {
    json!({ "RequestType": "CoProvisioningTargets", "Version": "1.0", "CoProvisioningTargets": [record] })
}

/// Asks for everything that can be asked about a target, and gives all answers.
async fn all_about(client: &Client, id: &str, person: &str) -> Vec<u8> {
    let of = format!("/co_provisioning_targets/{id}");
    let mut all = Vec::new();
    for path in [
        format!("{of}.json"),
        format!("{of}.xml"),
        format!("{of}/explain/copersonid:{person}.json"),
        format!("{of}/ledger.json"),
        format!("/co_provisioning_requests.json?coprovisioningtargetid={id}"),
    ] {
        let answer = client.get(&path).await;
        assert!(answer.status == 200, "{path}: {} {}", answer.status, answer.text());
        all.extend(answer.body);
    }
    let plan = format!("/co_provisioning_targets/plan/{id}/copersonid:{person}.json");
    all.extend(client.post(&plan, &json!({})).await.expect_status(200).body);
    all
}

/// The secret of the invitation that was sent to somebody last.
async fn invited(folder: &Path) -> String {
    let deadline = std::time::Instant::now() + crate::PATIENCE;
    loop {
        let mail = String::from_utf8_lossy(&files(folder, &[])).into_owned();
        let word = |text: &str| text.len() == 48 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let words = mail.split(|letter: char| !letter.is_ascii_alphanumeric());
        if let Some(secret) = words.into_iter().find(|text| word(text)) {
            return secret.to_owned();
        }
        assert!(std::time::Instant::now() < deadline, "no mail is sent: {mail}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Uses API keys and an invitation.
async fn keys_and_invitations(deployment: &Deployment, garden: &mut Garden, co: &str, mail: &Path) {
    let client = deployment.client();
    let user = json!({ "Version": "1.0", "CoId": co, "Username": "loader", "Privileged": true, "Status": "Active" });
    let user = json!({ "RequestType": "ApiUsers", "Version": "1.0", "ApiUsers": [user] });
    let made = client.post("/api_users.json", &user).await.expect_status(201).json();
    let (name, key) = (made["Username"].as_str().unwrap(), made["ApiKey"].as_str().unwrap().to_owned());
    client.with_credentials(name, &key).get(&format!("/co_people.json?coid={co}")).await.expect_status(200);
    let wrong = garden.plant("Wrong");
    client.with_credentials(name, &wrong).get("/cous.json").await.expect_status(401);
    let path = format!("/api_users/{}/key.json", made["Id"].as_str().unwrap());
    let new = client.post(&path, &Value::Null).await.expect_status(200).json();
    garden.note("ApiKey", &key);
    garden.note("NewApiKey", new["ApiKey"].as_str().unwrap());
    garden.note("BootstrapKey", &deployment.key);

    let guest = person(&client, co, "guest@example.org").await;
    let of = json!({ "Type": "CO", "Id": guest });
    let address = json!({ "Mail": "guest@example.org", "Type": "official", "Person": of });
    add(&client, "email_addresses", "EmailAddresses", address).await;
    let invite = json!({ "Version": "1.0", "CoPersonId": guest });
    let invite = json!({ "RequestType": "CoInvites", "Version": "1.0", "CoInvites": [invite] });
    client.post("/co_invites.json", &invite).await.expect_status(201);
    let secret = invited(mail).await;
    client.get(&format!("/co_invites.json?inviteid={secret}&reply=confirm")).await.expect_status(200);
    garden.note("Invitation", &secret);
}

pub(crate) async fn planted_secrets_are_nowhere(shape: Shape) {
    let (postgres, rabbitmq) = match shape {
        Shape::Standalone => (None, None),
        Shape::Services => (Some(Postgres::shared().await), Some(RabbitMq::shared().await)),
    };
    let (traces, server, echo) = (TraceSink::start().await, HttpSink::start().await, echo().await);
    let letters = tempfile::tempdir().unwrap();
    let mail = letters.path().join("letters");
    let filter =
        "info,gateway=trace,person_role_service=trace,provisioning_service=trace,messaging=trace,service_kit=trace";
    // Most of the targets fail, and are tried again later.
    let environment = [
        ("COHORT_MAIL_FOLDER", mail.to_str().unwrap()),
        ("COHORT_LOG_FILTER", filter),
        ("COHORT_PROVISION_WAIT_SECONDS", "1"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let options = Options {
        postgres: postgres.clone(),
        rabbitmq: rabbitmq.clone(),
        otlp_endpoint: Some(traces.url.clone()),
        environment,
        ..Options::default()
    };
    let deployment = Deployment::start(shape, options).await;
    let client = deployment.client();
    let (co, _, person) = people(&client, "Garden").await;
    let mut garden = Garden::default();
    let mut answers = Vec::new();

    for (plugin, configuration) in targets(&mut garden, &server.url, &echo) {
        let added = client.post("/co_provisioning_targets.json", &document(&target(&co, plugin, &configuration))).await;
        let id = added.expect_status(201).json()["Id"].as_str().unwrap().to_owned();
        let provision = format!("/co_provisioning_targets/provision/{id}/copersonid:{person}.json");
        answers.extend(client.post(&provision, &json!({ "Synchronous": true })).await.body);
        // Refused, and told why; with a wish to reach the target first.
        let mut wrong = configuration.clone();
        wrong["Nonsense"] = json!(1);
        let refused = client.post("/co_provisioning_targets.json", &document(&target(&co, plugin, &wrong))).await;
        answers.extend(refused.expect_status(400).body);
        let mut checked = target(&co, plugin, &configuration);
        checked["Check"] = json!(true);
        let path = format!("/co_provisioning_targets/{id}.json");
        answers.extend(client.put(&path, &document(&checked)).await.body);
        // A new secret for the old one.
        let mut edited = configuration.clone();
        for key in ["Password", "Token", "ClientSecret"] {
            if edited.get(key).is_some() {
                edited[key] = json!(garden.plant("Edited"));
            }
        }
        client.put(&path, &document(&target(&co, plugin, &edited))).await.expect_status(200);
        answers.extend(client.post(&provision, &json!({ "Synchronous": true })).await.body);
        answers.extend(all_about(&client, &id, &person).await);
    }
    keys_and_invitations(&deployment, &mut garden, &co, &mail).await;
    let used = server.wait_for(2).await;
    let shown = |header: &str| used.iter().filter_map(|got| got.headers.get(header)).count();
    assert!(shown("authorization") > 0 && shown("webhook-signature") > 0, "the secrets were used");
    for path in ["/audit_records.json", "/history_records.json", "/co_provisioning_targets.json", "/api_users.json"] {
        answers.extend(client.get(path).await.expect_status(200).body);
    }
    garden.search("an answer", &answers, "signpost");

    let mut logs: Vec<u8> = deployment.names().iter().flat_map(|name| deployment.log(name).into_bytes()).collect();
    garden.search("the log", &logs, "provision");
    for name in deployment.names() {
        assert_eq!(deployment.terminate(&name).await, Some(0));
        logs.extend(deployment.log(&name).into_bytes());
    }
    garden.search("the log, to its end", &logs, "stopping");
    garden.search("a trace", &traces.text(), "subject.kind");
    let kept = files(&deployment.data_folder(), &["secrets.key"]);
    match (&postgres, &rabbitmq) {
        (Some(postgres), Some(rabbitmq)) => {
            for (name, sign) in [("person-role-service", "guest@example.org"), ("provisioning-service", "signpost")] {
                let dump = postgres.dump(&deployment.variable(name, "COHORT_DATABASE_URL").unwrap()).await;
                garden.search(&format!("the database of {name}"), dump.as_bytes(), sign);
            }
            garden.search("the broker", &files(&rabbitmq.data_folder(), &[]), "provisioning.request");
            garden.search("the key file", &files(&deployment.key_file(), &[]), "\n");
        }
        _ => garden.search("the data folder", &kept, "signpost"),
    }
}
