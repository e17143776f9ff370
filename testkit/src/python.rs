//! Python with packages that `cargo xtask setup` has put below the target folder.

use std::path::PathBuf;

use crate::tools::tool;

/// Gives the interpreter that has a package, such as `pika-1.3.2`.
pub fn interpreter(package: &str) -> PathBuf {
    tool(&format!("{package}/bin/python"))
}
