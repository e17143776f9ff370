//! How many searches through other records run at once: each reads much, and keeps a connection busy meanwhile.
//!
//! Guarantee: searches take at most half of the connections that read, those of one CO at most half of that; so others read
//! at once, and search, whatever one CO does. Mechanism: two turns, first that of the CO. Failure: who has waited too long is
//! told to try again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use proto::refusal::Refusal;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a search waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The turns of searches. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Searches {
    all: Arc<Semaphore>,
    of_each: usize,
    /// By CO; the platform's have none.
    of_co: Arc<Mutex<HashMap<Option<i64>, Arc<Semaphore>>>>,
}

/// A search that runs; it ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    _of_co: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Searches {
    /// The turns beside so many connections that read.
    #[must_use]
    pub fn beside(connections: u32) -> Self {
        let most = usize::try_from(connections / 2).unwrap_or(1).max(1);
        Self { all: Arc::new(Semaphore::new(most)), of_each: (most / 2).max(1), of_co: Arc::default() }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// 503 if none came in time.
    pub async fn begin(&self, co_id: Option<i64>) -> Result<Running, Refusal> {
        let turn = async {
            let of_co = self.of(co_id).acquire_owned().await.ok()?;
            Some(Running { _of_co: of_co, _of_all: Arc::clone(&self.all).acquire_owned().await.ok()? })
        };
        let found = tokio::time::timeout(PATIENCE, turn).await.ok().flatten();
        found.ok_or_else(|| Refusal::Unavailable("Too many searches run at once. Try again in a moment.".to_owned()))
    }

    fn of(&self, co_id: Option<i64>) -> Arc<Semaphore> {
        let mut of_co = self.of_co.lock().unwrap_or_else(PoisonError::into_inner);
        of_co.retain(|_, turns| Arc::strong_count(turns) > 1);
        Arc::clone(of_co.entry(co_id).or_insert_with(|| Arc::new(Semaphore::new(self.of_each))))
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn the_searches_of_one_co_leave_turns_to_others() {
        let searches = Searches::beside(16);
        let mut running = Vec::new();
        for co in [1, 2] {
            for _ in 0..4 {
                running.push(searches.begin(Some(co)).now_or_never().expect("a turn").expect("a search"));
            }
            assert!(searches.begin(Some(co)).now_or_never().is_none(), "CO {co} has its share");
        }
        assert!(searches.begin(None).now_or_never().is_none(), "half of the connections are taken");
        running.truncate(7);
        running.push(searches.begin(None).now_or_never().expect("a turn").expect("a search"));
        running.clear();
        assert!(searches.begin(Some(1)).now_or_never().is_some_and(|begun| begun.is_ok()));
        assert!(Searches::beside(1).begin(Some(1)).now_or_never().is_some(), "there is always one");
    }
}
