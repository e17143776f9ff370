//! Programs of others that check dependencies, and the one that fuzzes. They are built from their sources into the target folder, each version once,
//! and with little optimisation: they run for a second and compile for minutes.

use std::path::PathBuf;

use crate::Failure;
use crate::command::{command, run, target};

/// A program and the crate that it comes from, both of the same name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

/// Licences, sources, bans and advisories of dependencies.
pub(crate) const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
/// Dependencies that nothing names.
pub(crate) const MACHETE: Tool = Tool { name: "cargo-machete", version: "0.9.2" };
/// Programs whose dependencies can be read from them.
pub(crate) const AUDITABLE: Tool = Tool { name: "cargo-auditable", version: "0.7.7" };
/// Bills of materials.
pub(crate) const CYCLONEDX: Tool = Tool { name: "cargo-cyclonedx", version: "0.5.9" };
/// Builds and runs what is in `fuzz`.
pub(crate) const FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };
/// Those that checks need.
pub(crate) const ALL: [Tool; 2] = [DENY, MACHETE];

impl Tool {
    /// Gives the path of the program; builds it where it is missing.
    pub(crate) fn program(self) -> Result<String, Failure> {
        let folder = self.folder();
        let program = folder.join("bin").join(self.name);
        if !program.is_file() {
            let (root, build) = (folder.to_string_lossy(), folder.join("build"));
            let install = ["install", "--quiet", "--locked", "--no-track", self.name, "--version", self.version];
            let mut install = command("cargo", &install);
            install.args(["--root", &root, "--target-dir"]).arg(&build);
            for (key, value) in [("OPT_LEVEL", "1"), ("DEBUG", "false"), ("LTO", "off"), ("CODEGEN_UNITS", "16")] {
                install.env(format!("CARGO_PROFILE_RELEASE_{key}"), value);
            }
            run(&mut install)?;
            // What it was built from is of no further use; where it cannot be removed it does no harm.
            let _ = std::fs::remove_dir_all(build);
        }
        Ok(program.to_string_lossy().into_owned())
    }

    fn folder(self) -> PathBuf {
        target().join("tools").join(format!("{}-{}", self.name, self.version))
    }
}
