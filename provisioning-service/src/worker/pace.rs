//! The pace of each target (D55), and shares for each CO.
//!
//! Guarantee: a target that is slow or away takes only its own share of the worker, and no CO takes all of it. Mechanism: a
//! target has so many calls at once, which grow one by one while it answers, and are halved when it refuses or does not
//! answer; after a row of failures of its own it is left alone, and one call from time to time finds out whether it answers
//! again. One whose requests had to wait long for their turn is slow for a while: it is claimed from it only as much as it
//! can take. The calls of this process are shared between the COs (`shares`). Failure: what was claimed and has not begun
//! goes back, and uses up no try.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::{
    domain::ids::TargetId,
    store::health::Said,
    worker::shares::{Share, Shares},
};

/// How long a request waits for its turn at a target before the target counts as slow.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// How long a target counts as slow.
const SLOW: Duration = Duration::from_secs(30);
/// So many failures of the target's own in a row, and it is left alone.
const ROW: u32 = 10;
/// How long at first, and at the longest.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// What is known of one that fails is forgotten when nothing was tried for so long: a probe comes at least as often.
const FORGOTTEN: Duration = Duration::from_secs(600);
/// How many calls at once a target may grow to, as a multiple of those it begins with.
const GROWTH: usize = 4;

/// How a call ended, for the pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// The target did what it was asked for.
    Done,
    /// It answered, and refused the subject.
    Refused,
    /// It did not answer, or was not able to.
    Failed,
}

#[derive(Debug)]
struct Lane {
    width: usize,
    /// What it begins with, and may grow to.
    most: usize,
    in_call: usize,
    in_flight: usize,
    turns: Arc<Notify>,
    /// Answers since it grew.
    answers: usize,
    /// Refusals in a row.
    refusals: u32,
    /// Failures in a row, and what the last one was.
    failures: u32,
    failed_at: Instant,
    why: String,
    slow_until: Option<Instant>,
    /// It is left alone until then; one call is let through after.
    open: Option<(Instant, Duration)>,
    last_success: Option<DateTime<Utc>>,
    /// Something is to be told that was not yet.
    changed: bool,
}

impl Lane {
    fn new(width: usize) -> Self {
        Self {
            width,
            most: width * GROWTH,
            in_call: 0,
            in_flight: 0,
            turns: Arc::default(),
            answers: 0,
            refusals: 0,
            failures: 0,
            failed_at: Instant::now(),
            why: String::new(),
            slow_until: None,
            open: None,
            last_success: None,
            changed: false,
        }
    }

    fn is_slow(&self, now: Instant) -> bool {
        self.slow_until.is_some_and(|until| until > now)
    }

    /// Whether nothing has been asked of it for long: as of a target that was deleted.
    fn is_forgotten(&self, now: Instant) -> bool {
        self.failures > 0
            && self.in_flight == 0
            && self.in_call == 0
            && !self.is_slow(now)
            && now.duration_since(self.failed_at) >= FORGOTTEN
    }

    /// How many may be in a call at once now.
    fn limit(&self, now: Instant) -> usize {
        match self.open {
            None => self.width,
            Some((until, _)) if until > now => 0,
            Some(_) => 1,
        }
    }

    fn done(&mut self, at: DateTime<Utc>) {
        self.refusals = 0;
        self.last_success = Some(at);
        self.answered();
    }

    fn refused(&mut self) {
        self.refusals = self.refusals.saturating_add(1);
        self.answered();
    }

    fn answered(&mut self) {
        let recovered = self.failures > 0 || self.open.is_some();
        (self.failures, self.open) = (0, None);
        self.answers += 1;
        if self.answers >= self.width && self.width < self.most {
            (self.width, self.answers) = (self.width + 1, 0);
            self.turns.notify_one();
        }
        self.changed = true;
        if recovered {
            self.turns.notify_waiters();
        }
    }

    fn failed(&mut self, why: &str, now: Instant) {
        self.failures += 1;
        self.failed_at = now;
        self.answers = 0;
        self.width = (self.width / 2).max(1);
        why.clone_into(&mut self.why);
        self.changed = true;
        // What was under way when it was left alone says nothing new.
        if self.failures >= ROW && self.open.is_none_or(|(until, _)| until <= now) {
            let pause = self.open.map_or(FIRST, |(_, pause)| (pause * 2).min(LONGEST));
            self.open = Some((now + pause, pause));
        }
    }

    fn said(&self, target: TargetId, now: Instant) -> Said {
        let (health, sentence) = match (self.open, self.failures) {
            (Some(_), _) => {
                let row = format!(
                    "The last {} calls failed; one from time to time finds out whether it answers.",
                    self.failures
                );
                ("Broken", format!("{row} {}", self.why))
            }
            (None, 1..) => ("Slow", format!("The last call failed. {}", self.why)),
            (None, 0) if self.is_slow(now) => ("Slow", "Requests wait long for their turn.".to_owned()),
            (None, 0) if self.refusals > 0 => {
                ("Good", format!("It answers, and refused the last {} requests; each says why.", self.refusals))
            }
            (None, 0) => ("Good", "It answers.".to_owned()),
        };
        Said {
            target,
            health,
            sentence: sentence.trim_end().to_owned(),
            concurrency: i64::try_from(self.width).unwrap_or(i64::MAX),
            last_success: self.last_success,
        }
    }
}

