//! Fuzzing (`fuzz`, docs/conformance.md): each target for some time, with what it has found before.
//!
//! Coverage is a feature of the compiler that waits for its stabilisation, so the stable compiler is told to take it. The
//! targets have no unsafe code and need no sanitizer.

use crate::Failure;
use crate::command::{command, root, run, target};
use crate::tools::FUZZ;

const TARGETS: [&str; 5] = ["json_body", "xml_body", "dates", "queries", "paths"];

/// Runs the targets one after the other, on one core, each for so many seconds; all, or the named ones.
pub(crate) fn run_targets(seconds: u64, named: &[String]) -> Result<(), Failure> {
    let fuzz = FUZZ.program()?;
    let folder = root().join("fuzz");
    // The same dependencies as everywhere, and those of fuzzing besides.
    let lock = std::fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"));
    lock.map_err(|error| Failure::failed(format!("Cargo.lock cannot be copied: {error}.")))?;
    let time = format!("-max_total_time={seconds}");
    let dictionary = format!("-dict={}", folder.join("words.dict").display());
    for target_name in TARGETS.into_iter().filter(|name| named.is_empty() || named.iter().any(|other| other == name)) {
        let arguments = [
            "fuzz",
            "run",
            "--sanitizer",
            "none",
            target_name,
            "--",
            &time,
            &dictionary,
            "-max_len=4096",
            "-timeout=10",
        ];
        let mut fuzz = command(&fuzz, &arguments);
        run(fuzz.current_dir(&folder).env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", target().join("fuzz")))?;
    }
    Ok(())
}
