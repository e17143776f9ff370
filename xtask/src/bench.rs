//! The benchmarks: builds the release programs and the tool that measures them, and runs it.

use std::path::PathBuf;

use clap::Args;

use crate::Failure;
use crate::command::{bins, command, output, root, run, target};
use crate::setup;

/// What is measured; the tool checks it.
#[derive(Debug, Args)]
pub(crate) struct Wish {
    /// One round of three seconds each with little data: to see that all works, not for figures
    #[arg(long)]
    quick: bool,
    /// Parts, separated by commas: reads, writes, provision, delivery, memory, embedded, growth, pages
    #[arg(long)]
    only: Option<String>,
    /// How often everything is measured; 3, or 1 if quick
    #[arg(long)]
    rounds: Option<usize>,
    /// How long each load lasts; 8, or 3 if quick
    #[arg(long)]
    seconds: Option<u64>,
    /// The folder of the programs, instead of a release build made now
    #[arg(long)]
    programs: Option<PathBuf>,
    /// Another folder of programs, measured in turn with the first
    #[arg(long)]
    against: Option<PathBuf>,
}

impl Wish {
    /// Tells whether it is the whole run, which docs/benchmarks.md is about.
    fn is_whole(&self) -> bool {
        !self.quick && self.only.is_none() && self.against.is_none()
    }
}

/// Measures. The whole run writes its tables into docs/benchmarks.md.
pub(crate) fn measure(wish: &Wish) -> Result<(), Failure> {
    setup::run_setup(&setup::ALL)?;
    let programs = match &wish.programs {
        Some(folder) => absolute(folder)?,
        None => build()?,
    };
    let mut tool = command("cargo", &["run", "--locked", "--quiet", "--bin", "testkit-bench", "--"]);
    tool.arg("--programs").arg(programs);
    if let Some(other) = &wish.against {
        tool.arg("--against").arg(absolute(other)?);
    }
    if wish.programs.is_none() {
        tool.args(["--label", &commit()?]);
    }
    if wish.quick {
        tool.arg("--quick");
    }
    for (name, value) in [
        ("--only", wish.only.clone()),
        ("--rounds", wish.rounds.map(|rounds| rounds.to_string())),
        ("--seconds", wish.seconds.map(|seconds| seconds.to_string())),
    ] {
        tool.args(value.map(|value| [name.to_owned(), value]).into_iter().flatten());
    }
    if wish.is_whole() {
        tool.arg("--write").arg(root().join("docs/benchmarks.md"));
    }
    run(&mut tool)
}

/// Builds the programs, and gives the folder that they are in.
fn build() -> Result<PathBuf, Failure> {
    let programs = ["gateway", "person-role-service", "provisioning-service", "cohort"];
    run(command("cargo", &["build", "--release", "--locked"]).args(bins(&programs)))?;
    let folder = target().join("release");
    let built = folder.join("gateway").is_file().then_some(folder);
    built.ok_or_else(|| Failure::failed("the release build is not beside this program's; name its folder: --programs."))
}

/// Names the commit that is built, and says if files differ from it.
fn commit() -> Result<String, Failure> {
    let described = output(&mut command("git", &["describe", "--always", "--dirty= with changes"]))?;
    Ok(format!("commit {}", described.trim()))
}

/// The tool runs from the root of the repository, wherever this was called.
fn absolute(folder: &std::path::Path) -> Result<PathBuf, Failure> {
    folder.canonicalize().map_err(|error| Failure::failed(format!("{} cannot be found: {error}.", folder.display())))
}
