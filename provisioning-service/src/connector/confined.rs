//! Files of a CO's own, in a folder for each: what one CO writes, no other can reach.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The folder of a CO within that of a connector.
#[must_use]
pub fn folder(all: &Path, co_id: i64) -> PathBuf {
    all.join(format!("co_{co_id}"))
}

/// Whether a name is that of a file in a folder, and of nothing else.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name.starts_with('.')
        && !name.chars().any(|letter| letter.is_control() || matches!(letter, '/' | '\\'))
}

/// Whether a file is a link that leads out of its folder.
///
/// # Errors
/// If it cannot be looked at.
pub fn leads_out(folder: &Path, path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Ok(fs::canonicalize(path)
            .map_or(true, |real| fs::canonicalize(folder).is_ok_and(|home| !real.starts_with(home)))),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
