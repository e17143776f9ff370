//! `cohort retention`: what would go, before it goes, also while the server runs.

use std::path::Path;

use clap::{Args, Subcommand};
use person_role_service::{app::forget_deleted, store::retention};
use provisioning_service::{RetentionSettings, app::plan_retention};
use service_kit::{clock::Clock, database::Database};

use crate::settings::Settings;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What can be done with retention.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Says how many rows of each kind would go now; takes nothing away.
    Plan(Wish),
}

/// Where the databases are, and how long things would be kept.
#[derive(Debug, Args)]
pub(crate) struct Wish {
    /// The database of the person-role-service, postgres://… or sqlite://…; without it that in the data folder.
    #[arg(long)]
    registry: Option<String>,
    /// The database of the provisioning-service.
    #[arg(long)]
    provisioning: Option<String>,
    /// As if retention.deleted_days were this.
    #[arg(long, value_name = "DAYS")]
    deleted_days: Option<u32>,
    /// As if retention.requests_days were this.
    #[arg(long, value_name = "DAYS")]
    requests_days: Option<u32>,
}

/// Runs a command.
pub(crate) async fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let Command::Plan(Wish { registry, provisioning, deleted_days, requests_days }) = command;
    let url = |given: Option<String>, name: &str| given.unwrap_or_else(|| settings.database(name));
    let days = deleted_days.unwrap_or(settings.retention.deleted_days);
    of_registry(&url(registry, "registry"), days).await?;
    let keep = settings.retention.of_provisioning();
    let keep = RetentionSettings { requests_days: requests_days.unwrap_or(keep.requests_days), ..keep };
    of_provisioning(&url(provisioning, "provisioning"), &keep).await
}

async fn of_registry(url: &str, days: u32) -> Result<(), Failure> {
    let Some(before) = forget_deleted::before(Clock::system().now(), days) else {
        println!("registry      what was deleted is kept for ever (retention.deleted_days)");
        return Ok(());
    };
    let database = open(url).await?;
    let found = retention::count(database.reader(), before).await;
    database.close().await;
    println!("registry      deleted before {}:", before.format("%Y-%m-%d %H:%M:%S UTC"));
    found?.numbers().for_each(|(name, rows)| line(name, rows));
    Ok(())
}

async fn of_provisioning(url: &str, keep: &RetentionSettings) -> Result<(), Failure> {
    let database = open(url).await?;
    let found = plan_retention::run(database.reader(), keep, Clock::system().now()).await;
    database.close().await;
    println!("provisioning  ended or happened longer ago than is kept:");
    found?.into_iter().for_each(|(name, rows)| line(name, rows));
    Ok(())
}

fn line(name: &str, rows: u64) {
    println!("              {rows:>9} {name}");
}

async fn open(url: &str) -> Result<Database, Failure> {
    // Opening one that is not there would make it.
    if let Some(file) = url.strip_prefix("sqlite://").filter(|file| !Path::new(file).exists()) {
        return Err(format!("There is no database {file}.").into());
    }
    Ok(Database::open(url, 1).await?)
}
