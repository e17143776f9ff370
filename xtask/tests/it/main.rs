//! The rules of the house that no compiler keeps.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::Command;

mod arrows;
mod builds;
mod links;
mod listing;
mod order;
mod paths;
mod phrases;
mod prometheus;
mod shape;
mod shellcheck;
mod words;

/// Gives the root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Gives the files of the project under a folder, without what is built or belongs to git.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let ours = !["target", ".git"].iter().any(|name| path.file_name().unwrap() == *name);
            let data = path == root().join("data");
            if path.is_dir() && ours && !data {
                folders.push(path);
            } else if path.is_file() && ours {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Gives a path as it is written in the repository.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Gives what a cargo command prints.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new("cargo").args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
