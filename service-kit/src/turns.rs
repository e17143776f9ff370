//! How much of what keeps a service long at work runs at once: searches through other records, reading of targets.
//!
//! Guarantee: no more runs than there are turns, and of one CO no more than its share of them; so others come to theirs,
//! whatever one CO does. Mechanism: two turns, first that of the CO. Failure: who has waited too long is told to try again;
//! who is waited for by nobody any more waits no longer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use proto::refusal::Refusal;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// How long anybody waits for a turn.
const PATIENCE: Duration = Duration::from_secs(10);

tokio::task_local! {
    /// That nobody waits for the work under way any more.
    static GONE: CancellationToken;
}

/// Carries out work for somebody who may hang up: from then on it waits for no turn.
pub async fn for_caller<T>(gone: CancellationToken, work: impl Future<Output = T>) -> T {
    GONE.scope(gone, work).await
}

/// Turns of one kind of work. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Turns {
    what: &'static str,
    all: Arc<Semaphore>,
    of_each: usize,
    /// By CO; the platform's have none.
    of_co: Arc<Mutex<HashMap<Option<i64>, Arc<Semaphore>>>>,
}

/// A turn; it ends when this is dropped.
#[derive(Debug)]
pub struct Turn {
    _of_co: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Turns {
    /// So many turns, at least one, of which a CO may have half. `what` says what they are for: "searches".
    #[must_use]
    pub fn new(what: &'static str, most: usize) -> Self {
        let most = most.max(1);
        Self { what, all: Arc::new(Semaphore::new(most)), of_each: (most / 2).max(1), of_co: Arc::default() }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// 503 if none came in time.
    pub async fn begin(&self, co_id: Option<i64>) -> Result<Turn, Refusal> {
        let turn = async {
            let of_co = self.of(co_id).acquire_owned().await.ok()?;
            Some(Turn { _of_co: of_co, _of_all: Arc::clone(&self.all).acquire_owned().await.ok()? })
        };
        let gone = GONE.try_with(CancellationToken::clone).unwrap_or_default();
        let found = tokio::select! {
            found = tokio::time::timeout(PATIENCE, turn) => found.ok().flatten(),
            () = gone.cancelled() => None,
        };
        found.ok_or_else(|| Refusal::Unavailable(format!("Too many {} run at once. Try again in a moment.", self.what)))
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
    async fn nobody_waits_for_who_has_hung_up() {
        let turns = Turns::new("changes", 1);
        let _taken = turns.begin(Some(1)).await.expect("a turn");
        let gone = CancellationToken::new();
        let mut waits = Box::pin(for_caller(gone.clone(), turns.begin(Some(2))));
        assert!((&mut waits).now_or_never().is_none(), "it waits for its turn");
        gone.cancel();
        assert!(waits.now_or_never().is_some_and(|waited| waited.is_err()));
    }

    #[tokio::test]
    async fn one_co_leaves_turns_to_others() {
        let turns = Turns::new("searches", 8);
        let mut running = Vec::new();
        for co in [1, 2] {
            for _ in 0..4 {
                running.push(turns.begin(Some(co)).now_or_never().expect("at once").expect("a turn"));
            }
            assert!(turns.begin(Some(co)).now_or_never().is_none(), "CO {co} has its share");
        }
        assert!(turns.begin(None).now_or_never().is_none(), "all are taken");
        running.truncate(7);
        running.push(turns.begin(None).now_or_never().expect("at once").expect("a turn"));
        running.clear();
        assert!(turns.begin(Some(1)).now_or_never().is_some_and(|begun| begun.is_ok()));
        assert!(Turns::new("searches", 0).begin(Some(1)).now_or_never().is_some(), "there is always one");
    }
}
