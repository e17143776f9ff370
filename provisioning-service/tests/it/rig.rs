//! A service of a test's own: its database, its broker, its clock.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::DateTime;
use messaging::{Broker, Busy, ConsumerSettings, Delivery, Handler, Queue};
use prost::Message;
use proto::{
    caller::Caller,
    events::v1::ProvisioningOutcome,
    provisioning::v1::{CoProvisioningRequest, CoProvisioningTarget, Mode, ProvisionRequest, ProvisionResponse},
    record::Record,
    refusal::Refusal,
    registry::v1::{AddRecord, EditRecord, ListRequest, NamedText, Provisionable, ViewRequest},
};
use provisioning_service::{
    BuildError, EgressSettings, KeySource, ProvisioningService, RetentionSettings, Settings, WorkerSettings,
    app::{
        App, provision,
        record_outcomes::{self, Finished},
    },
    domain::{
        ids::{RequestId, TargetId},
        outcome::Attempt,
    },
    store::{requests, targets},
};
use service_kit::{clock::Clock, database::Database, health::Health, rpc::Channel};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};

use crate::{
    clients::{Requests, Targets},
    connector::{Control, Fake},
    registry::Registry,
    waiting::PATIENCE,
};

/// The CO of most tests.
pub(crate) const CO: i64 = 2;
/// Another CO.
pub(crate) const OTHER: i64 = 3;
/// A person of `CO`.
pub(crate) const ADA: i64 = 10;
/// A group of `CO`.
pub(crate) const GROUP: i64 = 20;

pub(crate) struct Rig {
    pub(crate) service: ProvisioningService,
    pub(crate) database: Database,
    pub(crate) broker: Broker,
    pub(crate) clock: Clock,
    pub(crate) registry: Registry,
    pub(crate) connector: Arc<Control>,
    pub(crate) data: tempfile::TempDir,
    channel: Channel,
    outcomes: Arc<Mutex<Vec<ProvisioningOutcome>>>,
    stop: CancellationToken,
    running: Mutex<Vec<JoinHandle<()>>>,
    server: Option<Arc<testkit::Postgres>>,
}

struct Outcomes(Arc<Mutex<Vec<ProvisioningOutcome>>>);

#[async_trait]
impl Handler for Outcomes {
    async fn handle(&self, batch: &[Delivery]) -> Result<Vec<usize>, Busy> {
        for delivery in batch {
            let mut outcome = ProvisioningOutcome::decode(delivery.body.as_ref()).unwrap();
            let together = std::mem::take(&mut outcome.together);
            self.0.lock().unwrap().extend(together.into_iter().chain([outcome]));
        }
        Ok(Vec::new())
    }
}

impl Rig {
    pub(crate) async fn sqlite() -> Self {
        let data = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", data.path().join("provisioning.db").display());
        Self::new(&url, data, None).await
    }

    pub(crate) async fn postgres() -> Self {
        let server = testkit::Postgres::shared().await;
        let url = server.create_database("provisioning").await;
        Self::new(&url, tempfile::tempdir().unwrap(), Some(server)).await
    }

    async fn new(url: &str, data: tempfile::TempDir, server: Option<Arc<testkit::Postgres>>) -> Self {
        let database = Database::open(url, 8).await.unwrap();
        let (broker, registry, connector) = (Broker::in_process(), Registry::default(), Arc::new(Control::default()));
        let clock = Clock::manual(DateTime::from_timestamp(1_750_000_000, 250_000_000).unwrap());
        std::fs::write(data.path().join("secrets.key"), KEY).unwrap();
        let service = build(settings(), &database, &broker, &registry, data.path(), &clock, &connector).await;
        registry.own("Co", CO, CO);
        registry.own("Co", OTHER, OTHER);
        registry.person(ADA, CO, 1, Provisionable::Everything);
        registry.group(GROUP, CO);
        let outcomes = Arc::default();
        let stop = CancellationToken::new();
        let consumer = {
            let (broker, stop, handler) = (broker.clone(), stop.clone(), Arc::new(Outcomes(Arc::clone(&outcomes))));
            tokio::spawn(async move {
                broker.consume(Queue::RegistryOutcomes, ConsumerSettings::default(), handler, stop).await;
            })
        };
        Self {
            channel: Channel::in_process(service.routes()),
            service,
            database,
            broker,
            clock,
            registry,
            connector,
            data,
            outcomes,
            stop,
            running: Mutex::new(vec![consumer]),
            server,
        }
    }

