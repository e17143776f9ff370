//! Whether the committed OpenAPI documents are what their standard wants: a validator of others, in a folder of its own.

use crate::Failure;
use crate::command::{command, run};
use crate::python::Package;

const VALIDATOR: Package = Package { name: "openapi-spec-validator", version: "0.9.0", with: &[] };
const DOCUMENTS: [&str; 2] = ["gateway/openapi/openapi.json", "gateway/openapi/openapi-3.0.json"];

/// Installs the validator where it is missing; gives its program.
pub(crate) fn validator() -> Result<String, Failure> {
    Ok(VALIDATOR.programs()?.join(VALIDATOR.name).to_string_lossy().into_owned())
}

/// Holds the documents against their standard.
pub(crate) fn check() -> Result<(), Failure> {
    let validator = validator()?;
    DOCUMENTS.iter().try_for_each(|document| run(&mut command(&validator, &[document])))
}
