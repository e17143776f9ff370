//! Starting and stopping a process, and for whom its files are.
//!
//! Guarantee: on the first SIGTERM or SIGINT nothing new is taken and what runs is finished or released; a second signal
//! ends the process at once; telemetry is flushed last. Nothing depends on a clean stop: all that was accepted is in the
//! databases.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::ExitCode,
};

use rustix::{
    fs::Mode,
    process::{Resource, Rlimit, getrlimit, setrlimit},
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config;

/// Begins a process: the files and folders that it makes are for its user alone, and it may have as many open as the
/// system allows it at most. To be called before anything else.
pub fn begin() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let limit = getrlimit(Resource::Nofile);
    // Without the right to it, it stays as it is.
    let _as_it_was = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// How many files and sockets this process may have open at once.
#[must_use]
pub fn most_files() -> usize {
    getrlimit(Resource::Nofile).current.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX)
}

/// Makes a folder for this user alone; takes the rights of others on one that is there.
///
/// # Errors
/// If it cannot be made. One that belongs to somebody else stays as it is, with a line in the log.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    take_rights_of_others(folder);
    Ok(())
}

/// Takes the rights that others have on a file or folder, if that can be done.
pub fn take_rights_of_others(path: &Path) {
    let Ok(metadata) = fs::metadata(path) else { return };
    let mode = metadata.permissions().mode();
    if mode & 0o077 == 0 {
        return;
    }
    if let Err(error) = fs::set_permissions(path, Permissions::from_mode(mode & 0o700)) {
        tracing::warn!(path = %path.display(), %error, "others of this machine can read what is kept");
    }
}

/// Watches the signals; the token is cancelled by the first of them.
///
/// # Errors
/// If the signals cannot be watched.
pub fn stop_on_signals() -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let token = stop.clone();
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! { _ = terminate.recv() => "SIGTERM", _ = interrupt.recv() => "SIGINT" }
        };
        let name = next().await;
        tracing::info!(signal = name, "stopping: finishing what runs; a second signal ends at once");
        token.cancel();
        let name = next().await;
        tracing::warn!(signal = name, "ending at once");
        std::process::exit(130);
    });
    Ok(stop)
}

/// Ends a process: a configuration error is one sentence and code 64, any other is its chain and code 1.
#[must_use]
pub fn exit(result: Result<(), Box<dyn std::error::Error + Send + Sync>>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    if error.is::<config::ConfigError>() {
        eprintln!("{error}");
        return ExitCode::from(config::EXIT_CODE);
    }
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    eprintln!("{line}");
    ExitCode::FAILURE
}
