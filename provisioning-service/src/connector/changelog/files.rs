//! Appending to files.
//!
//! Guarantee: what was answered is on the disk; lines are whole, also beside other processes that write the same file.
//! Mechanism: lines that come while a write is under way are written together by the next one, under a lock on the file,
//! in one write, followed by one flush. Failure: a crash may leave half a line; the next write then begins on a new one. A
//! write that failed is taken back, so that it can be tried again.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{
    Mutex as Turn,
    oneshot::{self, error::TryRecvError},
};

use crate::{connector::confined::leads_out, domain::outcome::ConnectorError};

type Answer = oneshot::Sender<Result<(), ConnectorError>>;

#[derive(Debug, Default)]
struct Journal {
    waiting: Mutex<Vec<(Vec<u8>, Answer)>>,
    turn: Turn<()>,
}

/// The files that are being written.
#[derive(Debug, Default)]
pub(super) struct Files {
    journals: Mutex<HashMap<PathBuf, Arc<Journal>>>,
}

impl Files {
    /// Appends a line, and answers when it is on the disk.
    pub(super) async fn append(&self, folder: &Path, path: &Path, line: Vec<u8>) -> Result<(), ConnectorError> {
        let journal = Arc::clone(lock(&self.journals).entry(path.to_owned()).or_default());
        let (answer, mut written) = oneshot::channel();
        lock(&journal.waiting).push((line, answer));
        let turn = journal.turn.lock().await;
        // Who had the turn before may have written this line along with others.
        match written.try_recv() {
            Ok(result) => return result,
            Err(TryRecvError::Closed) => return Err(cut_off()),
            Err(TryRecvError::Empty) => {}
        }
        let (lines, answers): (Vec<_>, Vec<_>) = std::mem::take(&mut *lock(&journal.waiting)).into_iter().unzip();
        let (folder, path) = (folder.to_owned(), path.to_owned());
        let result = tokio::task::spawn_blocking(move || write(&folder, &path, &lines.concat())).await;
        let result = result.unwrap_or_else(|_| Err(stopping()));
        for answer in answers {
            // Who does not wait any more does not need to know.
            let _gone = answer.send(result.clone());
        }
        drop(turn);
        written.await.unwrap_or_else(|_| Err(cut_off()))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(folder: &Path, path: &Path, lines: &[u8]) -> Result<(), ConnectorError> {
    fs::create_dir_all(folder).map_err(|error| away(&error))?;
    if leads_out(folder, path).map_err(|error| away(&error))? {
        return Err(ConnectorError::permanent("The log file is a link that leads out of the folder of its CO."));
    }
    let mut file = File::options().create(true).append(true).read(true).open(path).map_err(|error| away(&error))?;
    file.lock().map_err(|error| away(&error))?;
    let result = append(&mut file, lines);
    // Closing the file would release the lock as well.
    let _unlocked = file.unlock();
    result.map_err(|error| away(&error))
}

fn append(file: &mut File, lines: &[u8]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let end = file.seek(SeekFrom::End(0))?;
    let mut text = Vec::with_capacity(lines.len() + 1);
    if end > 0 {
        let mut last = [0];
        file.seek(SeekFrom::Start(end - 1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            text.push(b'\n');
        }
    }
    text.extend_from_slice(lines);
    let written = file.write_all(&text).and_then(|()| file.sync_data());
    if written.is_err() {
        // If even that fails, the next write begins on a new line.
        let _taken_back = file.set_len(end);
    }
    written
}

fn stopping() -> ConnectorError {
    ConnectorError::retryable("The server is stopping.")
}

/// Whoever wrote it for others was cut off; the write goes on.
fn cut_off() -> ConnectorError {
    ConnectorError::unknown("The line was being written when that was given up.")
}

fn away(error: &io::Error) -> ConnectorError {
    match error.kind() {
        io::ErrorKind::IsADirectory => ConnectorError::permanent("The log file is a folder."),
        _ => ConnectorError::retryable(format!("The log file cannot be written: {error}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[tokio::test]
    async fn lines_that_come_together_are_all_written_whole() {
        let (folder, files) = (folder(), Arc::new(Files::default()));
        let path = folder.path().join("a.log");
        let appends = (0..200).map(|n| {
            let (files, folder, path) = (Arc::clone(&files), folder.path().to_owned(), path.clone());
            tokio::spawn(async move { files.append(&folder, &path, format!("{n}\n").into_bytes()).await })
        });
        for append in appends.collect::<Vec<_>>() {
            append.await.expect("no panic").expect("written");
        }
        let text = fs::read_to_string(&path).expect("a file");
        let mut lines: Vec<u32> = text.lines().map(|line| line.parse().expect("a whole line")).collect();
        lines.sort_unstable();
        assert_eq!(lines, (0..200).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn half_a_line_does_not_spoil_the_next() {
        let (folder, files) = (folder(), Files::default());
        let path = folder.path().join("a.log");
        fs::write(&path, "{\"half").expect("written");
        files.append(folder.path(), &path, b"{}\n".to_vec()).await.expect("written");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "{\"half\n{}\n");
    }

    #[tokio::test]
    async fn a_link_out_of_the_folder_is_refused() {
        let (folder, outside, files) = (folder(), self::folder(), Files::default());
        for target in [outside.path().join("there"), outside.path().join("not-yet")] {
            let path = folder.path().join(target.file_name().expect("a name"));
            std::os::unix::fs::symlink(&target, &path).expect("a link");
        }
        fs::write(outside.path().join("there"), "").expect("written");
        for name in ["there", "not-yet"] {
            let result = files.append(folder.path(), &folder.path().join(name), b"{}\n".to_vec()).await;
            assert!(matches!(result, Err(ConnectorError::Permanent { .. })), "{name}");
        }
        assert_eq!(fs::read_to_string(outside.path().join("there")).expect("a file"), "");
    }

    #[tokio::test]
    async fn a_full_disk_can_be_tried_again() {
        let files = Files::default();
        // Everything written to /dev/full fails as on a full disk.
        let result = files.append(Path::new("/dev"), Path::new("/dev/full"), b"{}\n".to_vec()).await;
        assert!(matches!(result, Err(ConnectorError::Retryable { .. })), "{result:?}");
    }
}
