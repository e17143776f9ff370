//! Whether the committed OpenAPI documents are what their standard wants: a validator and a linter of others, in folders of
//! their own.

use crate::Failure;
use crate::command::{command, run};
use crate::node;
use crate::python::Package;

const VALIDATOR: Package = Package { name: "openapi-spec-validator", version: "0.9.0" };
const RULES: &str = "gateway/openapi/lint/redocly.yaml";
const DOCUMENTS: [&str; 2] = ["gateway/openapi/openapi.json", "gateway/openapi/openapi-3.0.json"];

/// Installs the validator where it is missing; gives its program.
pub(crate) fn validator() -> Result<String, Failure> {
    Ok(VALIDATOR.programs()?.join(VALIDATOR.name).to_string_lossy().into_owned())
}

/// Holds the documents against their standard, and against what is recommended.
pub(crate) fn check() -> Result<(), Failure> {
    let validator = validator()?;
    DOCUMENTS.iter().try_for_each(|document| run(&mut command(&validator, &[document])))?;
    let lint = ["lint", "--config", RULES, "--format", "stylish"];
    run(command(&node::program("redocly")?, &lint).args(DOCUMENTS).env("REDOCLY_TELEMETRY", "off"))
}
