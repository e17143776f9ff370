//! The process `gateway`.

use std::process::ExitCode;

use gateway::{DEFAULTS, Gateway, ProcessSettings};
use service_kit::{
    clock::Clock,
    command::{self, Task},
    config::{self, ConfigError},
    health::{self, Health, Need},
    lifecycle,
    rpc::{
        self, Channel,
        trust::{Part, Trust},
    },
    telemetry::Telemetry,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    lifecycle::begin();
    lifecycle::exit(match command::of_service("gateway", "The REST face of Cohort.") {
        Task::Serve => run().await,
        Task::CheckConfig => command::checked(configuration().and_then(|settings| {
            let notes = [settings.tls.trust()?.note(), settings.gateway.http.note()];
            Ok(notes.into_iter().flatten())
        })),
        Task::Settings => {
            print!("{DEFAULTS}");
            Ok(())
        }
    })
}

/// The settings, if they are good.
fn configuration() -> Result<ProcessSettings, ConfigError> {
    let settings: ProcessSettings = config::load(DEFAULTS)?;
    settings.log.filter()?;
    config::address("listen", &settings.gateway.listen)?;
    if !settings.gateway.ops.listen.is_empty() {
        config::address("ops.listen", &settings.gateway.ops.listen)?;
    }
    settings.gateway.http.tls()?;
    ways(&settings, &settings.tls.trust()?)?;
    Ok(settings)
}

/// The ways to both services.
fn ways(settings: &ProcessSettings, trust: &Trust) -> Result<[Channel; 2], ConfigError> {
    Ok([
        Channel::trusting(&settings.person_role.url, "person_role.url", trust, Part::PersonRole)?,
        Channel::trusting(&settings.provisioning.url, "provisioning.url", trust, Part::Provisioning)?,
    ])
}

async fn run() -> Result<(), Failure> {
    let settings = configuration()?;
    let telemetry = Telemetry::start("cohort-gateway", &settings.log, &settings.otlp)?;
    let served = serve(settings).await;
    telemetry.flush();
    served
}

async fn serve(settings: ProcessSettings) -> Result<(), Failure> {
    let stop = lifecycle::stop_on_signals()?;
    let [person_role, provisioning] = ways(&settings, &settings.tls.trust()?)?;
    let health = Health::new();
    for (part, channel) in [("person-role-service", &person_role), ("provisioning-service", &provisioning)] {
        let channel = channel.clone();
        tokio::spawn(
            health.clone().watch(part, Need::Needed, stop.clone(), move || rpc::check_health(channel.clone())),
        );
    }
    if !settings.gateway.ops.listen.is_empty() {
        let address = config::address("ops.listen", &settings.gateway.ops.listen)?;
        let (health, stop) = (health.clone(), stop.clone());
        tokio::spawn(async move {
            if let Err(error) = health::serve(address, health, stop).await {
                tracing::error!(%address, %error, "health and metrics are not served");
            }
        });
    }
    Gateway::build(settings.gateway, person_role, provisioning, Clock::system(), health).bind()?.run(stop).await?;
    Ok(())
}
