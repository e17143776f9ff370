//! The program `provisioning-service`: the provisioning service alone, beside the others.

use std::{error::Error, net::SocketAddr, path::PathBuf, process::ExitCode};

use messaging::{AmqpSettings, Broker};
use provisioning_service::{
    EgressSettings, KeySource, ProvisioningService, QuotaSettings, RetentionSettings, SecretsSettings, Settings,
    WorkerSettings,
};
use serde::Deserialize;
use service_kit::{
    audit::AuditSettings,
    clock::Clock,
    command::{self, SecretsTask, Task},
    config::{self, ConfigError, Secret},
    database::Database,
    health::{self, Health, Need},
    lifecycle,
    rpc::{
        self, Channel,
        trust::{Part, TlsSettings},
    },
    telemetry::{LogSettings, OtlpSettings, Telemetry},
};
use tokio_util::sync::CancellationToken;

const DEFAULTS: &str = include_str!("config.default.toml");

/// The part that is reported until the service has begun.
const START: &str = "start";

type Failure = Box<dyn Error + Send + Sync>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Process {
    data: PathBuf,
    grpc: Listen,
    ops: Listen,
    tls: TlsSettings,
    database: DatabaseSettings,
    broker: BrokerSettings,
    person_role: PersonRole,
    worker: WorkerSettings,
    retention: RetentionSettings,
    audit: AuditSettings,
    quota: QuotaSettings,
    egress: EgressSettings,
    secrets: SecretsSettings,
    log: LogSettings,
    otlp: OtlpSettings,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listen {
    listen: SocketAddr,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseSettings {
    url: Secret,
    connections: u32,
    ca: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BrokerSettings {
    url: Secret,
    ca: String,
    declare: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonRole {
    url: String,
}

impl BrokerSettings {
    fn amqp(&self) -> AmqpSettings {
        AmqpSettings::new(self.url.reveal(), "provisioning-service").trusting(&self.ca).declaring(self.declare)
    }
}

impl Process {
    fn registry(&self) -> Result<Channel, ConfigError> {
        Channel::trusting(&self.person_role.url, "person_role.url", &self.tls.trust()?, Part::PersonRole)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    lifecycle::begin();
    let (secrets_task, task) =
        command::of_service_with_secrets("provisioning-service", "Writes what Cohort knows of people to targets.");
    lifecycle::exit(match (secrets_task, task) {
        (Some(task), _) => secrets(task).await,
        (None, Task::Serve) => begin().await,
        (None, Task::CheckConfig) => command::checked(noted().await),
        (None, Task::Settings) => {
            print!("{DEFAULTS}");
            Ok(())
        }
    })
}

/// The settings, if they are good.
fn configuration() -> Result<Process, ConfigError> {
    let process: Process = config::load(DEFAULTS)?;
    process.log.filter()?;
    config::needed("database.url", process.database.url.reveal())?;
    config::needed("broker.url", process.broker.url.reveal())?;
    process.egress.networks().map_err(|error| ConfigError(format!("{error}.")))?;
    process.broker.amqp().check().map_err(|error| ConfigError(format!("broker.url or broker.ca: {error}.")))?;
    process.registry()?;
    Ok(process)
}

/// The settings, if they are good, and so are the keys for secrets; with a word to people if there are none.
async fn checked() -> Result<(Process, KeySource), ConfigError> {
    let process = configuration()?;
    let source = process.secrets.source()?;
    if source.read().await?.newest().is_none() {
        eprintln!("{}: targets with secrets can neither be added nor edited.", source.described());
    }
    Ok((process, source))
}

/// What there is to be known of settings that are good.
async fn noted() -> Result<Option<String>, ConfigError> {
    Ok(checked().await?.0.tls.trust()?.note())
}

/// Does something with the keys for secrets, also while other processes serve.
async fn secrets(task: SecretsTask) -> Result<(), Failure> {
    let process = configuration()?;
    let source = process.secrets.source()?;
    let database = (process.database.url.reveal(), process.database.ca.as_str());
    provisioning_service::command::secrets(task, database, source, &process.data).await
}

async fn begin() -> Result<(), Failure> {
    let (process, source) = checked().await?;
    let telemetry = Telemetry::start("provisioning-service", &process.log, &process.otlp)?;
    let stop = lifecycle::stop_on_signals()?;
    let health = Health::new();
    health.report(START, Need::Needed, Some("it is starting".to_owned()));
    let over = CancellationToken::new();
    let ops = tokio::spawn({
        let (served, stop) = (health::serve(process.ops.listen, health.clone(), over.clone()), stop.clone());
        async move {
            let result = served.await;
            // Without it nobody could tell how the process is.
            stop.cancel();
            result
        }
    });
    let result = run(process, source, health, &stop).await;
    over.cancel();
    let served = ops.await;
    telemetry.flush();
    result?;
    served??;
    Ok(())
}

async fn run(process: Process, secrets: KeySource, health: Health, stop: &CancellationToken) -> Result<(), Failure> {
    let (registry, trust) = (process.registry()?, process.tls.trust()?);
    let Process { data, grpc, database, broker, worker, retention, audit, quota, egress, .. } = process;
    let broker =
        Broker::amqp(broker.amqp()).map_err(|error| ConfigError(format!("broker.url cannot be used: {error}.")))?;
    let database = Database::open_trusting(database.url.reveal(), database.connections, &database.ca).await?;
    let service = tokio::select! {
        () = stop.cancelled() => return Ok(()),
        built = ProvisioningService::build(
            Settings { worker, retention, egress, secrets },
            database.clone(),
            broker.clone(),
            registry,
            data,
            Clock::system(),
            health.clone(),
        ) => built?.with_audit(audit).with_quota(&quota),
    };
    let work = tokio::spawn({
        let (service, stop) = (service.clone(), stop.clone());
        async move { service.run(stop).await }
    });
    health.report(START, Need::Needed, None);
    let served = rpc::serve(grpc.listen, trust, service.routes(), None, health, stop.clone()).await;
    // A server that broke ends the process, in order.
    stop.cancel();
    let worked = work.await;
    broker.close().await;
    database.close().await;
    served?;
    worked?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_settings() {
        let process: Process = config::read(DEFAULTS, &std::collections::BTreeMap::new()).expect("settings");
        assert_eq!(process.worker.batch, WorkerSettings::default().batch);
        assert!(!format!("{process:?}").contains("guest:guest"));
    }
}
