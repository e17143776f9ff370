//! What a change must pass.

use crate::Failure;
use xtask::{files, house};

use crate::command::{command, root, run};
use crate::{dependencies, description, node, setup, test};

/// Runs all checks, the quick ones first; stops at the first that fails.
pub(crate) fn run_checks() -> Result<(), Failure> {
    run(&mut command("cargo", &["fmt", "--all", "--check"]))?;
    dependencies::check()?;
    description::check()?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"];
    run(&mut command("cargo", &clippy))?;
    let doc = ["doc", "--workspace", "--no-deps", "--locked", "--quiet"];
    run(command("cargo", &doc).env("RUSTDOCFLAGS", "-Dwarnings"))?;
    test::all(&[])
}

/// Writes the generated code anew, and what describes the API.
pub(crate) fn generate() -> Result<(), Failure> {
    run(&mut command("cargo", &["run", "--locked", "--quiet", "--bin", "codegen"]))?;
    run(&mut command("cargo", &["run", "--locked", "--quiet", "--bin", "describe"]))?;
    let sources = house::read(root()).map_err(|error| Failure::failed(format!("{error}.")))?;
    let written = std::fs::write(root().join(files::FILE), files::listing(&sources));
    written.map_err(|error| Failure::failed(format!("{} cannot be written: {error}.", files::FILE)))?;
    setup::run_setup(&setup::NODE)?;
    node::generate()
}
