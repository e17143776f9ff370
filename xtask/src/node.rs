//! Packages of Node.js: all of them in one folder below the target folder.

use std::path::PathBuf;

use crate::Failure;
use crate::command::{command, run, target};

/// A linter of OpenAPI, what makes types of it, a compiler for them, and what the example of the types needs.
const PACKAGES: [&str; 5] = [
    "@redocly/cli@2.77.0",
    "openapi-typescript@7.13.0",
    "typescript@5.9.3",
    "openapi-fetch@0.17.0",
    "@types/node@20.19.43",
];
const DOCUMENT: &str = "gateway/openapi/openapi.json";
const TYPES: &str = "clients/typescript/cohort.d.ts";

/// Installs them where they are missing; gives the folder that has their `node_modules`.
pub(crate) fn packages() -> Result<PathBuf, Failure> {
    let folder = target().join("tools").join("node");
    let done = folder.join("done");
    if std::fs::read_to_string(&done).ok() != Some(PACKAGES.join(" ")) {
        let written = |error| Failure::failed(format!("{} cannot be written: {error}.", folder.display()));
        std::fs::create_dir_all(&folder).map_err(written)?;
        let prefix = folder.to_string_lossy();
        let install = ["install", "--silent", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix"];
        run(command("npm", &install).arg(&*prefix).args(PACKAGES))?;
        std::fs::write(&done, PACKAGES.join(" ")).map_err(written)?;
    }
    Ok(folder)
}

/// Gives a program of theirs.
pub(crate) fn program(name: &str) -> Result<String, Failure> {
    Ok(packages()?.join("node_modules/.bin").join(name).to_string_lossy().into_owned())
}

/// Writes the types of the API for TypeScript.
pub(crate) fn generate() -> Result<(), Failure> {
    // A script finds packages beside it only.
    let script = packages()?.join("generate.mjs");
    std::fs::copy(crate::command::root().join("clients/typescript/generate.mjs"), &script)
        .map_err(|error| Failure::failed(format!("{} cannot be written: {error}.", script.display())))?;
    run(&mut command("node", &[&script.to_string_lossy(), DOCUMENT, TYPES]))
}
