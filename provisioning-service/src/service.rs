//! The service: built, served, run.

use std::{path::PathBuf, sync::Arc, time::Duration};

use messaging::{Broker, ConsumerSettings, Queue, outbox::Relay};
use service_kit::{
    audit::{AuditSettings, Log, Source},
    clock::Clock,
    config::ConfigError,
    database::Database,
    health::{Health, Need},
    keep::keep,
    rpc::{self, Channel},
    statistics,
    turns::Turns,
};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::{
    app::{self, App, Random, Signals, secrets::Secrets, secrets_at_start, wishes::Wishes},
    connector::{Connector, dialer::Dialer, http::ClientError, registry::Connectors},
    consumer, grpc,
    migration::Migrator,
    registry::Registry,
    secrets::Keyring,
    settings::{NoNetwork, QuotaSettings, Settings},
    store::{identity, leases},
    worker,
};

/// How long the relay may go on sending after everything else has ended.
const LAST_SENDING: Duration = Duration::from_secs(2);

/// How many plans and checks run at once, each of which may keep some megabytes of what a target says.
const LOOKS: usize = 32;

/// How often bringing the tables up to date is tried again, and after which pause.
const MIGRATIONS: usize = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// Why the service cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Its tables could not be made.
    #[error("the tables of the provisioning service cannot be brought up to date")]
    Migration(#[from] crate::store::DbErr),
    /// Connectors could not be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A setting is wrong.
    #[error(transparent)]
    Egress(#[from] NoNetwork),
    /// The keys for secrets cannot be read.
    #[error(transparent)]
    Secrets(#[from] ConfigError),
}

/// Targets, requests and connectors.
#[derive(Clone)]
pub struct ProvisioningService {
    app: App,
    settings: Settings,
    broker: Broker,
    registry: Channel,
    health: Health,
    alone: bool,
}

impl ProvisioningService {
    /// Builds the service and brings its tables up to date, waiting for a database that is away. What connectors write
    /// goes below `data`.
    ///
    /// # Errors
    /// If the tables or the HTTP client cannot be made, or the settings of egress or the keys for secrets cannot be read.
    pub async fn build(
        settings: Settings,
        database: Database,
        broker: Broker,
        registry: Channel,
        data: PathBuf,
        clock: Clock,
        health: Health,
    ) -> Result<Self, BuildError> {
        migrate(&database).await?;
        let lease = chrono::Duration::seconds(i64::from(settings.worker.lease_seconds.max(1)));
        let late_effect = chrono::Duration::seconds(i64::from(settings.worker.late_effect_seconds));
        let identity = identity::of(database.writer()).await?.into();
        let to_registry = Registry::new(registry.clone());
        let secrets = Secrets::new(&database, Keyring::read(settings.secrets.clone()).await?, &clock);
        secrets.learn(database.reader()).await?;
        let relay = Relay::new(database.clone(), broker.clone()).joining(app::joined::join);
        let signals = Arc::<Signals>::default();
        let (of_wishes, wakes) = (relay.clone(), Arc::clone(&signals));
        let wake = move || {
            of_wishes.wake();
            wakes.work.notify_one();
        };
        let app = App {
            secrets,
            relay,
            wishes: Arc::new(Wishes::new(&database, &to_registry, &clock, wake)),
            registry: to_registry,
            connectors: Connectors::new(&data, &Dialer::new(&settings.egress.networks()?))?,
            random: Arc::new(rand::random::<f64>),
            in_use: service_kit::idempotency::InUse::default(),
            counts: Arc::default(),
            looks: Turns::new("plans and checks", LOOKS),
            signals,
            audit: Log::of(Source::Provisioning),
            targets_of_co: QuotaSettings::default().targets,
            database,
            clock,
            lease,
            late_effect,
            identity,
        };
        Ok(Self { app, settings, broker, registry, health, alone: false })
    }

    /// As the only process that works on its database: what it finds running at its start, nobody works on, and it does
    /// not wait for the leases to run out.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// With the security log as it is set (D60).
    #[must_use]
    pub fn with_audit(mut self, settings: AuditSettings) -> Self {
        self.app.audit = self.app.audit.with(settings);
        self
    }

    /// With the quota as it is set.
    #[must_use]
    pub fn with_quota(mut self, settings: &QuotaSettings) -> Self {
        self.app.targets_of_co = settings.targets;
        self
    }

    /// With a source of randomness of its own, for tests.
    #[must_use]
    pub fn with_random(mut self, random: Random) -> Self {
        self.app.random = random;
        self
    }

    /// With one more connector, for tests.
    #[must_use]
    pub fn with_connector(mut self, connector: Arc<dyn Connector>) -> Self {
        self.app.connectors = self.app.connectors.with(connector);
        self
    }

    /// The use cases, for tests that step through them.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The gRPC services.
    #[must_use]
    pub fn routes(&self) -> Routes {
        grpc::routes(&self.app)
    }

    /// Sends, consumes and works until the process stops; returns when what ran has ended.
    pub async fn run(&self, stop: CancellationToken) {
        let app = &self.app;
        if self.alone
            && let Err(error) = leases::let_go(app.database.writer(), &app.clock).await
        {
            tracing::warn!(%error, "what ran before waits for its lease to run out");
        }
        secrets_at_start::run(app, self.alone).await;
        let last = CancellationToken::new();
        let relay = app.relay.clone();
        let relay = tokio::spawn(keep("relay", last.clone(), move |last| send(relay.clone(), last)));
        let Settings { worker: how, retention, .. } = &self.settings;
        tokio::join!(
            keep("changes", stop.clone(), |stop| changes(app.clone(), self.broker.clone(), stop)),
            keep("wake-ups", stop.clone(), |stop| wake_ups(app.clone(), self.broker.clone(), stop)),
            keep("worker", stop.clone(), |stop| worker::run(app.clone(), how.clone(), retention.clone(), stop)),
            keep("statistics", stop.clone(), |stop| statistics::run(app.database.clone(), stop)),
            self.watch(stop.clone()),
        );
        last.cancel();
        if let Err(error) = relay.await {
            tracing::error!(%error, "the relay broke");
        }
    }

    /// Takes in what arrives from the broker until the process stops.
    pub async fn consume(&self, stop: CancellationToken) {
        tokio::join!(
            changes(self.app.clone(), self.broker.clone(), stop.clone()),
            wake_ups(self.app.clone(), self.broker.clone(), stop),
        );
    }

    async fn watch(&self, stop: CancellationToken) {
        let database = self.app.database.clone();
        let watch_database =
            self.health.clone().watch("provisioning-database", Need::Needed, stop.clone(), move || {
                let database = database.clone();
                async move { database.ping().await.map_err(|error| error.to_string()) }
            });
        let broker = self.broker.clone();
        let watch_broker = self.health.clone().watch("broker", Need::Spared, stop.clone(), move || {
            let connected = broker.is_connected();
            async move { if connected { Ok(()) } else { Err("it is not connected".to_owned()) } }
        });
        let registry = self.registry.clone();
        let watch_registry = async {
            // In this process it is there as long as this is.
            if registry.is_remote() {
                let ask = move || rpc::check_health(registry.clone());
                self.health.clone().watch("person-role-service", Need::Needed, stop, ask).await;
            }
        };
        tokio::join!(watch_database, watch_broker, watch_registry);
    }
}

impl std::fmt::Debug for ProvisioningService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProvisioningService").field("settings", &self.settings).finish_non_exhaustive()
    }
}

