//! How much waited at each target over the last hours, as the gateway saw it: kept in its memory, because nobody else keeps it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use proto::provisioning::v1::CoProvisioningTarget;

/// So many seconds are kept.
pub const KEPT: i64 = 3 * 60 * 60;
/// Samples of a target are so many seconds apart at least.
const APART: i64 = 20;

/// How much waited at a time in seconds since 1970, and for how many seconds the oldest had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When.
    pub at: i64,
    /// Requests.
    pub waiting: i64,
    /// Seconds.
    pub age: i64,
}

/// The samples of all targets.
#[derive(Debug, Default)]
pub struct Samples(Mutex<HashMap<i64, VecDeque<Sample>>>);

impl Samples {
    /// Takes down what is known of targets at a time in seconds since 1970.
    pub fn note(&self, now: i64, targets: &[CoProvisioningTarget]) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for target in targets {
            let own = all.entry(target.id.unwrap_or_default()).or_default();
            if own.back().is_none_or(|last| now - last.at >= APART) {
                let age = target.oldest_waiting.as_ref().map_or(0, |since| (now - since.seconds).max(0));
                own.push_back(Sample { at: now, waiting: target.waiting.unwrap_or_default(), age });
            }
        }
        for own in all.values_mut() {
            while own.front().is_some_and(|first| now - first.at > KEPT) {
                own.pop_front();
            }
        }
        all.retain(|_, own| !own.is_empty());
    }

    /// The samples of a target, the oldest first.
    #[must_use]
    pub fn of(&self, target: i64) -> Vec<Sample> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&target).map(|own| own.iter().copied().collect()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(id: i64, waiting: i64) -> CoProvisioningTarget {
        let oldest_waiting = Some(prost_types::Timestamp { seconds: 0, nanos: 0 });
        CoProvisioningTarget { id: Some(id), waiting: Some(waiting), oldest_waiting, ..CoProvisioningTarget::default() }
    }

    #[test]
    fn samples_are_apart_and_are_forgotten_after_hours() {
        let samples = Samples::default();
        for (now, waiting) in [(0, 5), (APART - 1, 900), (APART, 10)] {
            samples.note(now, &[target(1, waiting)]);
        }
        let expected = [Sample { at: 0, waiting: 5, age: 0 }, Sample { at: APART, waiting: 10, age: APART }];
        assert_eq!(samples.of(1), expected, "one that comes too soon does not count");
        samples.note(KEPT + APART + 1, &[target(2, 1)]);
        assert!(samples.of(1).is_empty() && samples.of(2).len() == 1);
    }
}
