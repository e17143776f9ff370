//! `cohort explain`: why a subject is at a target or not (D52).

use serde_json::Value;

use crate::remote::{
    Failure, Place,
    client::Client,
    record::{field, harmless, items},
    table::{Table, line},
};

/// Explains.
pub(super) async fn run(client: &Client, place: &Place, json: bool) -> Result<(), Failure> {
    let Place { target, subject } = place;
    let path = format!("co_provisioning_targets/{target}/explain/{subject}.json");
    let told = client.view(&path, "CoProvisioningExplanations").await?.document;
    if json {
        return Ok(line(&told.to_string())?);
    }
    line(&format!("{}: {}", field(&told, "Verdict"), harmless(&field(&told, "Sentence"))))?;
    for reason in items(&told, "Reasons") {
        line(&format!("  {:<22} {}", field(reason, "Code"), harmless(&field(reason, "Sentence"))))?;
    }
    facts(&told)?;
    let mut table = Table::new(&["Attempt", "Request", "Started", "Ended", "Outcome", "Message"], false);
    for attempt in items(&told, "Attempts") {
        table.add(attempt, |attempt| {
            let names = ["Id", "RequestId", "Started", "Ended", "Outcome", "Message"];
            names.iter().map(|name| field(attempt, name)).collect()
        })?;
    }
    Ok(table.flush()?)
}

fn facts(told: &Value) -> Result<(), Failure> {
    let change = told.get("LastChange").map(|change| {
        let by = match field(change, "Actor") {
            nobody if nobody.is_empty() => String::new(),
            actor => format!(" by {actor}"),
        };
        format!("{}{by}: {}", field(change, "At"), field(change, "Sentence"))
    });
    let facts = [
        ("Eligible", field(told, "Eligible")),
        ("Key", field(told, "Key")),
        ("AppliedRevision", field(told, "AppliedRevision")),
        ("AppliedAt", field(told, "AppliedAt")),
        ("CurrentRevision", field(told, "CurrentRevision")),
        ("LastChange", change.unwrap_or_default()),
        ("RequestId", field(told, "RequestId")),
        ("NextAttempt", field(told, "NextAttempt")),
    ];
    for (name, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
        line(&format!("{name:<16} {}", harmless(&value)))?;
    }
    Ok(())
}
