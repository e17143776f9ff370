//! Which process is at the other end of a connection of this machine, as the kernel knows it.

use std::{fs, path::PathBuf};

/// Finds the process of `candidates` that has the connection from port `from` to port `to` of 127.0.0.1.
pub(super) fn find(from: u16, to: u16, candidates: &[u32]) -> Option<u32> {
    let inode = inode(from, to)?;
    let socket = PathBuf::from(format!("socket:[{inode}]"));
    candidates.iter().copied().find(|pid| {
        let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        files.filter_map(|file| fs::read_link(file.path()).ok()).any(|link| link == socket)
    })
}

/// Reads the table of connections: its columns are number, local address, remote address, state and six more, inode.
fn inode(from: u16, to: u16) -> Option<u64> {
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let (from, to) = (format!("0100007F:{from:04X}"), format!("0100007F:{to:04X}"));
    let line = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut found = line.filter(|line| line.get(1) == Some(&&*from) && line.get(2) == Some(&&*to));
    found.next()?.get(9)?.parse().ok()
}
