//! A real server whose answers never come, and whose effects come late.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    extract::{Path, State},
    http::{Method, StatusCode},
    routing::any,
};
use proto::{
    events::v1::Action,
    provisioning::v1::{CoProvisioningTarget, Mode},
    registry::v1::SubjectKind,
};
use provisioning_service::WorkerSettings;
use serde_json::json;
use tokio::sync::Notify;

use crate::{
    rig::{CO, Rig, changelog, settings},
    scenarios::promises::UNSETTLED,
    waiting::eventually,
};

/// A server that never answers a call that makes a key that begins with x: that takes effect at once, or when it is told.
#[derive(Clone, Debug, Default)]
struct Server {
    documents: Arc<Mutex<BTreeSet<String>>>,
    at_once: Arc<AtomicBool>,
    go_on: Arc<Notify>,
    taken: Arc<Notify>,
}

impl Server {
    fn effect(&self, method: &Method, key: String) {
        let mut documents = self.documents.lock().unwrap();
        if method == Method::PUT {
            documents.insert(key)
        } else {
            documents.remove(&key)
        };
    }

    fn keys(&self) -> Vec<String> {
        self.documents.lock().unwrap().iter().cloned().collect()
    }

    async fn call(State(server): State<Self>, Path(key): Path<String>, method: Method) -> StatusCode {
        if method != Method::PUT || !key.starts_with('x') {
            server.effect(&method, key);
            return StatusCode::NO_CONTENT;
        }
        if server.at_once.load(Ordering::SeqCst) {
            server.effect(&method, key);
        } else {
            let server = server.clone();
            // It goes on when the client is gone.
            tokio::spawn(async move {
                server.go_on.notified().await;
                server.effect(&method, key);
            });
        }
        server.taken.notify_one();
        std::future::pending().await
    }

    async fn target(&self, rig: &Rig) -> i64 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/people/{key}", any(Self::call)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let configuration =
            json!({"ServerUrl": format!("http://{address}/people"), "Mode": "PUT", "IdentifierType": "eppn"});
        let api = CoProvisioningTarget {
            plugin: Some("ApiProvisioner".to_owned()),
            status: Some(Mode::Automatic.into()),
            ..changelog(CO, configuration)
        };
        rig.add(&proto::caller::Caller::house(), api).await.unwrap()
    }
}

pub(crate) async fn real_targets_that_work_late_end_right(rig: Rig) {
    rig.run_with(WorkerSettings { call_seconds: 1, ..settings() }).await;
    for (n, (at_once, newer)) in
        [(true, Action::Updated), (false, Action::Updated), (true, Action::Deleted), (false, Action::Deleted)]
            .into_iter()
            .enumerate()
    {
        let (person, former, name) = (100 + i64::try_from(n).unwrap(), format!("x{n}"), format!("y{n}"));
        let server = Server::default();
        server.at_once.store(at_once, Ordering::SeqCst);
        let target = server.target(&rig).await;
        let change = async |name: &str, action| {
            rig.change(&format!("{n} {name}"), CO, SubjectKind::CoPerson, person, action).await;
        };
        rig.registry.named(person, CO, 1, &former);
        change("first", Action::Added).await;
        server.taken.notified().await;
        let last = match newer {
            Action::Deleted => {
                rig.registry.gone(SubjectKind::CoPerson, person, CO, 2);
                Vec::new()
            }
            _ => {
                rig.registry.named(person, CO, 2, &name);
                vec![name]
            }
        };
        change("newer", newer).await;
        let succeeded = format!(
            "SELECT COUNT(*) AS n FROM provisioning_attempts AS a JOIN provisioning_requests AS r \
             ON r.id = a.provisioning_request_id WHERE r.co_provisioning_target_id = {target} AND a.status = 'Succeeded'"
        );
        // On a busy machine one of these calls may take too long as well; each that does leaves the place unsettled anew.
        let applied =
            eventually("the newer one was applied", async || (rig.numbers(&succeeded).await[0] > 0).then_some(()));
        rig.in_time(applied).await;
        rig.quiet().await;
        assert_eq!(server.keys(), last, "at once: {at_once}, {newer:?}");
        if !at_once {
            server.go_on.notify_waiters();
            let late = || server.keys().contains(&former).then_some(());
            eventually("the late effect", async || late()).await;
        }
        let settled =
            eventually("nothing can land any more", async || (rig.numbers(UNSETTLED).await == [0]).then_some(()));
        rig.in_time(settled).await;
        assert_eq!(server.keys(), last);
    }
    rig.end().await;
}
