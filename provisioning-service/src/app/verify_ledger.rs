//! Checking the ledger (D56): numbers without gaps, an entry for each request, sums that add up; and, given the revisions
//! of the registry, that no change of it was lost on its way.

use sea_orm::DbErr;
use service_kit::database::Database;

use crate::store::{
    behind::{self, Behind},
    ledger::{check, outcome::Outcome},
};

pub use crate::store::behind::Current;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One line for each target, and for each CO.
    pub told: Vec<String>,
    /// What is wrong, as sentences.
    pub wrong: Vec<String>,
}

/// Checks the ledger of a provisioning database.
///
/// # Errors
/// Those of the database.
pub async fn run(database: &Database) -> Result<Report, DbErr> {
    let db = database.reader();
    let mut report = Report::default();
    for numbers in check::numbers(db).await? {
        let (first, last) = (numbers.first_kept.unwrap_or_default(), numbers.last_kept.unwrap_or_default());
        report.told.push(format!("CO {}: numbers {first} to {last}.", numbers.co_id));
        if !numbers.are_whole() {
            report.wrong.push(format!(
                "CO {}: of the numbers {first} to {} there are {}.",
                numbers.co_id,
                numbers.last_number.unwrap_or(last),
                numbers.kept
            ));
        }
    }
    for (target, sums) in check::sums(db).await? {
        let counts = Outcome::ALL.iter().filter_map(|outcome| {
            let count = sums.counts.get(outcome)?;
            Some(format!("{count} {}", outcome.code()))
        });
        let counts: Vec<String> = counts.collect();
        report.told.push(format!("Target {target}: {} accepted: {}.", sums.accepted, counts.join(", ")));
        if !sums.add_up() {
            report.wrong.push(format!("Target {target}: the counts do not add up to what was accepted."));
        }
    }
    let astray = check::astray(db).await?;
    if astray > 0 {
        report.wrong.push(format!("{astray} entries name a request that is not there, or is about something else."));
    }
    for request in check::unentered(db).await? {
        report.wrong.push(format!("Request {request} has no entry."));
    }
    Ok(report)
}

/// Finds what the targets that follow changes have not got of some subjects of the registry, at their present revisions,
/// although nothing waits or has failed there.
///
/// # Errors
/// Those of the database.
pub async fn lost(database: &Database, current: &[Current]) -> Result<Vec<String>, DbErr> {
    let found = behind::find(database.reader(), current).await?;
    Ok(found.iter().map(sentence).collect())
}

fn sentence(behind: &Behind) -> String {
    let Behind { target_id, kind, subject_id, applied, current } = behind;
    format!(
        "Target {target_id} has {kind} {subject_id} at revision {applied}, the registry at {current}, and no request \
         waits or failed: a change was lost, or made while the target followed none. Provision it."
    )
}
