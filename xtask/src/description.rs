//! Whether the committed OpenAPI documents are what their standard wants: a validator of others, in a folder of its own.

use crate::Failure;
use crate::command::{command, run, target};

const VALIDATOR: &str = "openapi-spec-validator";
const VERSION: &str = "0.9.0";
const DOCUMENTS: [&str; 2] = ["gateway/openapi/openapi.json", "gateway/openapi/openapi-3.0.json"];

/// Installs the validator where it is missing; gives its program.
pub(crate) fn validator() -> Result<String, Failure> {
    let folder = target().join("tools").join(format!("{VALIDATOR}-{VERSION}"));
    let program = folder.join("bin").join(VALIDATOR);
    if !program.is_file() {
        run(&mut command("python3", &["-m", "venv", &folder.to_string_lossy()]))?;
        let pip = folder.join("bin/pip");
        let what = format!("{VALIDATOR}=={VERSION}");
        run(&mut command(&pip.to_string_lossy(), &["install", "--quiet", "--disable-pip-version-check", &what]))?;
    }
    Ok(program.to_string_lossy().into_owned())
}

/// Holds the documents against their standard.
pub(crate) fn check() -> Result<(), Failure> {
    let validator = validator()?;
    DOCUMENTS.iter().try_for_each(|document| run(&mut command(&validator, &[document])))
}
