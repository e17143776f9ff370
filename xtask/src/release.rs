//! What is given to others: the programs, with what they are made of written into them, and a bill of materials of each.

use std::fs;

use crate::Failure;
use crate::command::{bins, command, root, run, target};
use crate::tools::{AUDITABLE, CYCLONEDX};

/// The programs, each by the crate that it comes from.
const PROGRAMS: [(&str, &str); 4] = [
    ("cohort", "standalone"),
    ("gateway", "gateway"),
    ("person-role-service", "person-role-service"),
    ("provisioning-service", "provisioning-service"),
];

/// Builds the programs into `target/release`, so that `cargo audit bin` can read their dependencies, and beside each its bill of
/// materials, `<program>.cdx.json` (CycloneDX).
pub(crate) fn build() -> Result<(), Failure> {
    let build = ["auditable", "build", "--release", "--locked"];
    let mut builds = command(&AUDITABLE.program()?, &build);
    run(builds.args(bins(&PROGRAMS.map(|(program, _)| program))))?;
    PROGRAMS.iter().try_for_each(|(program, folder)| materials(program, folder))
}

/// Writes the bill of a program. The tool puts it beside the manifest; it is moved from there.
fn materials(program: &str, folder: &str) -> Result<(), Failure> {
    let manifest = format!("{folder}/Cargo.toml");
    let describe = ["cyclonedx", "--format", "json", "--no-build-deps", "--manifest-path", &manifest];
    run(command(&CYCLONEDX.program()?, &describe).args(["--override-filename", "materials"]))?;
    let (from, to) =
        (root().join(folder).join("materials.json"), target().join("release").join(format!("{program}.cdx.json")));
    fs::copy(&from, &to)
        .and_then(|_| fs::remove_file(&from))
        .map_err(|error| Failure::failed(format!("{}: {error}.", to.display())))
}
