//! A journal that many tasks write: lines are synced many at a time, each before its writer goes on.

use std::{
    path::Path,
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use serde::Serialize;
use tokio::sync::watch;

use crate::proof::journal::Journal;

/// A journal for many writers.
#[derive(Debug)]
pub(super) struct Ledger<T> {
    written: Mutex<(u64, mpsc::Sender<T>)>,
    synced: watch::Receiver<u64>,
}

/// A line that stands in its place and may not be on the disk yet.
#[derive(Debug)]
#[must_use]
pub(super) struct Place(u64);

impl<T: Serialize + Send + 'static> Ledger<T> {
    /// Opens a journal.
    #[must_use]
    pub(super) fn open(path: &Path) -> Self {
        let mut journal = Journal::open(path);
        let (lines, incoming) = mpsc::channel::<T>();
        let (done, synced) = watch::channel(0);
        thread::spawn(move || {
            while let Ok(first) = incoming.recv() {
                let mut some = vec![first];
                some.extend(incoming.try_iter());
                journal.write_all(&some);
                done.send_modify(|count| *count += some.len() as u64);
            }
        });
        Self { written: Mutex::new((0, lines)), synced }
    }

    /// Gives a line its place, behind all before it.
    pub(super) fn put(&self, line: T) -> Place {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.0 += 1;
        written.1.send(line).expect("the journal is written");
        Place(written.0)
    }

    /// Waits until a line is on the disk.
    pub(super) async fn synced(&self, place: Place) {
        let mut synced = self.synced.clone();
        synced.wait_for(|count| *count >= place.0).await.expect("the journal is written");
    }

    /// Writes a line and waits until it is on the disk.
    pub(super) async fn write(&self, line: T) {
        let place = self.put(line);
        self.synced(place).await;
    }
}
