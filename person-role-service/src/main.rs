//! The binary of the registry.

use std::{net::SocketAddr, process::ExitCode};

use messaging::{AmqpSettings, Broker};
use person_role_service::{
    PersonRoleService,
    app::bootstrap,
    mail::Mailer,
    settings::{BrokerSettings, DEFAULTS, DatabaseSettings, Settings},
};
use service_kit::{
    clock::Clock,
    command::{self, Task},
    config::{self, ConfigError},
    database::Database,
    health::{Health, Need},
    lifecycle,
    rpc::{self, trust::Trust},
    telemetry::Telemetry,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    lifecycle::begin();
    lifecycle::exit(
        match command::of_service("person-role-service", "The registry of Cohort: people, roles and groups.") {
            Task::Serve => run().await,
            Task::CheckConfig => command::checked(configuration().map(|(_, _, trust)| trust.note())),
            Task::Settings => {
                print!("{DEFAULTS}");
                Ok(())
            }
        },
    )
}

/// The settings, if they are good, the address on which to serve, and the certificates.
fn configuration() -> Result<(Settings, SocketAddr, Trust), ConfigError> {
    let settings: Settings = config::load(DEFAULTS)?;
    settings.log.filter()?;
    let listen = config::address("grpc.listen", &settings.grpc.listen)?;
    if !settings.ops.listen.is_empty() {
        config::address("ops.listen", &settings.ops.listen)?;
    }
    config::needed("database.url", settings.database.url.reveal())?;
    config::needed("broker.url", settings.broker.url.reveal())?;
    bootstrap::check(&settings.bootstrap.user, settings.bootstrap.key.reveal())?;
    broker_of(&settings).check().map_err(|error| ConfigError(format!("broker.url or broker.ca: {error}.")))?;
    Mailer::new(&settings.mail)?;
    let trust = settings.tls.trust()?;
    Ok((settings, listen, trust))
}

fn broker_of(settings: &Settings) -> AmqpSettings {
    let BrokerSettings { url, ca, declare } = &settings.broker;
    AmqpSettings::new(url.reveal(), "person-role-service").trusting(ca).declaring(*declare)
}

async fn run() -> Result<(), Failure> {
    let (settings, listen, trust) = configuration()?;
    let telemetry = Telemetry::start("person-role-service", &settings.log, &settings.otlp)?;
    let stop = lifecycle::stop_on_signals()?;
    let health = Health::new();
    health.report("start", Need::Needed, Some("starting".to_owned()));
    if !settings.ops.listen.is_empty() {
        let address = config::address("ops.listen", &settings.ops.listen)?;
        tokio::spawn(service_kit::health::serve(address, health.clone(), stop.clone()));
    }

    let DatabaseSettings { url, connections, ca } = &settings.database;
    let database = Database::open_trusting(url.reveal(), *connections, ca).await?;
    let broker = Broker::amqp(broker_of(&settings))?;
    let ping = database.clone();
    tokio::spawn(health.clone().watch("database", Need::Needed, stop.clone(), move || {
        let ping = ping.clone();
        async move { ping.ping().await.map_err(|error| error.to_string()) }
    }));
    let connected = broker.clone();
    tokio::spawn(health.clone().watch("broker", Need::Spared, stop.clone(), move || {
        let well = connected.is_connected();
        async move { if well { Ok(()) } else { Err("not connected".to_owned()) } }
    }));

    let building = PersonRoleService::build(database.clone(), broker.clone(), Clock::system());
    let service = tokio::select! {
        service = building => service?.with_audit(settings.audit).with_retention(settings.retention.deleted_days).with_mail(&settings.mail)?,
        () = stop.cancelled() => return Ok(()),
    };
    if !settings.bootstrap.key.is_empty() {
        let made = service.bootstrap(&settings.bootstrap.user, Some(settings.bootstrap.key.reveal())).await?;
        if let Some(made) = made {
            tracing::info!(username = made.username, "made the first platform API user");
        }
    }
    health.report("start", Need::Needed, None);
    let (routes, near) = (service.routes(), service.near());
    let work = tokio::spawn(service.run(stop.clone()));
    rpc::serve(listen, trust, routes, Some(near), health, stop.clone()).await?;
    stop.cancel();
    work.await?;
    broker.close().await;
    database.close().await;
    telemetry.flush();
    Ok(())
}
