//! `cohort request`: provisioning requests and their monitors.

use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::remote::{
    Failure, Subject,
    client::{Client, Trouble},
    list,
    progress::{self, Progress},
    record::{counted, field, number},
    subject,
    table::{Table, line},
};

const PLURAL: &str = "CoProvisioningRequests";
/// Between two looks: at first, and at most.
const SOON: Duration = Duration::from_millis(100);
const LATER: Duration = Duration::from_secs(1);
/// So often in a row a server may be away while a request is watched: restarts take no longer.
const PATIENCE: u32 = 60;

/// What can be done with requests.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists requests.
    List {
        /// Only of this target.
        #[arg(long)]
        target: Option<i64>,
        /// Only these: Queued, Running, Succeeded, Retrying, Failed, Canceled, Held.
        #[arg(long)]
        status: Option<String>,
        /// Only of this subject: copersonid:42, …, or what was asked for couid:3; coid:2 is all of a CO.
        #[arg(long)]
        subject: Option<Subject>,
    },
    /// Waits until a request has ended; exit code 1 unless it succeeded.
    Watch {
        /// The id of the request.
        request: i64,
    },
    /// Queues a request again that failed.
    Retry {
        /// The id of the request.
        request: i64,
    },
    /// Cancels a request that waits or is held.
    Cancel {
        /// The id of the request.
        request: i64,
    },
}

/// Runs a command.
pub(super) async fn run(client: &Client, command: Command, json: bool) -> Result<(), Failure> {
    match command {
        Command::List { target, status, subject } => list(client, target, status.as_deref(), subject, json).await,
        Command::Watch { request } => watch(client, request, json).await,
        Command::Retry { request } => {
            let answer = client.post(&format!("co_provisioning_requests/{request}/retry.json"), &Value::Null).await?;
            said(json, &answer.document, &format!("Request {request} is queued again."))
        }
        Command::Cancel { request } => {
            client.delete(&format!("co_provisioning_requests/{request}.json")).await?;
            said(json, &json!({ "Id": request, "Status": "Canceled" }), &format!("Request {request} is canceled."))
        }
    }
}

/// Tells of a document, or says a sentence.
pub(super) fn said(json: bool, document: &Value, sentence: &str) -> Result<(), Failure> {
    let text = if json { document.to_string() } else { sentence.to_owned() };
    Ok(line(&text)?)
}

async fn list(
    client: &Client,
    target: Option<i64>,
    status: Option<&str>,
    subject: Option<Subject>,
    json: bool,
) -> Result<(), Failure> {
    let mut filters = Vec::new();
    filters.extend(target.map(|target| format!("coprovisioningtargetid={target}")));
    filters.extend(subject.map(|subject| format!("{}={}", subject.kind, subject.id)));
    if let Some(status) = status {
        if !status.chars().all(char::is_alphanumeric) {
            return Err(format!("{status} is no status; such as Failed is.").into());
        }
        filters.push(format!("status={status}"));
    }
    let path = match filters.join("&") {
        none if none.is_empty() => "co_provisioning_requests.json".to_owned(),
        filters => format!("co_provisioning_requests.json?{filters}"),
    };
    let header = &["Id", "Target", "Subject", "Action", "Status", "Attempts", "Created", "NextAttempt", "LastError"];
    list::tell(client, (&path, PLURAL), Table::new(header, json), row).await
}

fn row(record: &Value) -> Vec<String> {
    let mut cells = vec![field(record, "Id"), field(record, "CoProvisioningTargetId"), subject::of(record)];
    let more = ["Action", "Status", "Attempts", "Created", "NextAttempt", "LastError"];
    cells.extend(more.iter().map(|name| field(record, name)));
    cells
}

/// Waits for the end of a request, tells of it, and fails if it did.
pub(super) async fn watch(client: &Client, id: i64, json: bool) -> Result<(), Failure> {
    let record = ended(client, id).await?;
    said(json, &record, &sentence(&record))?;
    if field(&record, "Status") == "Succeeded" { Ok(()) } else { Err(reason(&record).into()) }
}

/// Waits for the end of a request, and gives its record. One that is held has none until somebody decides.
pub(super) async fn ended(client: &Client, id: i64) -> Result<Value, Failure> {
    let (progress, path) = (Progress::new(), format!("co_provisioning_requests/{id}.json"));
    let (mut pause, mut away) = (SOON, 0);
    loop {
        match client.view(&path, PLURAL).await {
            Ok(seen) => {
                away = 0;
                if matches!(field(&seen.document, "Status").as_str(), "Succeeded" | "Failed" | "Canceled" | "Held") {
                    return Ok(seen.document);
                }
                progress.show(&progress::of_request(&seen.document));
            }
            Err(Trouble::Away(sentence)) if away < PATIENCE => {
                away += 1;
                progress.show(&sentence);
            }
            Err(trouble) => return Err(trouble.into()),
        }
        sleep(pause).await;
        pause = (pause * 2).min(LATER);
    }
}

fn sentence(record: &Value) -> String {
    let mut text = format!("Request {} is {}.", field(record, "Id"), field(record, "Status"));
    let total = number(record, "Total");
    if total > 0 {
        text.push_str(&format!(
            " Of {} {} are done and {} failed.",
            counted(total, "subject", "subjects"),
            number(record, "Done"),
            number(record, "FailedCount")
        ));
    }
    text
}

/// Why a request that has ended, or is held, did not succeed.
fn reason(record: &Value) -> String {
    let (id, target) = (field(record, "Id"), field(record, "CoProvisioningTargetId"));
    match (field(record, "Status").as_str(), field(record, "LastError")) {
        ("Held", _) => format!(
            "The guard holds request {id}: `cohort target release {target}` lets it go, `cohort target drop {target}` cancels it."
        ),
        (_, error) if !error.is_empty() => crate::remote::record::harmless(&error).replace('\n', " "),
        (status, _) => format!("Request {id} is {status}."),
    }
}
