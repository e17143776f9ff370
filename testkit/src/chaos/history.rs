//! How many ends of attempts are to be told in the history of a subject, and how many lines there are. Both are read from
//! the tables: the API gives them person by person.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::fleet::Fleet;
use crate::proof::rest::Lines;

/// How long an outcome may be on its way into the history when everything else is at rest.
const WITHIN: Duration = Duration::from_secs(60);

/// What is to be told, by request, and what is told.
#[derive(Debug)]
pub(super) struct History {
    pub(super) told: BTreeMap<i64, u64>,
    pub(super) lines: Vec<Lines>,
}

/// Reads both when there are as many of the one as of the other, or when the time is over. `numbers` gives the number under
/// which the targets know each of Cohort's; those that are gone took their requests along.
pub(super) async fn read(fleet: &Fleet, numbers: &BTreeMap<i64, i64>) -> History {
    let deadline = Instant::now() + WITHIN;
    loop {
        let history = History { told: told(fleet, numbers).await, lines: lines(fleet, numbers).await };
        let (ends, lines): (u64, u64) =
            (history.told.values().sum(), history.lines.iter().map(|lines| lines.lines).sum());
        if ends == lines || Instant::now() > deadline {
            println!("{ends} ends of attempts, {lines} lines of history");
            return history;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

async fn told(fleet: &Fleet, numbers: &BTreeMap<i64, i64>) -> BTreeMap<i64, u64> {
    let [_, provisioning] = &fleet.databases;
    let targets = numbers.keys().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT r.id, count(*) FROM provisioning_attempts AS a \
         JOIN provisioning_requests AS r ON r.id = a.provisioning_request_id \
         WHERE a.status IN ('Succeeded', 'Failed', 'Retrying') AND r.subject_kind = 'co_person' \
         AND r.co_provisioning_target_id IN ({targets}) GROUP BY r.id"
    );
    let rows = fleet.postgres.query(provisioning, &sql).await;
    rows.lines().filter_map(numbers_of).map(|[request, ends]| (request, ends.unsigned_abs())).collect()
}

/// The history tells targets by their description, which ends with the number.
async fn lines(fleet: &Fleet, numbers: &BTreeMap<i64, i64>) -> Vec<Lines> {
    let [registry, _] = &fleet.databases;
    let sql = "SELECT substring(comment FROM '(?:target|edited) ([0-9]+)'), co_person_id, count(*) FROM history_records \
               WHERE action IN ('PCPA', 'PCPM', 'PRVX') AND co_person_id IS NOT NULL GROUP BY 1, 2";
    let rows = fleet.postgres.query(registry, sql).await;
    let lines = rows.lines().filter_map(numbers_of).map(|[target, person, lines]| Lines {
        target,
        subject: subject(person),
        lines: lines.unsigned_abs(),
    });
    lines.filter(|lines| numbers.values().any(|number| *number == lines.target)).collect()
}

/// What requests and lines of history call a person.
pub(super) fn subject(person: i64) -> String {
    format!("person {person}")
}

/// Reads a row of numbers.
fn numbers_of<const N: usize>(row: &str) -> Option<[i64; N]> {
    let numbers: Option<Vec<i64>> = row.split('|').map(|number| number.parse().ok()).collect();
    numbers?.try_into().ok()
}
