//! How many long lists are read for one user at the same time: each keeps a connection and the databases busy.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use proto::caller::Caller;

use crate::refusal::Problem;

/// The long lists that are being sent, counted by user.
#[derive(Clone, Debug)]
pub struct Lists {
    most: usize,
    running: Arc<Mutex<HashMap<String, usize>>>,
}

impl Lists {
    /// None yet, and at most so many for each user.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, running: Arc::default() }
    }

    /// Begins one, which ends when what this gives is dropped.
    ///
    /// # Errors
    /// 429 (D62) if the user has as many as are allowed.
    pub fn begin(&self, caller: &Caller) -> Result<Running, Problem> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(caller.username.clone()).or_default();
        if *count >= self.most {
            return Err(Problem::TooMany { seconds: 1 });
        }
        *count += 1;
        Ok(Running { lists: self.clone(), username: caller.username.clone() })
    }
}

/// A long list that is being sent.
#[derive(Debug)]
pub struct Running {
    lists: Lists,
    username: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut running = self.lists.running.lock().unwrap_or_else(PoisonError::into_inner);
        let left = running.get(&self.username).map_or(0, |count| count.saturating_sub(1));
        match left {
            0 => running.remove(&self.username),
            left => running.insert(self.username.clone(), left),
        };
    }
}
