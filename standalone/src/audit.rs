//! `cohort audit`: the security logs of both services, checked from the command line, also while the server runs.

use std::path::Path;

use clap::{Args, Subcommand};
use service_kit::{
    audit::verify::{Verdict, verify},
    database::Database,
};

use crate::settings::Settings;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What can be done with security logs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Follows the chains of both logs; says which record is the first that does not follow from the one before it.
    Verify(Databases),
}

/// Where the logs are.
#[derive(Debug, Args)]
pub(crate) struct Databases {
    /// The database of the person-role-service, postgres://… or sqlite://…; without it that in the data folder.
    #[arg(long)]
    registry: Option<String>,
    /// The database of the provisioning-service.
    #[arg(long)]
    provisioning: Option<String>,
}

/// Runs a command.
pub(crate) async fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let Command::Verify(databases) = command;
    let mut broken = Vec::new();
    for (name, given) in [("registry", databases.registry), ("provisioning", databases.provisioning)] {
        let verdict = check(&given.unwrap_or_else(|| settings.database(name))).await?;
        println!(
            "{name:<13} {} records follow from one another, the last has the hash {}",
            verdict.records,
            shown(&verdict)
        );
        broken.extend(verdict.broken.map(|broken| format!("{name}: record {}: {}", broken.id, broken.sentence)));
    }
    if broken.is_empty() { Ok(()) } else { Err(format!("A security log was changed. {}", broken.join(" ")).into()) }
}

fn shown(verdict: &Verdict) -> &str {
    if verdict.hash.is_empty() { "(none)" } else { &verdict.hash }
}

async fn check(url: &str) -> Result<Verdict, Failure> {
    // Opening one that is not there would make it.
    if let Some(file) = url.strip_prefix("sqlite://").filter(|file| !Path::new(file).exists()) {
        return Err(format!("There is no database {file}.").into());
    }
    let database = Database::open(url, 1).await?;
    let verdict = verify(database.reader()).await;
    database.close().await;
    Ok(verdict?)
}
