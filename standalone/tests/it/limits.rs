//! What one client can take from the others.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::first_minutes::{add, log_target, people};

/// So many sockets try wrong keys.
const SOCKETS: usize = 1300;

/// So much longer than a request without a key takes one with a right key, whatever wrong ones do.
const AT_ONCE: Duration = Duration::from_secs(1);

pub(crate) async fn wrong_keys_do_not_starve_right_ones(shape: Shape) {
    let environment = vec![("COHORT_AUTH_CACHE_SECONDS".to_owned(), "0".to_owned())];
    let deployment = Deployment::start(shape, Options { environment, ..Options::default() }).await;
    let chosen = Client::new(&deployment.root_url(), &deployment.username, &deployment.key);
    let co = add(&deployment.client(), "cos", "Cos", json!({ "Name": "Keys", "Status": "Active" })).await;
    let user = json!({ "CoId": co, "Username": "loader", "Privileged": true, "Status": "Active", "Version": "1.0" });
    let document = json!({ "RequestType": "ApiUsers", "Version": "1.0", "ApiUsers": [user] });
    let made = deployment.client().post("/api_users.json", &document).await.expect_status(201).json();
    let (username, key) = (made["Username"].as_str().unwrap(), made["ApiKey"].as_str().unwrap());
    let address = deployment.root_url().trim_start_matches("http://").to_owned();
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        sockets.push(TcpStream::connect(&address).await.unwrap());
    }
    let wrong = BASE64_STANDARD.encode(format!("{username}:wrong"));
    let request = format!("GET /registry/cos.json HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {wrong}\r\n\r\n");
    let trying: Vec<_> =
        sockets.into_iter().map(|socket| tokio::spawn(try_for_ever(socket, request.clone()))).collect();
    for (what, client) in [("right before", &chosen), ("first used now", &chosen.with_credentials(username, key))] {
        // How long so many sockets, and other tests, keep this machine busy is not the matter: who is starved is so each time.
        let mut tries = Vec::new();
        while tries.len() < 4 && tries.iter().all(|(took, anyway)| *took >= *anyway + AT_ONCE) {
            tries.push(tokio::join!(time_of(client, "/registry/cos.json"), time_of(client, "/health/live")));
        }
        let at_once = tries.iter().any(|(took, anyway)| *took < *anyway + AT_ONCE);
        assert!(at_once, "a key that was {what} took so long, and what needs none: {tries:?}");
    }
    trying.iter().for_each(tokio::task::JoinHandle::abort);
}

pub(crate) async fn a_list_of_a_document_is_bounded(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let client = deployment.client();
    let co = add(&client, "cos", "Cos", json!({ "Name": "Lists", "Status": "Active" })).await;
    let ranges: Vec<String> = (0..120_000).map(|number| number.to_string()).collect();
    let user = json!({ "CoId": co, "Username": "many", "Status": "Active", "Version": "1.0", "RemoteIp": ranges });
    let document = json!({ "RequestType": "ApiUsers", "Version": "1.0", "ApiUsers": [user] });
    let began = Instant::now();
    let answer = client.post("/api_users.json", &document).await.expect_status(400);
    assert_eq!(answer.json()["InvalidFields"]["remote_ip"], json!(["\"RemoteIp\" may have at most 64 items"]));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

pub(crate) async fn a_filter_is_bounded(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let client = deployment.client();
    let co = add(&client, "cos", "Cos", json!({ "Name": "Filters", "Status": "Active" })).await;
    for text in ["x".repeat(60_000), "%00".to_owned()] {
        let answer = client.get(&format!("/co_people.json?coid={co}&search.identifier={text}")).await;
        assert_eq!((answer.status, answer.reason.as_str()), (400, "Bad Request"));
    }
    client.get(&format!("/co_people.json?coid={co}&search.identifier={}", "x".repeat(4000))).await.expect_status(200);
}

/// What others of the machine may do with what is kept: nothing.
fn others_may(folder: &Path) -> Vec<PathBuf> {
    let mut open = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        let metadata = std::fs::metadata(&path).unwrap();
        if metadata.permissions().mode() & 0o077 != 0 {
            open.push(path.clone());
        }
        if metadata.is_dir() {
            left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    open
}

pub(crate) async fn files_are_for_their_owner_only(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let client = deployment.client();
    let (co, _, person) = people(&client, "Files").await;
    let target = log_target(&client, &co, "M", "files.log").await;
    let path = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
    client.post(&path, &json!({ "Synchronous": true })).await.expect_status(200);
    let kept = deployment.data_folder();
    let log = kept.join("changelog");
    assert_eq!(others_may(&log), Vec::<PathBuf>::new());
    if shape == Shape::Standalone {
        // As a version made them that did not care.
        for (path, mode) in [(kept.clone(), 0o755), (kept.join("registry.sqlite"), 0o644)] {
            std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
        deployment.terminate("cohort").await;
        deployment.start_again("cohort");
        deployment.wait_ready().await;
        assert_eq!(others_may(&kept), Vec::<PathBuf>::new());
    }
}

async fn time_of(client: &Client, path: &str) -> Duration {
    let began = Instant::now();
    client.get(path).await.expect_status(200);
    began.elapsed()
}

/// Sends a request again as soon as it is answered.
async fn try_for_ever(mut socket: TcpStream, request: String) {
    let mut answer = [0; 4096];
    while socket.write_all(request.as_bytes()).await.is_ok() {
        if socket.read(&mut answer).await.unwrap_or_default() == 0 {
            return;
        }
    }
}
