//! Conformance: what the registry answers over HTTP, stated as data and held against a running server.
//!
//! Guarantee: a scenario passes only if every step got exactly what it expects; what is left out is listed with its
//! reason, and a mistake in the data never passes for success. Mechanism: [`Kit::load`] reads `conformance/` beside this
//! crate and checks every file without a server; [`run`] makes the fixture once, with names no other run uses, then runs
//! the scenarios side by side. Failure: a step that gets something else ends its scenario; a server that cannot be
//! reached ends the run. The format is described in `conformance/README.md`.

mod answer;
mod client;
mod document;
mod error;
mod fixture;
mod json;
mod kit;
mod lint;
mod matcher;
#[cfg(test)]
mod matcher_tests;
mod pattern;
mod report;
mod runner;
mod scope;
mod selection;
#[cfg(test)]
mod selftest;
mod step;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::StreamExt as _;
use futures::stream;

pub use error::KitError;
pub use kit::Kit;
pub use matcher::Integers;
pub use report::Report;
pub use selection::Selection;

use client::Client;
use error::Stop;
use kit::Scenario;
use runner::Runner;
use scope::Variables;
use step::Credentials;

/// Runs the selected scenarios against the server at `base_url`, `jobs` at a time. `username` and `password` are those of
/// a platform API user, which makes everything else.
///
/// The kit can run any number of times against one server; it leaves its records behind.
pub async fn run(
    kit: &Kit,
    base_url: &str,
    username: &str,
    password: &str,
    selection: &Selection,
    jobs: usize,
) -> Report {
    let mut report = Report::default();
    let platform = Credentials { username: username.to_owned(), password: password.to_owned() };
    match prepare(kit, base_url, platform, selection).await {
        Ok((runner, notes)) => {
            report.notes = notes;
            run_scenarios(kit, &runner, selection, jobs, &mut report).await;
        }
        Err(stop) => report.failed.push(("(before the first scenario)".to_owned(), stop.to_string())),
    }
    report
}

/// Makes the fixture; returns notes about what it lacks.
async fn prepare(
    kit: &Kit,
    base_url: &str,
    platform: Credentials,
    selection: &Selection,
) -> Result<(Runner, Vec<String>), Stop> {
    selection.check(kit)?;
    let mut runner = Runner {
        client: Client::new(base_url)?,
        integers: kit.integers,
        users: HashMap::from([("platform".to_owned(), platform)]),
        variables: Variables::new(),
    };
    let run = format!("{:08x}", rand::random::<u32>());
    let notes = kit.fixture.build(&mut runner, &run).await?;
    Ok((runner, notes))
}

async fn run_scenarios(kit: &Kit, runner: &Runner, selection: &Selection, jobs: usize, report: &mut Report) {
    let all = kit.groups.iter().flat_map(|group| &group.scenarios).enumerate();
    let mut chosen: Vec<(usize, &Scenario)> = Vec::new();
    for (number, scenario) in all.filter(|(_, scenario)| selection.includes(&scenario.name)) {
        match selection.why_not(&scenario.name) {
            Some(why) => report.left_out.push((scenario.name.clone(), why.to_owned())),
            None => chosen.push((number, scenario)),
        }
    }
    let lost = AtomicBool::new(false);
    let mut outcomes: Vec<_> = stream::iter(chosen)
        .map(|(number, scenario)| {
            let lost = &lost;
            async move {
                if lost.load(Ordering::Relaxed) {
                    return (number, scenario, Err("not run, for the server can no longer be reached".to_owned()));
                }
                let outcome = runner.scenario(&scenario.steps, number).await;
                if matches!(outcome, Err(Stop::Unreachable(_))) {
                    lost.store(true, Ordering::Relaxed);
                }
                (number, scenario, outcome.map_err(|stop| format!("{stop}\n      why: {}", scenario.why)))
            }
        })
        .buffer_unordered(jobs.max(1))
        .collect()
        .await;
    outcomes.sort_by_key(|(number, _, _)| *number);
    for (_, scenario, outcome) in outcomes {
        match outcome {
            Ok(()) => report.passed.push(scenario.name.clone()),
            Err(why) => report.failed.push((scenario.name.clone(), why)),
        }
    }
}
