//! A service that records what it was asked, and answers what it was told to.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use gateway::{DEFAULTS, Gateway, Settings};
use prost::Message;
use proto::{
    audit::v1::FailedLogin,
    caller::Caller,
    provisioning::v1::{self as provisioning, co_provisioning_events_server as events},
    refusal::Refusal,
    registry::v1::{
        self as registry, AddRecord, Added, Deleted, EditRecord, Edited, ListRecords, NamedText, Principal,
        authentication_server as authentication, views_server as views,
    },
    table::Table,
};
use service_kit::{
    clock::Clock,
    config,
    health::Health,
    rpc::{
        Channel,
        tables::{self, Answer, Call},
    },
};
use tokio::{
    sync::{Notify, RwLock},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, service::Routes};

use crate::client;

#[path = "fake/engine.rs"]
mod engine;

/// What the fake service was asked, in the order in which it was.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    Verify(String),
    Add(registry::CoPersonRole, Vec<registry::FieldViolation>, Caller),
    /// With the columns that were sent.
    Edit(registry::CoPersonRole, Vec<registry::FieldViolation>, Vec<String>),
    Delete(i64),
    View(i64),
    List(registry::ListRequest),
    RotateKey(i64),
    Reply,
    Provision(provisioning::ProvisionRequest),
    Plan(provisioning::PlanRequest),
    Explain(provisioning::ExplainRequest),
    OfTarget(&'static str, provisioning::OfTargetRequest),
    Compare(provisioning::CompareRequest),
    OfRequest(&'static str, i64),
    Ledger(provisioning::LedgerRequest),
    Events(provisioning::NextEventsRequest),
}

#[derive(Debug)]
pub(crate) struct State {
    /// Lists that begin after this id fail.
    pub(crate) fails_after: AtomicI64,
    pub(crate) asked: Mutex<Vec<Asked>>,
    /// The condition of the last edit or deletion.
    pub(crate) condition: Mutex<Option<String>>,
    /// What the next calls are refused with.
    pub(crate) refuse: Mutex<Option<Refusal>>,
    pub(crate) away: AtomicBool,
    pub(crate) suspended: AtomicBool,
    /// Wrong keys are hashed only while nobody writes here.
    pub(crate) hashing: RwLock<()>,
    pub(crate) records: Mutex<Vec<registry::CoPersonRole>>,
    pub(crate) remote_ip: Mutex<Vec<String>>,
    pub(crate) scopes: Mutex<Vec<String>>,
    /// Logins that failed, as they are to be written down.
    pub(crate) failed: Mutex<Vec<FailedLogin>>,
    pub(crate) refuse_failed: Mutex<bool>,
    /// The target that there is.
    pub(crate) target: Mutex<provisioning::CoProvisioningTarget>,
    /// So many targets are listed, all like the one that there is.
    pub(crate) targets: AtomicUsize,
    /// How many explanations are asked for at this moment, and were at most.
    pub(crate) explaining: (AtomicUsize, AtomicUsize),
    /// What is explained of any subject.
    pub(crate) explanation: Mutex<provisioning::CoProvisioningExplanation>,
    /// The requests that there are.
    pub(crate) requests: Mutex<Vec<provisioning::CoProvisioningRequest>>,
    /// What everybody's given name is.
    pub(crate) given: Mutex<String>,
    /// Calls to Delete, and to List of people, wait for this, after they have announced themselves.
    pub(crate) slow: Mutex<Option<(Arc<Notify>, Arc<Notify>)>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            fails_after: AtomicI64::new(-1),
            condition: Mutex::default(),
            asked: Mutex::default(),
            refuse: Mutex::default(),
            away: AtomicBool::default(),
            suspended: AtomicBool::default(),
            hashing: RwLock::default(),
            records: Mutex::default(),
            remote_ip: Mutex::default(),
            scopes: Mutex::default(),
            failed: Mutex::default(),
            refuse_failed: Mutex::default(),
            target: Mutex::default(),
            targets: AtomicUsize::new(1),
            explaining: Default::default(),
            explanation: Mutex::default(),
            requests: Mutex::default(),
            given: Mutex::default(),
            slow: Mutex::default(),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Fake(pub Arc<State>);

impl Fake {
    fn note(&self, asked: Asked) -> Result<(), Status> {
        self.0.asked.lock().unwrap().push(asked);
        if self.0.away.load(Ordering::SeqCst) {
            return Err(Status::unavailable("tcp connect error"));
        }
        match self.0.refuse.lock().unwrap().take() {
            Some(refusal) => Err(refusal.into()),
            None => Ok(()),
        }
    }

    fn is_right(&self, login: &registry::VerifyRequest) -> bool {
        login.key == "key" && !self.0.suspended.load(Ordering::SeqCst)
    }

    fn principal(&self, username: String) -> Principal {
        let time = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        Principal {
            api_user_id: 3,
            co_id: username.starts_with("co_2.").then_some(2),
            privileged: !username.contains("unpriv"),
            valid_from: username.contains("future").then(|| time(4_000_000_000)).flatten(),
            valid_through: username.contains("expired").then(|| time(1)).flatten(),
            remote_ip: self.0.remote_ip.lock().unwrap().clone(),
            scopes: self.0.scopes.lock().unwrap().clone(),
            username,
        }
    }

    fn routes(&self) -> Routes {
        let routes = Routes::new(authentication::AuthenticationServer::new(self.clone()))
            .add_service(events::CoProvisioningEventsServer::new(self.clone()))
            .add_service(views::ViewsServer::new(self.clone()));
        Routes::from(tables::add_to(routes.into_axum_router(), Table::all(), self.clone()))
    }
}

#[async_trait]
impl authentication::Authentication for Fake {
    async fn verify(&self, request: Request<registry::VerifyRequest>) -> Result<Response<Principal>, Status> {
        let request = request.into_inner();
        self.note(Asked::Verify(request.username.clone()))?;
        if !self.is_right(&request) {
            let _hashed = self.0.hashing.read().await;
            return Err(Refusal::Unauthorized("no".to_owned()).into());
        }
        Ok(Response::new(self.principal(request.username)))
    }

    /// Keys of users with `chosen` in their names are not those that the service made.
    async fn recognize(
        &self,
        request: Request<registry::RecognizeRequest>,
    ) -> Result<Response<registry::RecognizeResponse>, Status> {
        let mut recognized = Vec::new();
        for login in request.into_inner().logins {
            // As the real one says it of a question of many megabytes.
            if login.username.len().max(login.key.len()) > 256 {
                return Err(Status::out_of_range("the question is too long"));
            }
            let known = self.is_right(&login) && !login.username.contains("chosen");
            if known || self.0.away.load(Ordering::SeqCst) {
                self.note(Asked::Verify(login.username.clone()))?;
            }
            recognized.push(registry::Recognized { principal: known.then(|| self.principal(login.username)) });
        }
        Ok(Response::new(registry::RecognizeResponse { recognized }))
    }
}

#[async_trait]
impl Answer for Fake {
    async fn answer(&self, call: Call) -> Result<Response<Bytes>, Status> {
        if call.table.service.starts_with("cohort.provisioning.") {
            if call.method == "Explain" {
                self.explain().await;
            }
            return self.answer_engine(&call.table.singular, &call.method, call.message);
        }
        self.answer_registry(call).await.map(Response::new)
    }
}

impl Fake {
    async fn wait(&self) {
        let slow = self.0.slow.lock().unwrap().clone();
        if let Some((begun, go_on)) = slow {
            begun.notify_one();
            go_on.notified().await;
        }
    }

    async fn explain(&self) {
        let (now, most) = &self.0.explaining;
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        now.fetch_sub(1, Ordering::SeqCst);
    }

    async fn answer_registry(&self, call: Call) -> Result<Bytes, Status> {
        let Call { table, method, caller, message } = call;
        match (table.singular.as_str(), method.as_str()) {
            ("CoPersonRole", "Add") => {
                let AddRecord { record, unread } = AddRecord::decode(message).unwrap();
                self.note(Asked::Add(registry::CoPersonRole::decode(record).unwrap(), unread, caller))?;
                Ok(bytes(&Added { id: 8, extras: vec![], replayed: false }))
            }
            ("CoPersonRole", "Edit") => {
                let EditRecord { record, unread, sent, if_match } = EditRecord::decode(message).unwrap();
                *self.0.condition.lock().unwrap() = if_match;
                let record = registry::CoPersonRole::decode(record).unwrap();
                self.note(Asked::Edit(record, unread, sent.unwrap_or_default().paths))?;
                Ok(bytes(&Edited::default()))
            }
            ("CoPersonRole", "Delete") => {
                let registry::DeleteRequest { id, if_match } = registry::DeleteRequest::decode(message).unwrap();
                *self.0.condition.lock().unwrap() = if_match;
                self.note(Asked::Delete(id))?;
                self.wait().await;
                Ok(bytes(&Deleted {}))
            }
            ("CoPersonRole", "List") => {
                let request = registry::ListRequest::decode(message).unwrap();
                self.note(Asked::List(request.clone()))?;
                if self.0.fails_after.load(Ordering::SeqCst) == request.after {
                    return Err(Status::unavailable("gone"));
                }
                let all = self.0.records.lock().unwrap().clone();
                let limit = if request.limit == 0 { usize::MAX } else { request.limit as usize };
                let mut rest = all.into_iter().filter(|record| record.id > Some(request.after));
                let records = rest.by_ref().take(limit).map(|record| bytes(&record)).collect();
                Ok(bytes(&ListRecords { records, more: rest.next().is_some() }))
            }
            ("ApiUser", "Add") => {
                let extra = |name: &str, value: &str| NamedText { name: name.to_owned(), value: value.to_owned() };
                let extras = vec![extra("Username", "co_2.<new>"), extra("ApiKey", "k&y")];
                Ok(bytes(&Added { id: 9, extras, replayed: false }))
            }
            ("ApiUser", "RotateKey") => {
                self.note(Asked::RotateKey(registry::ViewRequest::decode(message).unwrap().id))?;
                let extras = vec![NamedText { name: "ApiKey".to_owned(), value: "new".to_owned() }];
                Ok(bytes(&Added { id: 9, extras, replayed: false }))
            }
            ("CoInvite", "Reply") => {
                self.note(Asked::Reply)?;
                Ok(Bytes::new())
            }
            ("AuditRecord", "LoginFailed") => {
                if *self.0.refuse_failed.lock().unwrap() {
                    return Err(Status::unavailable("gone"));
                }
                self.0.failed.lock().unwrap().push(FailedLogin::decode(message).unwrap());
                Ok(Bytes::new())
            }
            ("CoPerson", "List") => {
                self.wait().await;
                let records = vec![bytes(&person(42))];
                Ok(bytes(&ListRecords { records, more: false }))
            }
            ("Name", "List") => {
                let given = Some(self.0.given.lock().unwrap().clone());
                let records = vec![bytes(&registry::Name { id: Some(1), given, ..registry::Name::default() })];
                Ok(bytes(&ListRecords { records, more: false }))
            }
            // Of the others nothing is looked at.
            _ => Ok(Bytes::new()),
        }
    }
}

fn person(id: i64) -> registry::CoPerson {
    registry::CoPerson { id: Some(id), co_id: Some(2), ..registry::CoPerson::default() }
}

fn bytes(message: &impl Message) -> Bytes {
    message.encode_to_vec().into()
}

#[async_trait]
impl views::Views for Fake {
    async fn view_many(
        &self,
        request: Request<registry::ViewManyRequest>,
    ) -> Result<Response<registry::ViewManyResponse>, Status> {
        let mut viewed = Vec::new();
        for view in request.into_inner().views {
            self.note(Asked::View(view.id))?;
            let found = self.0.records.lock().unwrap().iter().find(|record| record.id == Some(view.id)).cloned();
            let of = match found.filter(|_| view.resource == "CoPersonRole") {
                Some(record) => registry::viewed::Of::Record(bytes(&record)),
                None if view.resource == "CoPerson" => registry::viewed::Of::Record(bytes(&person(view.id))),
                None => {
                    let status = Status::from(Refusal::unknown(&view.resource));
                    registry::viewed::Of::Refused(registry::RefusedView {
                        code: status.code().into(),
                        message: status.message().to_owned(),
                        details: status.details().to_vec(),
                    })
                }
            };
            viewed.push(registry::Viewed { of: Some(of), tag: "\"7f\"".to_owned(), computed: view.id == 8 });
        }
        Ok(Response::new(registry::ViewManyResponse { viewed }))
    }
}

/// The events 6 and 7, each in an answer of its own; those up to 3 are gone.
#[async_trait]
impl events::CoProvisioningEvents for Fake {
    async fn next(
        &self,
        request: Request<provisioning::NextEventsRequest>,
    ) -> Result<Response<provisioning::NextEventsResponse>, Status> {
        let asked = request.into_inner();
        self.note(Asked::Events(asked.clone()))?;
        let after = asked.after.unwrap_or(7);
        let event = provisioning::CoProvisioningEvent {
            number: after + 1,
            kind: "change".to_owned(),
            co_id: 2,
            co_person_id: Some(10),
            what: "Updated".to_owned(),
            ..provisioning::CoProvisioningEvent::default()
        };
        if after >= 7 {
            tokio::time::sleep(std::time::Duration::from_millis(asked.wait_ms.into())).await;
        }
        let events = if (5..7).contains(&after) { vec![event] } else { Vec::new() };
        let last = after + i64::try_from(events.len()).unwrap();
        Ok(Response::new(provisioning::NextEventsResponse { events, last, gone: after < 3 }))
    }
}

/// The gateway in front of the fake, on a port of its own; it ends with the test.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) fake: Fake,
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    pub(crate) running: JoinHandle<std::io::Result<()>>,
    pub(crate) health: Health,
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl House {
    pub(crate) fn open() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings: Settings = config::read(DEFAULTS, &std::collections::BTreeMap::new()).unwrap();
        settings.listen = "127.0.0.1:0".to_owned();
        settings.workers = 1;
        settings.limits.shutdown_seconds = 10;
        change(&mut settings);
        let fake = Fake::default();
        let channel = Channel::in_process(fake.routes());
        let (health, stop) = (Health::new(), CancellationToken::new());
        let bound = Gateway::build(settings, channel.clone(), channel, Clock::system(), health.clone()).bind().unwrap();
        let address = bound.address();
        let running = tokio::spawn(bound.run(stop.clone()));
        Self { fake, address, stop, running, health }
    }

    /// A request of a privileged CO user.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> client::Answer {
        self.ask_with(method, path, "", body).await
    }

    pub(crate) async fn ask_with(&self, method: &str, path: &str, headers: &str, body: &str) -> client::Answer {
        let headers = format!("{}{headers}", client::login("co_2.loader", "key"));
        client::send(self.address, method, path, &headers, body.as_bytes()).await
    }

    /// What the service was asked beside logins.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let all = self.fake.0.asked.lock().unwrap();
        all.iter().filter(|asked| !matches!(asked, Asked::Verify(_))).cloned().collect()
    }

    pub(crate) fn condition(&self) -> Option<String> {
        self.fake.0.condition.lock().unwrap().clone()
    }

    pub(crate) fn verified(&self) -> usize {
        self.fake.0.asked.lock().unwrap().iter().filter(|asked| matches!(asked, Asked::Verify(_))).count()
    }

    pub(crate) fn hold(&self, records: Vec<registry::CoPersonRole>) {
        *self.fake.0.records.lock().unwrap() = records;
    }

    pub(crate) fn refuse(&self, refusal: Refusal) {
        *self.fake.0.refuse.lock().unwrap() = Some(refusal);
    }
}
