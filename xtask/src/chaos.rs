//! The long run in which everything fails; its short form is among the tests.

use crate::Failure;
use crate::command::{command, run};
use crate::setup;

/// Builds the programs, and runs until everything is at rest and judged.
pub(crate) fn run_chaos(operations: u64, kills: u64, debug: bool, further: &[String]) -> Result<(), Failure> {
    setup::run_setup(&setup::SERVERS)?;
    let profile: &[&str] = if debug { &[] } else { &["--release"] };
    let programs = ["person-role-service", "provisioning-service", "gateway", "testkit"];
    let packages = programs.iter().flat_map(|program| ["--package", *program]);
    run(command("cargo", &["build", "--bins", "--locked"]).args(packages).args(profile))?;
    let (operations, kills) = (operations.to_string(), kills.to_string());
    let wanted = ["--", "--operations", &operations, "--kills", &kills];
    let chaos = ["run", "--package", "testkit", "--bin", "chaos", "--locked"];
    run(command("cargo", &chaos).args(profile).args(wanted).args(further))
}
