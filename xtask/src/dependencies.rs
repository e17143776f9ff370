//! What a change may bring into the dependency tree: `deny.toml` says it; and that nothing is in it for nothing.

use crate::Failure;
use crate::command::{command, run};
use crate::tools::{DENY, MACHETE};

/// Checks bans, licences and sources of the dependencies, advisories where their database can be had, and that all are used.
pub(crate) fn check() -> Result<(), Failure> {
    let deny = DENY.program()?;
    run(&mut command(&deny, &["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))?;
    check_advisories(&deny)?;
    // Without this variable it does not take itself for a subcommand of cargo, with its name as the first argument.
    run(command(&MACHETE.program()?, &["--skip-target-dir"]).env_remove("CARGO"))
}

/// Advisories are not in the registry of crates: their database is fetched from where it is kept, or they are left out, aloud.
fn check_advisories(deny: &str) -> Result<(), Failure> {
    match run(&mut command(deny, &["fetch", "db"])) {
        Ok(()) => run(&mut command(deny, &["--locked", "check", "advisories"])),
        Err(_) => {
            println!(
                "LEFT OUT: advisories of dependencies were not checked, because their database cannot be fetched."
            );
            Ok(())
        }
    }
}