    /// The address of a new database of the same kind, without tables.
    pub(crate) async fn empty_database(&self) -> (String, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        match &self.server {
            Some(server) => (server.create_database("empty").await, folder),
            None => (format!("sqlite://{}", folder.path().join("empty.db").display()), folder),
        }
    }

    /// What is stored of a target, secrets opened.
    pub(crate) async fn stored(&self, id: i64) -> Record {
        let row = targets::find(self.database.reader(), TargetId(id)).await.unwrap().unwrap();
        self.service.app().secrets.record(&row).await
    }

    /// The file with the keys for secrets.
    pub(crate) fn key_file(&self) -> std::path::PathBuf {
        self.data.path().join("secrets.key")
    }

    /// A service on another database.
    pub(crate) async fn on(&self, database: Database) -> Result<ProvisioningService, BuildError> {
        ProvisioningService::build(
            Settings {
                worker: WorkerSettings::default(),
                retention: RetentionSettings::default(),
                egress: EgressSettings::default(),
                secrets: KeySource::Nowhere,
            },
            database,
            self.broker.clone(),
            self.registry.channel(),
            self.data.path().to_owned(),
            self.clock.clone(),
            Health::new(),
        )
        .await
    }

    /// Begins to work.
    pub(crate) fn run(&self) {
        self.run_service(self.service.clone());
    }

    /// Begins to work with a second process's service, on the same database and broker.
    pub(crate) async fn run_another(&self) {
        self.run_with(settings()).await;
    }

    /// Begins to work with settings of its own.
    pub(crate) async fn run_with(&self, worker: WorkerSettings) {
        self.run_service(self.another(worker).await);
    }

    /// Another service on the same database and broker.
    pub(crate) async fn another(&self, worker: WorkerSettings) -> ProvisioningService {
        let (data, connector) = (self.data.path(), &self.connector);
        build(worker, &self.database, &self.broker, &self.registry, data, &self.clock, connector).await
    }

    /// Takes changes in, and works on nothing.
    pub(crate) async fn consume_only(&self) -> CancellationToken {
        let stop = CancellationToken::new();
        let (service, stopped) = (self.service.clone(), stop.clone());
        self.running.lock().unwrap().push(tokio::spawn(async move { service.consume(stopped).await }));
        stop
    }

    /// What the use cases work with.
    pub(crate) fn app(&self) -> App {
        self.service.app().clone()
    }

    /// The same, on a host with another clock.
    pub(crate) async fn another_at(&self, worker: WorkerSettings, clock: &Clock) -> App {
        let (data, connector) = (self.data.path(), &self.connector);
        build(worker, &self.database, &self.broker, &self.registry, data, clock, connector).await.app().clone()
    }

    /// Asks for a group by way of another host.
    pub(crate) async fn provision_of(&self, app: &App, target: i64, group: i64) -> i64 {
        let wish = ProvisionRequest {
            co_provisioning_target_id: target,
            subject: "cogroupid".to_owned(),
            subject_id: group,
            ..ProvisionRequest::default()
        };
        provision::run(app, &Caller::house(), &wish).await.unwrap().co_provisioning_request_id
    }

    /// Ends a request that another host holds.
    pub(crate) async fn finish(&self, app: &App, id: i64) {
        let request = requests::find(self.database.reader(), RequestId(id)).await.unwrap().unwrap();
        let (subject, now) = (request.subject().unwrap(), app.clock.now());
        let attempt = Attempt::CalledOff("A test was done with it.".to_owned());
        let finished = Finished { request, subject, target: None, started: now, ended: now, attempt, landed: None };
        assert_eq!(record_outcomes::run(app, &[finished]).await.unwrap(), 1);
    }

