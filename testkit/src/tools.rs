//! What `cargo xtask setup` has put below the target folder.

use std::path::PathBuf;

/// Gives a folder or file of it, such as `pika-1.3.2/bin/python`.
pub fn tool(path: &str) -> PathBuf {
    let this = std::env::current_exe().expect("a test is a program");
    let mut folders = this.ancestors().map(|folder| folder.join("tools").join(path));
    folders
        .find(|file| file.exists())
        .unwrap_or_else(|| panic!("{path} is missing; install it with: cargo xtask setup"))
}
