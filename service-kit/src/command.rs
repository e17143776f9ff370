//! The command line that the services have in common.

use clap::{ArgMatches, Command, FromArgMatches, Subcommand};

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

/// What can be done with the keys for secrets, also while the service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum SecretsTask {
    /// Takes the secrets of all targets to the newest key; interrupted, it goes on when it is run again.
    Rotate,
    /// Shows which keys there are, and how many targets are under each.
    Status,
    /// Prints a new key: a line for the end of a key file.
    NewKey,
}

/// Reads the arguments of this process; `--help`, `--version` and mistakes end it.
#[must_use]
pub fn of_service(name: &'static str, about: &'static str) -> Task {
    task(&command(name, about).get_matches())
}

/// Reads the arguments of a process that keeps secrets; what is to be done with their keys comes before all else.
#[must_use]
pub fn of_service_with_secrets(name: &'static str, about: &'static str) -> (Option<SecretsTask>, Task) {
    let matches = with_secrets(command(name, about)).get_matches();
    (secrets_task(&matches), task(&matches))
}

fn with_secrets(command: Command) -> Command {
    let secrets = Command::new("secrets").about("The keys that encrypt the secrets of targets");
    command.subcommand(SecretsTask::augment_subcommands(secrets).subcommand_required(true))
}

fn task(matches: &ArgMatches) -> Task {
    match matches.subcommand() {
        Some(("check-config", _)) => Task::CheckConfig,
        Some(("settings", _)) => Task::Settings,
        _ => Task::Serve,
    }
}

fn secrets_task(matches: &ArgMatches) -> Option<SecretsTask> {
    SecretsTask::from_arg_matches(matches.subcommand_matches("secrets")?).ok()
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
        super::with_secrets(super::command("x", "y")).debug_assert();
    }

    #[test]
    fn what_is_to_be_done_is_read() {
        use super::{SecretsTask, Task};
        for (words, expected) in [
            (&["x"][..], (None, Task::Serve)),
            (&["x", "serve"], (None, Task::Serve)),
            (&["x", "check-config"], (None, Task::CheckConfig)),
            (&["x", "secrets", "rotate"], (Some(SecretsTask::Rotate), Task::Serve)),
            (&["x", "secrets", "new-key"], (Some(SecretsTask::NewKey), Task::Serve)),
        ] {
            let matches = super::with_secrets(super::command("x", "y")).get_matches_from(words);
            assert_eq!((super::secrets_task(&matches), super::task(&matches)), expected, "{words:?}");
        }
        let none = super::with_secrets(super::command("x", "y")).try_get_matches_from(["x", "secrets"]);
        assert!(none.is_err());
    }
}