    fn run_service(&self, service: ProvisioningService) {
        let stop = self.stop.clone();
        self.running.lock().unwrap().push(tokio::spawn(async move { service.run(stop).await }));
    }

    /// Ends the work; nothing may be left half done.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        let running = std::mem::take(&mut *self.running.lock().unwrap());
        for task in running {
            tokio::time::timeout(PATIENCE, task).await.expect("it ends").expect("it does not panic");
        }
        let left = self.numbers("SELECT COUNT(*) AS n FROM provisioning_requests WHERE status = 'Running'").await;
        assert_eq!(left, [0], "requests are left running");
        assert!(
            !self.connector.overlapped.load(std::sync::atomic::Ordering::SeqCst),
            "a subject was worked on twice at once"
        );
        self.broker.close().await;
    }

    /// Lets nobody write wishes until what it gives is ended.
    pub(crate) async fn hold_writes(&self) -> service_kit::database::Transaction {
        use sea_orm::{ConnectionTrait, DbBackend};
        let held = self.database.begin().await.unwrap();
        if self.database.backend() == DbBackend::Postgres {
            held.execute_unprepared("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE").await.unwrap();
        }
        held
    }

    /// What a query finds in its column `n`.
    pub(crate) async fn numbers(&self, sql: &str) -> Vec<i64> {
        use sea_orm::{ConnectionTrait, Statement};
        let statement = Statement::from_string(self.database.backend(), sql);
        let rows = self.database.writer().query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get("", "n").unwrap()).collect()
    }

    pub(crate) fn targets(&self) -> Targets {
        Targets(self.channel.clone())
    }

    pub(crate) fn requests(&self) -> Requests {
        Requests(self.channel.clone())
    }

    /// Adds a target of the test's own connector.
    pub(crate) async fn target(&self, co: i64, mode: Mode) -> i64 {
        self.add(&Caller::house(), fake(co, mode)).await.unwrap()
    }

    pub(crate) async fn add(&self, caller: &Caller, record: CoProvisioningTarget) -> Result<i64, Refusal> {
        let message = AddRecord { record: record.encode_to_vec().into(), unread: Vec::new() };
        let answer = self.targets().add(by(caller, message)).await.map_err(refused)?;
        Ok(answer.into_inner().id)
    }

    /// Edits a target; what the record says was sent, and what is listed was cleared.
    pub(crate) async fn edit(
        &self,
        caller: &Caller,
        id: i64,
        record: CoProvisioningTarget,
        cleared: &[&str],
    ) -> Result<(), Refusal> {
        let mut paths = Record::of(&record).sent();
        paths.extend(cleared.iter().map(|column| (*column).to_owned()));
        let record = CoProvisioningTarget { id: Some(id), ..record };
        let sent = Some(prost_types::FieldMask { paths });
        let record = record.encode_to_vec().into();
        let message = EditRecord { record, unread: Vec::new(), sent, if_match: None };
        self.targets().edit(by(caller, message)).await.map(|_| ()).map_err(refused)
    }

    pub(crate) async fn view(&self, caller: &Caller, id: i64) -> Result<CoProvisioningTarget, Refusal> {
        let answer = self.targets().view(by(caller, ViewRequest { id, as_of: None })).await.map_err(refused)?;
        Ok(answer.into_inner())
    }

    pub(crate) async fn provision(&self, target: i64, subject: &str, id: i64) -> Result<i64, Refusal> {
        Ok(self.provision_by(&Caller::house(), target, subject, id, 0).await?.co_provisioning_request_id)
    }

    pub(crate) async fn provision_by(
        &self,
        caller: &Caller,
        target: i64,
        subject: &str,
        subject_id: i64,
        wait_ms: u32,
    ) -> Result<ProvisionResponse, Refusal> {
        let message = ProvisionRequest {
            co_provisioning_target_id: target,
            subject: subject.to_owned(),
            subject_id,
            wait_ms,
            ..ProvisionRequest::default()
        };
        Ok(self.targets().provision(by(caller, message)).await.map_err(refused)?.into_inner())
    }

    pub(crate) async fn request(&self, id: i64) -> CoProvisioningRequest {
        self.requests().view(by(&Caller::house(), ViewRequest { id, as_of: None })).await.unwrap().into_inner()
    }

    pub(crate) async fn list(
        &self,
        caller: &Caller,
        filters: &[(&str, &str)],
    ) -> Result<Vec<CoProvisioningRequest>, Refusal> {
        let filter = |(name, value): &(&str, &str)| NamedText { name: (*name).to_owned(), value: (*value).to_owned() };
        let message = ListRequest { filters: filters.iter().map(filter).collect(), after: 0, limit: 0, as_of: None };
        Ok(self.requests().list(by(caller, message)).await.map_err(refused)?.into_inner().records)
    }

    /// The outcomes that were told.
    pub(crate) fn told(&self) -> Vec<ProvisioningOutcome> {
        self.outcomes.lock().unwrap().clone()
    }
}

