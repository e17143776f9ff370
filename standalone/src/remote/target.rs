//! `cohort target`: provisioning targets.

use std::{fs, io, path::PathBuf};

use clap::Subcommand;
use serde_json::{Map, Value, json};

use crate::remote::{
    Failure,
    client::Client,
    list, plan, provision,
    record::{counted, field, number},
    table::{Table, line},
};

const PLURAL: &str = "CoProvisioningTargets";

/// What can be done with targets.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists targets and how they fare.
    List {
        /// Only of this CO.
        #[arg(long)]
        co: Option<i64>,
    },
    /// Adds a target.
    Add(New),
    /// Reaches for a target as it is configured; exit code 1 with its words if it cannot be used.
    Check {
        /// The id of the target.
        target: i64,
    },
    /// The same as `cohort plan`.
    Plan(plan::Wish),
    /// Provisions a subject, or all of a COU or CO.
    Provision(provision::Wish),
    /// Compares a target with the registry, and lists how they differ; exit code 1 if they do and nothing is repaired.
    Compare(provision::Comparison),
    /// Queues again what failed at a target.
    Retry {
        /// The id of the target.
        target: i64,
        /// Only what failed with this text in its error.
        #[arg(long, value_name = "TEXT")]
        error: Option<String>,
    },
    /// Lets go the removals that the guard holds, and begins its window anew.
    Release {
        /// The id of the target.
        target: i64,
    },
    /// Cancels the removals that the guard holds.
    Drop {
        /// The id of the target.
        target: i64,
    },
}

/// A new target.
#[derive(Debug, clap::Args)]
pub(crate) struct New {
    /// The id of its CO.
    #[arg(long)]
    co: i64,
    /// Its plugin, such as LdapProvisioner.
    #[arg(long)]
    plugin: String,
    /// When it is provisioned: A, E, M, Q, QE or X.
    #[arg(long, default_value = "M")]
    status: String,
    /// What histories call it.
    #[arg(long)]
    description: Option<String>,
    /// A file with the keys of the plugin, a JSON object; - for standard input. Secrets are never on a command line.
    #[arg(long, value_name = "FILE")]
    configuration: PathBuf,
    /// Any other field of a target, such as GuardCount=50; may be given several times.
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = pair)]
    fields: Vec<(String, String)>,
    /// Reaches for the target before it is kept.
    #[arg(long)]
    check: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it is a name and a value, such as GuardCount=50")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Runs a command.
pub(super) async fn run(client: &Client, command: Command, json: bool) -> Result<(), Failure> {
    match command {
        Command::List { co } => list(client, co, json).await,
        Command::Add(new) => add(client, new, json).await,
        Command::Check { target } => check(client, target, json).await,
        Command::Plan(wish) => plan::run(client, &wish, json).await,
        Command::Provision(wish) => provision::run(client, &wish, json).await,
        Command::Compare(comparison) => provision::compare(client, &comparison, json).await,
        Command::Retry { target, error } => {
            let body = error.map_or(Value::Null, |error| json!({ "Error": error }));
            act(client, target, "retry", &body, json, "queued again").await
        }
        Command::Release { target } => act(client, target, "release", &Value::Null, json, "let go").await,
        Command::Drop { target } => act(client, target, "drop", &Value::Null, json, "canceled").await,
    }
}

async fn list(client: &Client, co: Option<i64>, json: bool) -> Result<(), Failure> {
    let path = match co {
        Some(co) => format!("co_provisioning_targets.json?coid={co}"),
        None => "co_provisioning_targets.json".to_owned(),
    };
    let header =
        &["Id", "CO", "Plugin", "Status", "Description", "Health", "Waiting", "Failing", "Held", "LastSuccess", ""];
    list::tell(client, (&path, PLURAL), Table::new(header, json), row).await
}

fn row(record: &Value) -> Vec<String> {
    let names =
        ["Id", "CoId", "Plugin", "Status", "Description", "Health", "Waiting", "Failing", "Held", "LastSuccess"];
    let mut cells: Vec<String> = names.iter().map(|name| field(record, name)).collect();
    // What is well needs no sentence.
    let is_well = matches!(field(record, "Health").as_str(), "Good" | "Unknown");
    cells.push(if is_well { String::new() } else { field(record, "HealthSentence") });
    cells
}

async fn add(client: &Client, new: New, json: bool) -> Result<(), Failure> {
    let name = new.configuration.display();
    let text = match new.configuration.to_str() {
        Some("-") => io::read_to_string(io::stdin()),
        _ => fs::read_to_string(&new.configuration),
    };
    let text = text.map_err(|error| format!("The configuration {name} cannot be read: {error}."))?;
    let configuration: Map<String, Value> = serde_json::from_str(&text).map_err(|error| {
        // The error's own words might show a secret.
        format!("The configuration {name} is no JSON object (line {}, column {}).", error.line(), error.column())
    })?;
    let mut record: Map<String, Value> =
        new.fields.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    record.extend([
        ("Version".to_owned(), json!("1.0")),
        ("CoId".to_owned(), json!(new.co)),
        ("Plugin".to_owned(), json!(new.plugin)),
        ("Status".to_owned(), json!(new.status)),
        ("Configuration".to_owned(), Value::Object(configuration)),
    ]);
    if let Some(description) = new.description {
        record.insert("Description".to_owned(), Value::String(description));
    }
    if new.check {
        record.insert("Check".to_owned(), json!(true));
    }
    let added = client.post("co_provisioning_targets.json", &Value::Object(record)).await?.document;
    Ok(line(&if json { added.to_string() } else { format!("Target {} was added.", field(&added, "Id")) })?)
}

/// Edits a target into what it is, with the wish that it be reached for.
async fn check(client: &Client, target: i64, json: bool) -> Result<(), Failure> {
    let path = format!("co_provisioning_targets/{target}.json");
    let seen = client.view(&path, PLURAL).await?;
    let mut record = Map::from_iter([("Version".to_owned(), json!("1.0")), ("Check".to_owned(), json!(true))]);
    for name in ["CoId", "Plugin", "Status"] {
        record.extend(seen.document.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    client.put(&path, &Value::Object(record), seen.tag.as_deref()).await?;
    let told = json!({ "CoProvisioningTargetId": target, "Check": true });
    Ok(line(&if json { told.to_string() } else { format!("Target {target} can be used as it is configured.") })?)
}

async fn act(client: &Client, target: i64, name: &str, body: &Value, json: bool, done: &str) -> Result<(), Failure> {
    let answer = client.post(&format!("co_provisioning_targets/{target}/{name}.json"), body).await?.document;
    let count = number(&answer, "Count");
    let was = if count == 1 { "was" } else { "were" };
    let told = format!("{} {was} {done}.", counted(count, "request", "requests"));
    Ok(line(&if json { answer.to_string() } else { told })?)
}
