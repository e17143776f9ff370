//! The command line that the services have in common.

use clap::Command;

use crate::config::ConfigError;

/// What a service is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// To serve until it is stopped.
    Serve,
    /// To say whether its configuration is good, and to end.
    CheckConfig,
    /// To print its settings with their defaults, and to end.
    Settings,
}

/// Reads the arguments of this process; `--help`, `--version` and mistakes end it.
#[must_use]
pub fn of_service(name: &'static str, about: &'static str) -> Task {
    let matches = command(name, about).get_matches();
    match matches.subcommand_name() {
        Some("check-config") => Task::CheckConfig,
        Some("settings") => Task::Settings,
        _ => Task::Serve,
    }
}

fn command(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .after_help("Settings come from the environment (COHORT_…) or from the file that COHORT_CONFIG names.")
        .subcommand(Command::new("serve").about("Serves until it is stopped (what happens without a command)"))
        .subcommand(Command::new("check-config").about("Says whether the configuration is good; starts nothing"))
        .subcommand(Command::new("settings").about("Prints all settings with their defaults and explanations"))
}

/// Says that a configuration is good, and what is to be known of it.
///
/// # Errors
/// What is wrong with it.
pub fn checked(
    result: Result<impl IntoIterator<Item = String>, ConfigError>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let notes = result?;
    println!("The configuration is good.");
    notes.into_iter().for_each(|note| println!("{note}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_sound() {
        super::command("x", "y").debug_assert();
    }
}
