//! `cohort`: the gateway and both services in one process, with SQLite files and the in-process broker.

use std::{io::Write as _, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};
use service_kit::{
    command::{self, SecretsTask},
    config, lifecycle,
};

use crate::settings::{DEFAULTS, Settings};

mod api_user;
mod audit;
mod demo;
mod house;
mod ledger;
mod remote;
mod retention;
mod serve;
mod settings;

/// People, roles and provisioning of research collaborations, with the COmanage Registry REST API v1.
///
/// Without a command it serves until it is stopped. Settings come from the environment (COHORT_LISTEN, COHORT_DATA, …)
/// or from the file that COHORT_CONFIG names; `cohort settings` shows them all.
#[derive(Debug, Parser)]
#[command(name = "cohort", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the REST API (what happens without a command).
    Serve,
    /// Fills in a small CO to play with: COUs, people, groups, a list and targets.
    Demo,
    /// API users, managed from the command line.
    #[command(subcommand)]
    ApiUser(api_user::Command),
    /// Says whether the configuration is good; starts nothing.
    CheckConfig,
    /// The security logs of both services.
    #[command(subcommand)]
    Audit(audit::Command),
    /// What was accepted for the targets, and what became of it.
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// What is kept, and what goes when it is long past.
    #[command(subcommand)]
    Retention(retention::Command),
    /// Provisioning targets of a running server: what there is, what would be sent, what is held.
    Target(remote::Targets),
    /// Provisioning requests of a running server.
    Request(remote::Requests),
    /// Says what a running server would send to a target; nothing is sent.
    Plan(remote::Plan),
    /// Says why a subject is at a target or not.
    Explain(remote::Explain),
    /// Prints what a shell needs to complete this command line.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// The keys that encrypt the secrets of targets.
    #[command(subcommand)]
    Secrets(SecretsTask),
    /// Prints all settings with their defaults and explanations.
    Settings,
}

#[tokio::main]
async fn main() -> ExitCode {
    lifecycle::begin();
    let arguments = Arguments::parse();
    lifecycle::exit(run(arguments.command.unwrap_or(Command::Serve)).await)
}

async fn run(command: Command) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    match command {
        Command::Settings => {
            print!("{DEFAULTS}");
            return Ok(());
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "cohort", &mut script);
            // Whoever reads only its beginning has read enough.
            let _read = std::io::stdout().write_all(&script);
            return Ok(());
        }
        _ => {}
    }
    let settings: Settings = config::load(DEFAULTS)?;
    match command {
        Command::Serve => serve::serve(settings).await,
        Command::Demo => demo::demo(&settings).await,
        Command::ApiUser(command) => api_user::run(&settings, command).await,
        Command::CheckConfig => command::checked(serve::checked(&settings).await.map(|_| settings.gateway.http.note())),
        Command::Audit(command) => audit::run(&settings, command).await,
        Command::Ledger(command) => ledger::run(&settings, command).await,
        Command::Retention(command) => retention::run(&settings, command).await,
        Command::Target(asked) => remote::run(&settings, asked.server, remote::Asked::Target(asked.command)).await,
        Command::Request(asked) => remote::run(&settings, asked.server, remote::Asked::Request(asked.command)).await,
        Command::Plan(asked) => remote::run(&settings, asked.server, remote::Asked::Plan(asked.wish)).await,
        Command::Explain(asked) => remote::run(&settings, asked.server, remote::Asked::Explain(asked.place)).await,
        Command::Secrets(task) => {
            let (url, source) = (settings.database("provisioning"), settings.key_source()?);
            provisioning_service::command::secrets(task, (&url, ""), source, &settings.data).await
        }
        Command::Completions { .. } | Command::Settings => Ok(()),
    }
}
