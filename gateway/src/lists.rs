//! How many long answers, such as whole lists, searches and streams of events, are sent to one user at the same time: each keeps a
//! connection and the databases busy.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use proto::caller::Caller;
use tokio_util::sync::CancellationToken;

use crate::refusal::Problem;

/// The long answers that are being sent, by user.
#[derive(Clone, Debug)]
pub struct Lists {
    most: usize,
    running: Arc<Mutex<Users>>,
}

/// Those of each user, the oldest first.
type Users = HashMap<String, VecDeque<Arc<CancellationToken>>>;

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
        let mut users = self.users();
        if users.get(&caller.username).is_some_and(|own| own.len() >= self.most) {
            return Err(Problem::too_many());
        }
        Ok(self.enter(&mut users, caller))
    }

    /// Begins one; if the user has as many as are allowed, in place of the oldest, whose reader may have gone unnoticed.
    #[must_use]
    pub fn begin_instead(&self, caller: &Caller) -> Running {
        let mut users = self.users();
        if let Some(own) = users.get_mut(&caller.username) {
            while own.len() >= self.most.max(1) {
                own.pop_front().iter().for_each(|oldest| oldest.cancel());
            }
        }
        self.enter(&mut users, caller)
    }

    fn enter(&self, users: &mut Users, caller: &Caller) -> Running {
        let over = Arc::new(CancellationToken::new());
        users.entry(caller.username.clone()).or_default().push_back(Arc::clone(&over));
        Running { lists: self.clone(), username: caller.username.clone(), over }
    }

    fn users(&self) -> MutexGuard<'_, Users> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A long answer that is being sent.
#[derive(Debug)]
pub struct Running {
    lists: Lists,
    username: String,
    over: Arc<CancellationToken>,
}

impl Running {
    /// Waits until another one takes its place.
    pub async fn over(&self) {
        self.over.cancelled().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut users = self.lists.users();
        if let Some(own) = users.get_mut(&self.username) {
            own.retain(|one| !Arc::ptr_eq(one, &self.over));
            if own.is_empty() {
                users.remove(&self.username);
            }
        }
    }
}
