//! A CO with people, and two targets: a file, and a directory that refuses what it is told to.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use axum::{Router, http::StatusCode};
use serde_json::{Value, json};
use testkit::{Browser, Client, Deployment, Options, Shape};
use tokio::net::TcpListener;

use crate::first_minutes::{add, log_target, people, person};

/// What is shown where the directory refuses. Its own words are not: whoever sets the address of a target would read with them
/// what others keep behind it.
pub(super) const SAYS: &str = "The server answered 422 Unprocessable Entity";

/// A server that other systems stand behind, and the status that it answers.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    pub(super) url: String,
    status: Arc<AtomicU16>,
}

impl Directory {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let status = Arc::new(AtomicU16::new(200));
        let answers = status.clone();
        let answer = async move || match answers.load(Ordering::SeqCst) {
            200 => (StatusCode::OK, ""),
            status => (StatusCode::from_u16(status).unwrap(), "objectClass is not allowed"),
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        Self { url, status }
    }

    /// Answers so from now on.
    pub(super) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
}

/// Everything that the console shows.
pub(super) struct World {
    pub(super) deployment: Deployment,
    pub(super) client: Client,
    pub(super) directory: Directory,
    pub(super) co: String,
    pub(super) person: String,
    /// The target that is a file, and the directory.
    pub(super) log: String,
    pub(super) target: String,
}

impl World {
    pub(super) async fn new() -> Self {
        let environment = [("COHORT_EGRESS_ALLOW", "127.0.0.0/8")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let deployment = Deployment::start(Shape::Standalone, Options { environment, ..Options::default() }).await;
        let (client, directory) = (deployment.client(), Directory::start().await);
        let (co, _, person) = people(&client, "Night").await;
        let log = log_target(&client, &co, "M", "night.log").await;
        let target = json!({
            "CoId": co, "Description": "Directory", "Plugin": "ApiProvisioner", "Status": "A",
            "GuardShare": 0, "GuardCount": 2, "GuardWindow": 3600,
            "Configuration": { "ServerUrl": directory.url, "Mode": "POST", "IdentifierType": "eppn" },
        });
        let target = add(&client, "co_provisioning_targets", "CoProvisioningTargets", target).await;
        Self { deployment, client, directory, co, person, log, target }
    }

    /// Makes another person.
    pub(super) async fn person(&self, eppn: &str) -> String {
        person(&self.client, &self.co, eppn).await
    }

    /// Makes a list and a service, and waits until what follows has ended.
    pub(super) async fn things(&self) -> (String, String) {
        let record =
            json!({ "CoId": self.co, "Name": "Night.watch", "Description": "For the night", "Status": "Active" });
        let list = add(&self.client, "co_email_lists", "CoEmailLists", record.clone()).await;
        let mut service = record;
        service["Visibility"] = json!("CoMember");
        let service = add(&self.client, "co_services", "CoServices", service).await;
        for status in ["Queued", "Running", "Retrying"] {
            let path = format!("/co_provisioning_requests.json?coid={}&status={status}", self.co);
            let deadline = std::time::Instant::now() + crate::PATIENCE;
            loop {
                let answer = self.client.get(&path).await;
                if answer.status != 200 || answer.json()["CoProvisioningRequests"][0].is_null() {
                    break;
                }
                assert!(std::time::Instant::now() < deadline, "there are always some {status}");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
        (list, service)
    }

    /// Has a person provisioned, and waits until that has ended as it should.
    pub(super) async fn provisioned(&self, target: &str, person: &str, ends: &str) -> String {
        let path = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
        let request = self.client.post(&path, &json!({})).await.expect_status(202).json();
        let id = request["Id"].as_str().unwrap().to_owned();
        assert_eq!(crate::first_minutes::ended(&self.client, &id).await["Status"], ends);
        id
    }

    /// Waits until a member of the directory's record is as it should be.
    pub(super) async fn until(&self, member: &str, wanted: impl Fn(&Value) -> bool) {
        let deadline = std::time::Instant::now() + crate::PATIENCE;
        loop {
            let path = format!("/co_provisioning_targets/{}.json", self.target);
            let record = self.client.get(&path).await.json()["CoProvisioningTargets"][0].clone();
            if wanted(&record[member]) {
                return;
            }
            assert!(std::time::Instant::now() < deadline, "{member} does not become so: {record}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// The address of a page.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{}/console{path}", self.deployment.root_url())
    }

    /// A browser in which somebody has logged in.
    pub(super) async fn browser(&self) -> Browser {
        let browser = Browser::start().await;
        browser.go(&self.page("")).await;
        self.enter(&browser, &self.deployment.key).await;
        browser.sees("Log out").await;
        browser
    }

    /// Logs in with a key.
    pub(super) async fn enter(&self, browser: &Browser, key: &str) {
        browser.write("[name=username]", &self.deployment.username).await;
        browser.write("[name=key]", key).await;
        browser.press("Log in").await;
    }
}
