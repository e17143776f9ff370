//! `cohort target provision` and `cohort target compare`: requests, and what became of them.

use clap::Args;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::remote::{
    Failure, Place,
    client::Client,
    record::{counted, field, number},
    request, subject,
    table::Table,
};

/// What is to be provisioned.
#[derive(Debug, Args)]
pub(crate) struct Wish {
    #[command(flatten)]
    place: Place,
    /// Passes by the guard.
    #[arg(long)]
    force: bool,
    /// The digest of a plan of this subject: if something else would be sent, nothing is.
    #[arg(long)]
    digest: Option<String>,
    /// Waits until it has ended, and fails if it did.
    #[arg(long)]
    watch: bool,
}

/// What is to be compared.
#[derive(Debug, Args)]
pub(crate) struct Comparison {
    /// The id of the target.
    target: i64,
    /// Makes requests for what is missing or different.
    #[arg(long)]
    repair: bool,
    /// Removes what this target wrote and is not to be there, under the guard.
    #[arg(long)]
    remove_extra: bool,
}

/// Asks for a provisioning.
pub(super) async fn run(client: &Client, wish: &Wish, json: bool) -> Result<(), Failure> {
    let Place { target, subject } = &wish.place;
    let mut body = Map::new();
    if wish.force {
        body.insert("Force".to_owned(), json!(true));
    }
    body.extend(wish.digest.as_ref().map(|digest| ("Digest".to_owned(), json!(digest))));
    let body = if body.is_empty() { Value::Null } else { Value::Object(body) };
    let path = format!("co_provisioning_targets/provision/{target}/{subject}.json");
    let accepted = client.post(&path, &body).await?.document;
    let id = number(&accepted, "Id");
    if wish.watch {
        return request::watch(client, id, json).await;
    }
    let next = format!("Request {id} was accepted; `cohort request watch {id}` waits for it.");
    request::said(json, &accepted, &next)
}

/// Compares, waits, and lists how they differ.
pub(super) async fn compare(client: &Client, comparison: &Comparison, json: bool) -> Result<(), Failure> {
    let body = json!({ "Repair": comparison.repair, "RemoveExtra": comparison.remove_extra });
    let path = format!("co_provisioning_targets/{}/compare.json", comparison.target);
    let id = number(&client.post(&path, &body).await?.document, "Id");
    let ended = request::ended(client, id).await?;
    if field(&ended, "Status") != "Succeeded" {
        let (status, error) = (field(&ended, "Status"), field(&ended, "LastError"));
        return Err(format!("The comparison, request {id}, is {status}. {error}").into());
    }
    let path = format!("co_provisioning_requests/{id}/differences.json");
    let mut table = Table::new(&["Difference", "Subject", "Key"], json);
    let (mut after, mut differ, mut foreign) = (None, 0, 0);
    loop {
        let (records, next) = client.page(Method::GET, &path, "CoProvisioningDifferences", after.as_deref()).await?;
        for record in &records {
            let what = field(record, "Difference");
            *(if what == "Foreign" { &mut foreign } else { &mut differ }) += 1;
            table.add(record, |record| vec![what, subject::of(record), field(record, "Key")])?;
        }
        table.flush()?;
        after = next;
        if after.is_none() {
            break;
        }
    }
    verdict(comparison, json, differ, foreign)
}

fn verdict(comparison: &Comparison, json: bool, differ: i64, foreign: i64) -> Result<(), Failure> {
    let target = comparison.target;
    let of_others = match foreign {
        0 => String::new(),
        _ => format!(" {} of others there.", counted(foreign, "thing is", "things are")),
    };
    let subjects = counted(differ, "subject", "subjects");
    match (differ, comparison.repair || comparison.remove_extra) {
        (0, _) if json => Ok(()),
        (0, _) => request::said(false, &Value::Null, &format!("Target {target} and the registry agree.{of_others}")),
        (_, true) if json => Ok(()),
        (_, true) => request::said(
            false,
            &Value::Null,
            &format!("Target {target} and the registry differed in {subjects}, and requests were made.{of_others}"),
        ),
        (_, false) => Err(format!("Target {target} and the registry differ in {subjects}.{of_others}").into()),
    }
}
