//! The long run in which everything fails; its short form is among the tests.

use crate::Failure;
use crate::command::{bins, command, run};
use crate::setup;

/// Builds the programs, and runs until everything is at rest and judged.
pub(crate) fn run_chaos(operations: u64, kills: u64, debug: bool, further: &[String]) -> Result<(), Failure> {
    setup::run_setup(&setup::SERVERS)?;
    let profile: &[&str] = if debug { &[] } else { &["--release"] };
    let programs = ["person-role-service", "provisioning-service", "gateway", "chaos"];
    run(command("cargo", &["build", "--locked"]).args(bins(&programs)).args(profile))?;
    let (operations, kills) = (operations.to_string(), kills.to_string());
    let wanted = ["--", "--operations", &operations, "--kills", &kills];
    let chaos = ["run", "--bin", "chaos", "--locked"];
    run(command("cargo", &chaos).args(profile).args(wanted).args(further))
}
