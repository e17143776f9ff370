//! Certificates and keys of TLS are read anew when their files change: what is made of files, and how often they are looked at.

use std::{
    fmt, fs,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::config::ConfigError;

/// How often files are looked at, if they are asked for.
pub const LOOK: Duration = Duration::from_secs(1);

type Make<T> = dyn Fn(&[Vec<u8>]) -> Result<T, String> + Send + Sync;

/// What is made of files; those who hold it share it.
pub struct Renewed<T> {
    inner: Arc<Inner<T>>,
}

struct Inner<T> {
    files: Vec<String>,
    make: Box<Make<T>>,
    state: Mutex<State<T>>,
}

struct State<T> {
    looked: Instant,
    /// What was read last, whether it could be used or not.
    seen: Result<Vec<Vec<u8>>, String>,
    made: Arc<T>,
}

impl<T> Renewed<T> {
    /// Reads files and makes something of them.
    ///
    /// # Errors
    /// A sentence on what is wrong with them.
    pub fn new(
        files: &[&str],
        make: impl Fn(&[Vec<u8>]) -> Result<T, String> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        let seen = read(&files).map_err(|why| ConfigError(format!("{why}.")))?;
        let unusable = |why| ConfigError(format!("The files {} cannot be used: {why}.", files.join(", ")));
        let made = Arc::new(make(&seen).map_err(unusable)?);
        let state = Mutex::new(State { looked: Instant::now(), seen: Ok(seen), made });
        Ok(Self { inner: Arc::new(Inner { files, make: Box::new(make), state }) })
    }

    /// What the files make now, or made when they could be used last.
    #[must_use]
    pub fn now(&self) -> Arc<T> {
        let mut state = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() >= LOOK {
            state.looked = Instant::now();
            self.look(&mut state);
        }
        Arc::clone(&state.made)
    }

    fn look(&self, state: &mut State<T>) {
        let seen = read(&self.inner.files);
        if seen == state.seen {
            return;
        }
        let files = self.inner.files.join(", ");
        match seen.as_ref().map_err(String::clone).and_then(|bytes| (self.inner.make)(bytes)) {
            Ok(made) => {
                state.made = Arc::new(made);
                tracing::info!(files, "certificates were read anew");
            }
            Err(reason) => tracing::warn!(files, reason, "certificates cannot be used; the ones before stay"),
        }
        state.seen = seen;
    }
}

fn read(files: &[String]) -> Result<Vec<Vec<u8>>, String> {
    let read = |file: &String| fs::read(file).map_err(|error| format!("The file {file} cannot be read: {error}"));
    files.iter().map(read).collect()
}

impl<T> Clone for Renewed<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<T> fmt::Debug for Renewed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewed").field("files", &self.inner.files).finish_non_exhaustive()
    }
}
