//! The upgrade from release 0.1: its programs are built from its commit, and the proof runs them beside today's.

use std::fs;
use std::path::Path;

use crate::Failure;
use crate::command::{bins, command, output, run, target};
use crate::{setup, test};

/// The commit that is release 0.1; CHANGELOG.md names it.
const COMMIT: &str = "af5b2ca5ae46937270e4797cf92339432d3d6a0f";

const PROGRAMS: [&str; 4] = ["gateway", "person-role-service", "provisioning-service", "cohort"];

/// Builds the programs of both releases, and runs the tests of the upgrade, one at a time.
pub(crate) fn prove() -> Result<(), Failure> {
    setup::run_setup(&setup::SERVERS)?;
    build_former(&target().join("release-0.1"))?;
    test::build()?;
    let only = ["--ignored", "--nocapture", "--test-threads", "1", "upgrade::"];
    run(command("cargo", &["test", "--workspace", "--locked", "--test", "it", "--"]).args(only))
}

/// Builds the programs of release 0.1 below a folder, which is kept: its commit does not change.
fn build_former(folder: &Path) -> Result<(), Failure> {
    let (source, built) = (folder.join("source"), folder.join("target"));
    if !source.join("Cargo.toml").is_file() {
        let archive = folder.join("source.tar");
        let (into, from) = (source.display().to_string(), archive.display().to_string());
        fs::create_dir_all(&source).map_err(|error| Failure::failed(format!("{into}: {error}.")))?;
        output(&mut command("git", &["archive", "--output", &from, COMMIT]))?;
        run(&mut command("tar", &["--extract", "--file", &from, "--directory", &into]))?;
    }
    let mut build = command("cargo", &["build", "--workspace", "--locked"]);
    build.args(bins(&PROGRAMS)).current_dir(source);
    // Nobody looks into them with a debugger, and nothing in them changes.
    build.env("CARGO_TARGET_DIR", built).env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    run(&mut build)
}
