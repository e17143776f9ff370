//! Python with packages that `cargo xtask setup` has put below the target folder.

use std::path::PathBuf;

/// Gives the interpreter that has a package, such as `pika-1.3.2`.
pub fn interpreter(package: &str) -> PathBuf {
    let this = std::env::current_exe().expect("a test is a program");
    let mut folders = this.ancestors().map(|folder| folder.join("tools").join(package).join("bin").join("python"));
    let found = folders.find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("Python's {package} is missing; install it with: cargo xtask setup"))
}
