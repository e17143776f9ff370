//! Alarms and dashboards: what they ask for exists, and each alarm comes when it should and says what to do.

use std::collections::BTreeSet;
use std::process::Command;

use crate::{files, links, root};

const ALERTS: &str = "deploy/chart/files/alerts.yaml";

#[test]
fn alarms_are_rules_that_come_when_they_should() {
    for (what, file) in [("check", ALERTS), ("test", "deploy/alerts-tests.yaml")] {
        let output = Command::new("promtool").args([what, "rules", file]).current_dir(root()).output();
        let output = output.expect("promtool is missing; install it with: cargo xtask setup");
        assert!(
            output.status.success(),
            "{file}: {}",
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat())
        );
    }
}

/// What stands behind a key, in each line that begins with it.
fn values<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    text.lines()
        .filter_map(|line| line.trim_start().trim_start_matches("- ").strip_prefix(key))
        .map(str::trim)
        .collect()
}

#[test]
fn each_alarm_is_tested_and_has_its_entry_in_the_runbook() {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let (alerts, tests, operations) = (read(ALERTS), read("deploy/alerts-tests.yaml"), read("docs/operations.md"));
    let (named, runbooks) = (values(&alerts, "alert:"), values(&alerts, "runbook:"));
    assert!(named.len() > 5 && named.len() == runbooks.len(), "{named:?} {runbooks:?}");
    for (alert, runbook) in named.iter().zip(runbooks) {
        assert_eq!(runbook, format!("docs/operations.md#{}", alert.to_lowercase()), "the runbook of {alert}");
        assert!(operations.contains(&format!("\n### {alert}\n")), "Say in docs/operations.md what to do at {alert}.");
        let comes = tests.contains(&format!("alertname: {alert}\n"));
        assert!(comes, "Show in deploy/alerts-tests.yaml when {alert} comes.");
    }
    for entry in
        operations.lines().filter_map(|line| line.strip_prefix("### ")).filter(|entry| entry.starts_with("Cohort"))
    {
        assert!(named.contains(&entry), "The entry {entry} in docs/operations.md has no alarm.");
    }
}

#[test]
fn metrics_that_are_asked_for_are_in_the_code() {
    let in_code = links::metrics_in_code();
    let mut asked = BTreeSet::new();
    let is_asking = |name: &str| ["yaml", "json", "tpl"].iter().any(|end| name.ends_with(end));
    for file in files(&root().join("deploy")).iter().filter(|file| is_asking(&file.to_string_lossy())) {
        let text = std::fs::read_to_string(file).unwrap();
        for metric in links::metrics_named(&text) {
            assert!(in_code.contains(metric), "{} asks for {metric}, which is not in the code.", file.display());
            asked.insert(metric.to_owned());
        }
    }
    let unseen: Vec<_> = in_code.difference(&asked).collect();
    assert!(unseen.is_empty(), "No dashboard shows {unseen:?}.");
}