/// The pace of each target, and the calls of each CO.
#[derive(Debug)]
pub(super) struct Pace {
    width: usize,
    patience: Duration,
    lanes: Mutex<HashMap<TargetId, Lane>>,
    calls: Arc<Shares>,
}

/// A turn at a target.
#[derive(Debug)]
pub(super) struct Turn {
    pace: Arc<Pace>,
    target: TargetId,
    /// It finds out whether the target answers again.
    pub(super) probes: bool,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let turns = self.pace.lane(self.target, |lane| {
            lane.in_call = lane.in_call.saturating_sub(1);
            Arc::clone(&lane.turns)
        });
        turns.notify_one();
        self.pace.tidy(self.target);
    }
}

impl Pace {
    /// So many calls at once at one target at first, and so many in all.
    pub(super) fn new(width: usize, most: usize, patience: Duration) -> Arc<Self> {
        Arc::new(Self { width, patience, lanes: Mutex::default(), calls: Shares::new(most) })
    }

    /// Notes that a request for a target was claimed.
    pub(super) fn enter(&self, target: TargetId) {
        self.lane(target, |lane| lane.in_flight += 1);
    }

    /// Notes that a request for a target is done with.
    pub(super) fn leave(&self, target: TargetId) {
        self.lane(target, |lane| lane.in_flight = lane.in_flight.saturating_sub(1));
        self.tidy(target);
    }

    /// Waits for a turn at a target, which takes at least so many calls at once; `None` if it takes too long, or the target
    /// is left alone.
    pub(super) async fn turn(self: &Arc<Self>, target: TargetId, least: usize) -> Option<Turn> {
        let deadline = Instant::now() + self.patience;
        loop {
            let turns = self.lane(target, |lane| Arc::clone(&lane.turns));
            let told = turns.notified();
            tokio::pin!(told);
            // From here on nothing that is told is missed.
            told.as_mut().enable();
            let taken = self.lane(target, |lane| {
                (lane.width, lane.most) = (lane.width.max(least), lane.most.max(least));
                let limit = lane.limit(Instant::now());
                let free = lane.in_call < limit;
                lane.in_call += usize::from(free);
                (free, limit == 0, lane.open.is_some())
            });
            match taken {
                (true, _, probes) => return Some(Turn { pace: Arc::clone(self), target, probes }),
                (false, true, _) => return None,
                (false, false, _) => {}
            }
            if timeout_at(deadline, told).await.is_err() {
                self.lane(target, |lane| {
                    lane.slow_until = Some(Instant::now() + SLOW);
                    lane.changed = true;
                });
                return None;
            }
        }
    }

    /// Waits until a CO may make a call.
    pub(super) async fn share(&self, co: i64) -> Share {
        self.calls.share(co).await
    }

    /// Notes how a call of a target ended.
    pub(super) fn ended(&self, target: TargetId, call: Call, why: &str, at: DateTime<Utc>) {
        let now = Instant::now();
        self.lane(target, |lane| match call {
            Call::Done => lane.done(at),
            Call::Refused => lane.refused(),
            Call::Failed => lane.failed(why, now),
        });
    }

    /// The targets that are slow or left alone, and how much can be claimed for each.
    pub(super) fn slow(&self) -> Vec<(TargetId, usize)> {
        let now = Instant::now();
        let room = |lane: &Lane| match lane.open {
            Some(_) => lane.limit(now).saturating_sub(lane.in_flight),
            None => (lane.width * 2).saturating_sub(lane.in_flight),
        };
        let lanes = self.lock();
        let slow = lanes.iter().filter(|(_, lane)| lane.open.is_some() || lane.is_slow(now));
        slow.map(|(target, lane)| (*target, room(lane))).collect()
    }

    /// What is to be told of targets since this was asked last.
    pub(super) fn take_said(&self) -> Vec<Said> {
        let now = Instant::now();
        let mut lanes = self.lock();
        let changed = lanes.iter_mut().filter(|(_, lane)| lane.changed);
        let said = changed.map(|(target, lane)| {
            lane.changed = false;
            lane.said(*target, now)
        });
        let said = said.collect();
        lanes.retain(|_, lane| !Self::is_idle(lane, now) && !lane.is_forgotten(now));
        said
    }

    fn is_idle(lane: &Lane, now: Instant) -> bool {
        lane.in_flight == 0 && lane.in_call == 0 && lane.failures == 0 && !lane.changed && !lane.is_slow(now)
    }

    fn tidy(&self, target: TargetId) {
        let mut lanes = self.lock();
        // One that has grown is remembered a while: it goes when it is told of.
        if lanes.get(&target).is_some_and(|lane| lane.answers == 0 && Self::is_idle(lane, Instant::now())) {
            lanes.remove(&target);
        }
    }

    fn lane<T>(&self, target: TargetId, with: impl FnOnce(&mut Lane) -> T) -> T {
        with(self.lock().entry(target).or_insert_with(|| Lane::new(self.width)))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TargetId, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
