//! Running other programs from the root of the repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;

/// Gives the root of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Gives the folder that this program was built into, which holds what can be built anew.
pub(crate) fn target() -> PathBuf {
    let this = std::env::current_exe().ok();
    let target = this.as_deref().and_then(|file| file.parent()?.parent());
    target.map_or_else(|| root().join("target"), Path::to_owned)
}

/// Prepares a command in the root of the repository.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    command
}

/// Runs a command, shows what it prints, and fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let shown = shown(command);
    println!("=== {shown}");
    let status = command.status().map_err(|error| Failure::failed(format!("`{shown}` does not start: {error}.")))?;
    if status.success() { Ok(()) } else { Err(Failure::failed(format!("`{shown}` failed ({status})."))) }
}

/// Runs a command and gives what it prints.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let shown = shown(command);
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure::failed(format!("`{shown}` does not start: {error}.")))?;
    if !output.status.success() {
        return Err(Failure::failed(format!("`{shown}` failed ({}).", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Says to cargo which programs to build. By `--bin` and not by `--package`: what is built for one package alone has other
/// features of its dependencies, and so others.
pub(crate) fn bins<'a>(programs: &[&'a str]) -> impl Iterator<Item = &'a str> {
    programs.iter().flat_map(|program| ["--bin", *program])
}

/// Finds a program in the given folders or in `PATH`.
pub(crate) fn find(program: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where programs are is the machine's affair")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folders.iter().cloned().chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn shown(command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), value?.to_string_lossy())));
    let program = command.get_program().to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    variables.chain([program]).chain(arguments).collect::<Vec<_>>().join(" ")
}
