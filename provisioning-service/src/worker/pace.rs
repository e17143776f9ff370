//! Keeping slow targets from holding up the others.
//!
//! A target takes so many calls at once; one whose connector gathers them takes more, but never all that the worker holds. One whose requests had to wait long for their turn is slow for a while: what is
//! claimed and has not begun goes back, and it is claimed from it only as much as it can take.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

/// How long a request waits for its turn at a target before the target counts as slow.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// How long a target counts as slow.
const SLOW: Duration = Duration::from_secs(30);

#[derive(Debug)]
struct Lane {
    width: usize,
    turns: Arc<Semaphore>,
    in_flight: usize,
    slow_until: Option<Instant>,
}

impl Lane {
    fn widen(&mut self, least: usize) -> Arc<Semaphore> {
        self.turns.add_permits(least.saturating_sub(self.width));
        self.width = self.width.max(least);
        Arc::clone(&self.turns)
    }
}

/// The pace of each target.
#[derive(Debug)]
pub(super) struct Pace {
    width: usize,
    patience: Duration,
    lanes: Mutex<HashMap<i64, Lane>>,
}

impl Pace {
    /// So many calls at once at one target, unless it is known to take more.
    pub(super) fn new(width: usize, patience: Duration) -> Self {
        Self { width, patience, lanes: Mutex::default() }
    }

    /// Notes that a request for a target was claimed.
    pub(super) fn enter(&self, target: i64) {
        self.lane(target, |lane| lane.in_flight += 1);
    }

    /// Notes that a request for a target is done with.
    pub(super) fn leave(&self, target: i64) {
        let mut lanes = self.lock();
        let Some(lane) = lanes.get_mut(&target) else { return };
        lane.in_flight = lane.in_flight.saturating_sub(1);
        if lane.in_flight == 0 && lane.slow_until.is_none_or(|until| until <= Instant::now()) {
            lanes.remove(&target);
        }
    }

    /// Waits for a turn at a target, which takes at least so many calls at once; `None` if it takes too long.
    pub(super) async fn turn(&self, target: i64, least: usize) -> Option<OwnedSemaphorePermit> {
        let turns = self.lane(target, |lane| lane.widen(least));
        match timeout(self.patience, turns.acquire_owned()).await {
            Ok(turn) => turn.ok(),
            Err(_elapsed) => {
                self.lane(target, |lane| lane.slow_until = Some(Instant::now() + SLOW));
                None
            }
        }
    }

    /// The slow targets, and how much can be claimed for each.
    pub(super) fn slow(&self) -> Vec<(i64, usize)> {
        let now = Instant::now();
        let room = |lane: &Lane| (lane.width * 2).saturating_sub(lane.in_flight);
        let slow = |lane: &Lane| lane.slow_until.is_some_and(|until| until > now);
        self.lock().iter().filter(|(_, lane)| slow(lane)).map(|(target, lane)| (*target, room(lane))).collect()
    }

    fn lane<T>(&self, target: i64, with: impl FnOnce(&mut Lane) -> T) -> T {
        let turns = || Arc::new(Semaphore::new(self.width));
        let new = || Lane { width: self.width, turns: turns(), in_flight: 0, slow_until: None };
        with(self.lock().entry(target).or_insert_with(new))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_target_that_keeps_requests_waiting_is_slow() {
        let pace = Pace::new(2, Duration::from_millis(1));
        for _ in 0..3 {
            pace.enter(7);
        }
        let turns = (pace.turn(7, 0).await, pace.turn(7, 0).await);
        assert!(turns.0.is_some() && turns.1.is_some());
        assert_eq!(pace.slow(), []);
        assert!(pace.turn(7, 0).await.is_none(), "there are two turns");
        assert_eq!(pace.slow(), [(7, 1)], "two may run and two may wait");
        drop(turns);
        assert!(pace.turn(7, 0).await.is_some());
        pace.leave(7);
        assert_eq!(pace.slow(), [(7, 2)]);
    }

    #[tokio::test]
    async fn a_target_that_takes_more_has_as_many_turns() {
        let pace = Pace::new(1, Duration::from_millis(1));
        pace.enter(7);
        let turns = (pace.turn(7, 2).await, pace.turn(7, 2).await);
        assert!(turns.0.is_some() && turns.1.is_some());
        assert!(pace.turn(7, 2).await.is_none(), "there are two turns");
        assert_eq!(pace.slow(), [(7, 3)], "two may run and two may wait");
    }

    #[tokio::test]
    async fn targets_do_not_wait_for_each_other() {
        let pace = Pace::new(1, Duration::from_millis(1));
        let _turn = pace.turn(7, 0).await.expect("a turn");
        assert!(pace.turn(8, 0).await.is_some());
    }
}