/// What the secrets of targets are sealed under.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

/// A worker that looks for work often. Leases end only where a test lets them: they are renewed as the real time passes,
/// while tests move another one.
pub(crate) fn settings() -> WorkerSettings {
    WorkerSettings { poll_ms: 20, lease_seconds: 100_000, ..WorkerSettings::default() }
}

async fn build(
    worker: WorkerSettings,
    database: &Database,
    broker: &Broker,
    registry: &Registry,
    data: &std::path::Path,
    clock: &Clock,
    connector: &Arc<Control>,
) -> ProvisioningService {
    ProvisioningService::build(
        Settings {
            worker,
            retention: RetentionSettings::default(),
            egress: EgressSettings { allow: "127.0.0.0/8".to_owned() },
            secrets: KeySource::File(data.join("secrets.key")),
        },
        database.clone(),
        broker.clone(),
        registry.channel(),
        data.to_owned(),
        clock.clone(),
        Health::new(),
    )
    .await
    .unwrap()
    .with_random(Arc::new(|| 0.5))
    .with_connector(Arc::new(Fake::of_everything(connector)))
    .with_connector(Arc::new(Fake::of_people(connector)))
}

pub(crate) fn fake(co: i64, mode: Mode) -> CoProvisioningTarget {
    CoProvisioningTarget {
        co_id: Some(co),
        plugin: Some("FakeProvisioner".to_owned()),
        status: Some(mode.into()),
        ..CoProvisioningTarget::default()
    }
}

pub(crate) fn changelog(co: i64, configuration: serde_json::Value) -> CoProvisioningTarget {
    CoProvisioningTarget {
        plugin: Some("ChangelogProvisioner".to_owned()),
        configuration: Some(proto::record::struct_of_json(configuration.as_object().unwrap())),
        ..fake(co, Mode::Manual)
    }
}

/// A privileged user of a CO.
pub(crate) fn of_co(co: i64) -> Caller {
    Caller {
        username: format!("co_{co}.admin"),
        api_user_id: Some(1),
        co_id: Some(co),
        privileged: true,
        ..Caller::default()
    }
}

pub(crate) fn by<T>(caller: &Caller, message: T) -> Request<T> {
    let mut request = Request::new(message);
    caller.put(request.metadata_mut());
    request
}

pub(crate) fn refused(status: Status) -> Refusal {
    Refusal::of_status(&status)
}

/// The reason phrase of a refusal.
pub(crate) fn phrase<T: std::fmt::Debug>(result: Result<T, Refusal>) -> String {
    match result.unwrap_err() {
        Refusal::Forbidden { phrase, .. } | Refusal::Unknown { phrase, .. } | Refusal::Conflict { phrase, .. } => {
            phrase
        }
        Refusal::InvalidFields(wrong) => wrong.0.keys().cloned().collect::<Vec<_>>().join(" "),
        Refusal::Unauthorized(_) => "Unauthorized".to_owned(),
        Refusal::BadRequest(_) => "Bad Request".to_owned(),
        Refusal::Unprocessable { phrase, .. } => phrase,
        other => other.to_string(),
    }
}
