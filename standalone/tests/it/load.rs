//! Clients that add, read and edit roles and ask for provisioning while processes come and go. Each tries once more what had no
//! answer or the answer 503, as a client may be asked to; a request that fails then fails the test.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::time::{Duration, Instant};

use reqwest::{Client as Http, Method, Response, StatusCode};
use serde_json::{Value, json};
use testkit::{client::http_client, deployment::Deployment};
use tokio::task::JoinHandle;

use crate::first_minutes::person;

const CLIENTS: usize = 4;

/// A role that was accepted, as it was edited last, and a request to provision its person.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) person: String,
    pub(crate) role: String,
    pub(crate) title: String,
    pub(crate) request: String,
}

/// The clients.
#[derive(Debug)]
pub(crate) struct Load {
    shared: Arc<Shared>,
    clients: Vec<JoinHandle<Vec<Accepted>>>,
}

/// What the clients do, and what came of it.
#[derive(Debug)]
struct Shared {
    http: Http,
    api: String,
    credentials: (String, String),
    stop: AtomicBool,
    done: AtomicUsize,
    tried_again: AtomicUsize,
}

impl Load {
    /// Starts the clients, each with a person of its own.
    pub(crate) async fn begin(deployment: &Deployment, co: &str, cou: &str, target: &str) -> Self {
        let shared = Arc::new(Shared {
            http: http_client(),
            api: deployment.base_url(),
            credentials: (deployment.username.clone(), deployment.key.clone()),
            stop: AtomicBool::new(false),
            done: AtomicUsize::new(0),
            tried_again: AtomicUsize::new(0),
        });
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            let somebody = person(&deployment.client(), co, &format!("load-{number}@example.org")).await;
            clients.push(tokio::spawn(Arc::clone(&shared).run(number, somebody, cou.to_owned(), target.to_owned())));
        }
        Self { shared, clients }
    }

    /// Waits until more was done, so that each process is stopped, and serves again, under load.
    pub(crate) async fn more(&self) {
        let done = || self.shared.done.load(Ordering::Relaxed);
        let (start, deadline) = (done(), Instant::now() + crate::PATIENCE);
        while done() < start + 10 * CLIENTS {
            assert!(!self.clients.iter().any(JoinHandle::is_finished), "a request failed twice");
            assert!(Instant::now() < deadline, "the clients do not go on");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Ends the clients, and gives all that was accepted.
    pub(crate) async fn end(self) -> Vec<Accepted> {
        self.shared.stop.store(true, Ordering::Relaxed);
        let mut accepted = Vec::new();
        for client in self.clients {
            accepted.extend(client.await.expect("no request fails twice"));
        }
        let [done, again] = [&self.shared.done, &self.shared.tried_again].map(|count| count.load(Ordering::Relaxed));
        println!("{done} requests, {again} of them tried again; {} roles", accepted.len());
        accepted
    }
}

impl Shared {
    /// Sends a request, and once more if there was no answer or the answer was 503; waits for one that is under way.
    async fn send(&self, method: Method, path: &str, body: &Value, key: &str) -> Value {
        let mut last = false;
        loop {
            let (user, password) = &self.credentials;
            let request = self.http.request(method.clone(), format!("{}{path}", self.api));
            let request = request.basic_auth(user, Some(password)).header("Idempotency-Key", key);
            let request = if method == Method::GET { request } else { request.json(body) };
            let wrong = match request.send().await {
                Ok(answer) if answer.status().is_success() => match answer.bytes().await {
                    Ok(bytes) => {
                        self.done.fetch_add(1, Ordering::Relaxed);
                        return serde_json::from_slice(&bytes).unwrap_or_default();
                    }
                    Err(error) => format!("{error:?}"),
                },
                Ok(answer) => match refused(answer, last).await {
                    Ok(()) => continue,
                    Err(said) => said,
                },
                Err(error) => {
                    // Other connections to the process that stopped may not have been seen to end yet.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    format!("{error:?}")
                }
            };
            assert!(!last, "{method} {path} failed twice: {wrong}");
            self.tried_again.fetch_add(1, Ordering::Relaxed);
            last = true;
        }
    }

    /// Adds a role, reads it, edits it, and asks for provisioning, over and over.
    async fn run(self: Arc<Self>, number: usize, person: String, cou: String, target: String) -> Vec<Accepted> {
        let provision = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
        let role = |title: &str| json!({ "CoPersonRoles": [{ "Version": "1.0", "Person": { "Type": "CO", "Id": person }, "CouId": cou, "Affiliation": "staff", "Title": title, "Status": "Active" }] });
        let mut accepted = Vec::new();
        let id = |answer: Value| answer["Id"].as_str().unwrap().to_owned();
        for turn in 0_usize.. {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            let (key, title) = (|what: &str| format!("{number}-{turn}-{what}"), format!("Title {number}-{turn}"));
            let added = id(self.send(Method::POST, "/co_person_roles.json", &role("New"), &key("role")).await);
            let path = format!("/co_person_roles/{added}.json");
            self.send(Method::GET, &path, &Value::Null, &key("view")).await;
            self.send(Method::PUT, &path, &role(&title), &key("edit")).await;
            let request = id(self.send(Method::POST, &provision, &json!({}), &key("provision")).await);
            accepted.push(Accepted { person: person.clone(), role: added, title, request });
        }
        accepted
    }
}

/// Waits as long as the answer of a refusal says, and gives what it says; nothing of a request that is still under way.
async fn refused(answer: Response, last: bool) -> Result<(), String> {
    let (status, url, pause) = (answer.status(), answer.url().clone(), answer.headers().get("Retry-After").cloned());
    let said = answer.text().await.unwrap_or_default();
    if last && status == StatusCode::CONFLICT && said.contains("Idempotency Key In Use") {
        // What had no answer is still under way.
        tokio::time::sleep(Duration::from_millis(100)).await;
        return Ok(());
    }
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{url}: {said}");
    let pause = pause.and_then(|pause| pause.to_str().ok()?.parse().ok());
    tokio::time::sleep(Duration::from_secs(pause.expect("503 has Retry-After"))).await;
    Err(said)
}