async fn changes(app: App, broker: Broker, stop: CancellationToken) {
    // A message may tell of fifty.
    let settings = ConsumerSettings::new(200, 50);
    let changes = Arc::new(consumer::Changes(app));
    let consume = |queue| broker.consume(queue, settings, Arc::<consumer::Changes>::clone(&changes), stop.clone());
    tokio::join!(consume(Queue::ProvisioningChanges), consume(Queue::FormerChanges));
}

async fn wake_ups(app: App, broker: Broker, stop: CancellationToken) {
    let settings = ConsumerSettings::default();
    broker.consume(Queue::ProvisioningRequests, settings, Arc::new(consumer::WakeUps(app)), stop).await;
}

/// Brings the tables up to date. Of several processes that begin at once on a new database one makes the tables; the
/// others fail, and find them made when they try again.
async fn migrate(database: &Database) -> Result<(), crate::store::DbErr> {
    let mut left = MIGRATIONS;
    loop {
        match database.migrate::<Migrator>().await {
            Err(error) if left > 0 => {
                tracing::info!(%error, "the tables cannot be brought up to date; trying again");
                left -= 1;
                tokio::time::sleep(PAUSE).await;
            }
            result => return result,
        }
    }
}

/// Sends until it is stopped, and a little longer: what was recorded last should go out. What does not stays in the
/// outbox.
async fn send(relay: Relay, last: CancellationToken) {
    let over = async {
        last.cancelled().await;
        tokio::time::sleep(LAST_SENDING).await;
    };
    tokio::select! {
        () = relay.run(last.clone()) => {}
        () = over => tracing::info!("messages that were not confirmed stay in the outbox"),
    }
}
