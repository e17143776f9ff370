//! Commands that ask a running server over its REST API: `cohort target`, `request`, `plan`, `explain`.
//!
//! Guarantee: what is told goes to standard output, tables for people or, with `--json`, one JSON object a line, as the API
//! has it; progress goes to standard error, and only to a terminal. Exit code 0 says that what was asked for is done, or is
//! so; 1 that it is not, and why; 2 that the command line is wrong; 64 that a setting is.

use std::{io, path::PathBuf};

use clap::Args;
use service_kit::config::{ConfigError, Secret};

use crate::{remote::client::Client, settings::Settings};

mod client;
mod explain;
mod list;
mod plan;
mod progress;
mod provision;
mod record;
mod request;
mod subject;
mod table;
mod target;

use subject::Subject;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Which server is asked, by whom, and how the answer is told.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// The address of the server; without it COHORT_CLIENT_URL, or http://127.0.0.1:8080.
    #[arg(long, global = true)]
    url: Option<String>,
    /// The API user to log in as; without it COHORT_CLIENT_USER, or admin.
    #[arg(long, global = true)]
    user: Option<String>,
    /// A file that holds its key; without it COHORT_CLIENT_KEY or COHORT_CLIENT_KEY_FILE.
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Tells one JSON object a line, for machines, instead of tables.
    #[arg(long, global = true)]
    json: bool,
}

/// `cohort target`.
#[derive(Debug, Args)]
pub(crate) struct Targets {
    #[command(flatten)]
    pub(crate) server: Server,
    #[command(subcommand)]
    pub(crate) command: target::Command,
}

/// `cohort request`.
#[derive(Debug, Args)]
pub(crate) struct Requests {
    #[command(flatten)]
    pub(crate) server: Server,
    #[command(subcommand)]
    pub(crate) command: request::Command,
}

/// `cohort plan`.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) server: Server,
    #[command(flatten)]
    pub(crate) wish: plan::Wish,
}

/// `cohort explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) server: Server,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// A subject at a target.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The id of the target.
    target: i64,
    /// The subject: copersonid:42, cogroupid:7, coemaillistid:1, coserviceid:1, or all of couid:3 or coid:2.
    subject: Subject,
}

/// What is asked.
pub(crate) enum Asked {
    Target(target::Command),
    Request(request::Command),
    Plan(plan::Wish),
    Explain(Place),
}

/// Runs a command against a server.
pub(crate) async fn run(settings: &Settings, server: Server, asked: Asked) -> Result<(), Failure> {
    let json = server.json;
    let client = connect(settings, server)?;
    let done = match asked {
        Asked::Target(command) => target::run(&client, command, json).await,
        Asked::Request(command) => request::run(&client, command, json).await,
        Asked::Plan(wish) => plan::run(&client, &wish, json).await,
        Asked::Explain(place) => explain::run(&client, &place, json).await,
    };
    match done {
        // Whoever reads has read enough: `cohort request list | head`.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(is_closed) => Ok(()),
        done => done,
    }
}

fn is_closed(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

fn connect(settings: &Settings, server: Server) -> Result<Client, Failure> {
    let key = match server.key_file {
        None => settings.client.key.clone(),
        Some(file) => {
            let text = std::fs::read_to_string(&file).map_err(|error| {
                ConfigError(format!("The file {} of the key cannot be read: {error}.", file.display()))
            })?;
            Secret::new(text.trim_end_matches(['\r', '\n']))
        }
    };
    if key.is_empty() {
        let sentence = "There is no key to log in with: name a file that holds it by --key-file or COHORT_CLIENT_KEY_FILE, \
             or set COHORT_CLIENT_KEY.";
        return Err(ConfigError(sentence.to_owned()).into());
    }
    let url = server.url.unwrap_or_else(|| settings.client.url.clone());
    Client::new(&url, server.user.unwrap_or_else(|| settings.client.user.clone()), key)
}
