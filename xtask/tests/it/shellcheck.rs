//! Scripts of the shell hold what they promise, as far as shellcheck can tell.

use std::process::Command;

use crate::{files, root, shown};

#[test]
fn scripts_are_sound() {
    let all = files(root());
    let scripts = all.iter().filter(|file| std::fs::read(file).unwrap().starts_with(b"#!/usr/bin/env bash"));
    let scripts: Vec<String> = scripts.map(|file| shown(file)).collect();
    assert!(scripts.len() > 2, "only {scripts:?} were found");
    let output = Command::new("shellcheck").args(&scripts).current_dir(root()).output();
    let output = output.expect("shellcheck is missing; install it with: cargo xtask setup");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
