//! Serving until the process is stopped.

use gateway::Gateway;
use person_role_service::app::bootstrap;
use service_kit::{
    clock::Clock,
    config::{self, ConfigError},
    health::Health,
    lifecycle,
    telemetry::Telemetry,
};

use crate::{house::House, settings::Settings};

/// Serves the REST API; on the first start makes the platform API user and prints its key, once.
pub(crate) async fn serve(settings: Settings) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let listen = config::address("listen", &settings.gateway.listen)?;
    bootstrap::check(&settings.bootstrap.user, settings.bootstrap.key.reveal())?;
    let telemetry = Telemetry::start("cohort", &settings.log, &settings.otlp)?;
    let stop = lifecycle::stop_on_signals()?;
    let health = Health::new();
    let listener = std::net::TcpListener::bind(listen).map_err(|error| {
        ConfigError(format!("The address {listen} cannot be listened on: {error}. Set COHORT_LISTEN to another one."))
    })?;
    let house = House::build(&settings, &health).await?;
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
    println!("Cohort is at http://{}/registry", listener.local_addr()?);
    if let Some(bootstrap::Made { username, key: Some(key) }) = made {
        greet(&username, &key, listener.local_addr()?);
    }
    let served = gateway.run(listener, stop.clone()).await;
    stop.cancel();
    while work.join_next().await.is_some() {}
    house.close().await;
    telemetry.flush();
    Ok(served?)
}

fn greet(username: &str, key: &str, address: std::net::SocketAddr) {
    println!(
        "\nThe platform API user was made. Its key is shown this once:\n\n    user  {username}\n    key   {key}\n\nTry it:\n\n    \
         curl -u '{username}:{key}' http://{address}/registry/cos.json\n"
    );
}
