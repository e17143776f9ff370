//! What becomes of keys: when they count, who used them, and that nobody is locked out by others (D15, D62).

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use service_kit::clock::Clock;
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
};

use crate::first_minutes::add;

/// A user of a CO, and a client with its key.
struct User {
    id: String,
    record: Value,
    client: Client,
}

impl User {
    async fn make(admin: &Client) -> Self {
        let co = add(admin, "cos", "Cos", json!({ "Name": "Keys", "Status": "Active" })).await;
        let record = json!({ "CoId": co, "Username": "loader", "Privileged": true, "Status": "Active" });
        let id = add(admin, "api_users", "ApiUsers", record.clone()).await;
        let made = admin.post(&format!("/api_users/{id}/key.json"), &Value::Null).await.expect_status(200).json();
        let client = admin.with_credentials(&format!("co_{co}.loader"), made["ApiKey"].as_str().unwrap());
        Self { id, record, client }
    }

    async fn is_valid(&self, admin: &Client, from: Option<&str>, through: Option<&str>) {
        let mut record = self.record.clone();
        record["Version"] = json!("1.0");
        record["ValidFrom"] = json!(from);
        record["ValidThrough"] = json!(through);
        let document = json!({ "RequestType": "ApiUsers", "Version": "1.0", "ApiUsers": [record] });
        admin.put(&format!("/api_users/{}.json", self.id), &document).await.expect_status(200);
    }

    async fn status(&self) -> u16 {
        self.client.get("/cous.json").await.status
    }

    async fn last_used(&self, admin: &Client) -> Value {
        let shown = admin.get(&format!("/api_users/{}.json", self.id)).await.expect_status(200).json();
        shown["ApiUsers"][0]["LastUsed"].clone()
    }
}

fn in_seconds(seconds: i64) -> String {
    (Clock::system().now() + chrono::Duration::seconds(seconds)).format("%Y-%m-%d %H:%M:%S").to_string()
}

pub(crate) async fn a_key_counts_from_its_beginning_to_its_end(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let admin = deployment.client();
    let user = User::make(&admin).await;
    let (soon, past, future) = (in_seconds(3), in_seconds(-60), in_seconds(3600));
    user.is_valid(&admin, None, Some(&past)).await;
    assert_eq!(user.status().await, 401, "it is over");
    user.is_valid(&admin, Some(&future), None).await;
    assert_eq!(user.status().await, 401, "it has not begun");
    user.is_valid(&admin, Some(&past), Some(&future)).await;
    assert_eq!(user.status().await, 200);
    // It ends while its login is remembered: each request is held against the dates.
    user.is_valid(&admin, None, Some(&soon)).await;
    let began = Instant::now();
    while user.status().await != 401 {
        assert!(began.elapsed() < crate::PATIENCE, "it does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub(crate) async fn when_a_key_was_used_last_outlives_a_stop(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let admin = deployment.client();
    let user = User::make(&admin).await;
    assert_eq!((user.last_used(&admin).await, user.status().await), (Value::Null, 200));
    let registry = if shape == Shape::Standalone { "cohort" } else { "person-role-service" };
    assert_eq!(deployment.terminate(registry).await, Some(0));
    deployment.start_again(registry);
    deployment.wait_ready().await;
    // The gateway finds out by itself that it is there again.
    while admin.get("/cos.json").await.status == 503 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(user.last_used(&admin).await.is_string(), "it is written down before the process ends");
}

pub(crate) async fn the_first_key_is_in_no_log(shape: Shape) {
    let environment = vec![("COHORT_LOG_FILTER".to_owned(), "debug,h2=info,hyper=info".to_owned())];
    let deployment = Deployment::start(shape, Options { environment, ..Options::default() }).await;
    let admin = deployment.client();
    admin.get("/cos.json").await.expect_status(200);
    let user = User::make(&admin).await;
    assert_eq!(user.status().await, 200);
    admin.with_credentials(&deployment.username, "not-the-key").get("/cos.json").await.expect_status(401);
    for name in deployment.names() {
        let log = deployment.log(&name);
        assert!(!log.is_empty() && !log.contains(&deployment.key), "{name} tells the key that it was given");
    }
}

pub(crate) async fn nobody_is_locked_out_by_wrong_keys_for_his_name(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let admin = deployment.client();
    let user = User::make(&admin).await;
    admin.get("/cos.json").await.expect_status(200);
    let names = [deployment.username.clone(), format!("co_{}.loader", user.record["CoId"].as_str().unwrap())];
    let mut refused = Vec::new();
    for n in 0..160 {
        let guess = admin.with_credentials(&names[n % 2], &format!("guess-{n}"));
        refused.push(guess.get("/cos.json").await.status);
    }
    assert!(refused.iter().all(|status| matches!(status, 401 | 429)), "{refused:?}");
    assert!(refused.contains(&429), "guessing goes on without an end");
    // The owners come from the same address, one of them for the first time.
    assert_eq!((user.status().await, admin.get("/cos.json").await.status), (200, 200));
}

#[test]
fn a_key_in_a_file_is_neither_printed_nor_logged() {
    use std::{
        io::{BufRead as _, BufReader, Read as _},
        process::{Command, Stdio},
    };
    let folder = tempfile::tempdir().unwrap();
    let (file, key) = (folder.path().join("key"), "a-key-of-the-site-7f3a");
    std::fs::write(&file, format!("{key}\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cohort"));
    command.env_clear().env("COHORT_BOOTSTRAP_KEY_FILE", &file).env("COHORT_DATA", folder.path().join("data"));
    command.env("COHORT_LISTEN", "127.0.0.1:0").env("COHORT_LOG_FILTER", "debug");
    let output = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut process = command.stdout(Stdio::piped()).stderr(output).spawn().unwrap();
    let mut printed = String::new();
    let mut lines = BufReader::new(process.stdout.take().unwrap());
    while !printed.contains("Cohort is at") {
        assert_ne!(lines.read_line(&mut printed).unwrap(), 0, "it ended: {printed}");
    }
    process.kill().unwrap();
    process.wait().unwrap();
    lines.read_to_string(&mut printed).unwrap();
    printed.push_str(&std::fs::read_to_string(folder.path().join("log")).unwrap());
    assert!(!printed.contains(key), "{printed}");
}
