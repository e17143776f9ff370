//! Both services in this process, with their databases and the broker between them.

use messaging::Broker;
use person_role_service::PersonRoleService;
use provisioning_service::ProvisioningService;
use service_kit::{clock::Clock, config::ConfigError, database::Database, health::Health, lifecycle, rpc::Channel};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::settings::Settings;

/// Connections that read, for each database: SQLite reads are short.
const READERS: u32 = 4;

/// The services, not yet at work.
pub(crate) struct House {
    pub(crate) registry: PersonRoleService,
    pub(crate) provisioning: ProvisioningService,
    /// Ways to their gRPC services.
    pub(crate) to_registry: Channel,
    pub(crate) to_provisioning: Channel,
    broker: Broker,
    databases: [Database; 2],
}

impl House {
    /// Opens the databases and builds the services.
    pub(crate) async fn build(
        settings: &Settings,
        health: &Health,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        lifecycle::private_folder(&settings.data).map_err(|error| {
            ConfigError(format!("The data folder {} cannot be made: {error}.", settings.data.display()))
        })?;
        let broker = Broker::in_process();
        let of_registry = Database::open(&settings.database("registry"), READERS).await?;
        let of_provisioning = Database::open(&settings.database("provisioning"), READERS).await?;
        let registry = PersonRoleService::build(of_registry.clone(), broker.clone(), Clock::system())
            .await?
            .with_audit(settings.audit)
            .with_retention(settings.retention.deleted_days)
            .with_mail(&settings.mail())?;
        let to_registry = Channel::in_process_with_near(registry.routes(), registry.near_routes());
        let provisioning = ProvisioningService::build(
            provisioning_service::Settings {
                worker: settings.worker.clone(),
                retention: settings.retention.of_provisioning(),
                egress: settings.egress.clone(),
                secrets: settings.key_source()?,
            },
            of_provisioning.clone(),
            broker.clone(),
            to_registry.clone(),
            settings.data.clone(),
            Clock::system(),
            health.clone(),
        )
        .await?
        .alone()
        .with_audit(settings.audit)
        .with_quota(&settings.quota);
        let to_provisioning = Channel::in_process(provisioning.routes());
        Ok(Self {
            registry,
            provisioning,
            to_registry,
            to_provisioning,
            broker,
            databases: [of_registry, of_provisioning],
        })
    }

    /// Sets the services to work until the process stops.
    pub(crate) fn work(&self, stop: &CancellationToken) -> JoinSet<()> {
        let mut work = JoinSet::new();
        work.spawn(self.registry.clone().run(stop.clone()));
        let (provisioning, stop) = (self.provisioning.clone(), stop.clone());
        work.spawn(async move { provisioning.run(stop).await });
        work
    }

    /// Closes what was opened.
    pub(crate) async fn close(self) {
        self.broker.close().await;
        for database in self.databases {
            database.close().await;
        }
    }
}
