//! Serving until the process is stopped.

use std::{
    fs::{File, TryLockError},
    net::SocketAddr,
    path::Path,
};

use gateway::Gateway;
use person_role_service::{app::bootstrap, mail::Mailer};
use service_kit::{
    clock::Clock,
    config::{self, ConfigError},
    health::{Health, Need},
    lifecycle,
    telemetry::Telemetry,
};

use crate::{house::House, settings::Settings};

/// Serves the REST API; on the first start makes the platform API user and prints its key, once.
pub(crate) async fn serve(settings: Settings) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let listen = checked(&settings).await?;
    let telemetry = Telemetry::start("cohort", &settings.log, &settings.otlp)?;
    let stop = lifecycle::stop_on_signals()?;
    let health = Health::new();
    let listener = std::net::TcpListener::bind(listen).map_err(|error| {
        ConfigError(format!("The address {listen} cannot be listened on: {error}. Stop what listens there, or set COHORT_LISTEN to another address."))
    })?;
    let _only_one = hold(&settings.data)?;
    let house = House::build(&settings, &health).await?;
    let registry = house.registry.app().database.clone();
    tokio::spawn(health.clone().watch("registry-database", Need::Needed, stop.clone(), move || {
        let registry = registry.clone();
        async move { registry.ping().await.map_err(|error| error.to_string()) }
    }));
    let key = Some(settings.bootstrap.key.reveal()).filter(|key| !key.is_empty());
    let made = house.registry.bootstrap(&settings.bootstrap.user, key).await?;
    let gateway = Gateway::build(
        settings.gateway.clone(),
        house.to_registry.clone(),
        house.to_provisioning.clone(),
        Clock::system(),
        health.clone(),
    );
    if !settings.gateway.ops.listen.is_empty() {
        let address = config::address("ops.listen", &settings.gateway.ops.listen)?;
        tokio::spawn(service_kit::health::serve(address, health.clone(), stop.clone()));
    }
    let mut work = house.work(&stop);
    let scheme = if settings.gateway.http.certificate.is_empty() { "http" } else { "https" };
    let root = format!("{scheme}://{}", listener.local_addr()?);
    println!("Cohort is at {root}/registry");
    if let Some(bootstrap::Made { username, key: Some(key) }) = made {
        greet(&username, &key, &root);
    }
    let served = gateway.run(listener, stop.clone()).await;
    stop.cancel();
    while work.join_next().await.is_some() {}
    house.close().await;
    telemetry.flush();
    Ok(served?)
}

/// The address on which to serve, if the settings are good, and so are the keys for secrets.
pub(crate) async fn checked(settings: &Settings) -> Result<SocketAddr, ConfigError> {
    settings.key_source()?.read().await?;
    address_of(settings)
}

/// The address on which to serve, if the settings are good.
fn address_of(settings: &Settings) -> Result<SocketAddr, ConfigError> {
    settings.log.filter()?;
    bootstrap::check(&settings.bootstrap.user, settings.bootstrap.key.reveal())?;
    Mailer::new(&settings.mail())?;
    settings.egress.networks().map_err(|error| ConfigError(format!("{error}.")))?;
    if !settings.gateway.ops.listen.is_empty() {
        config::address("ops.listen", &settings.gateway.ops.listen)?;
    }
    settings.gateway.http.tls()?;
    config::address("listen", &settings.gateway.listen)
}

/// Holds the data folder: two servers on one would take each other's work for abandoned.
fn hold(data: &Path) -> Result<File, ConfigError> {
    let wrong = |what: String| ConfigError(format!("The data folder {} {what}.", data.display()));
    lifecycle::private_folder(data).map_err(|error| wrong(format!("cannot be made: {error}")))?;
    let file =
        File::create(data.join("cohort.lock")).map_err(|error| wrong(format!("cannot be written to: {error}")))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(wrong(
            "belongs to a cohort that is running; stop that one, or set COHORT_DATA to another folder".to_owned(),
        )),
        Err(TryLockError::Error(error)) => Err(wrong(format!("cannot be locked: {error}"))),
    }
}

fn greet(username: &str, key: &str, root: &str) {
    println!(
        "\nThe platform API user was made. Its key is shown this once:\n\n    user  {username}\n    key   {key}\n\nTry it:\n\n    \
         curl -u '{username}:{key}' {root}/registry/cos.json\n"
    );
}
