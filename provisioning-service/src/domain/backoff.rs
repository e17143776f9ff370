//! When a failed request is tried again (D37).
//!
//! The n-th retry waits `RetryInterval` times 2^(n-1), give or take a tenth, at most a day (or `RetryInterval`, where that
//! is longer), and at least as long as the target asked for.

use chrono::Duration;

/// The longest wait, in seconds.
const CAP: i64 = 24 * 60 * 60;
/// How far the jitter goes to either side.
const JITTER: f64 = 0.1;

/// What a target says about retries.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Seconds before the first retry; [`proto::RETRY_INTERVAL`] if absent.
    pub interval: Option<i64>,
    /// How many retries there are; 3 if absent.
    pub max_retry: Option<i64>,
}

/// Decides after the `tries`-th failed attempt: how long to wait, or `None` when there are no retries left.
///
/// `random` is from 0 up to 1.
#[must_use]
pub fn next(policy: Policy, tries: i64, asked_for: Option<Duration>, random: f64) -> Option<Duration> {
    let retries = policy.max_retry.unwrap_or(crate::domain::target::DEFAULT_MAX_RETRY);
    if tries > retries {
        return None;
    }
    let interval = policy.interval.unwrap_or(proto::RETRY_INTERVAL).max(1);
    let cap = CAP.max(interval);
    let doublings = u32::try_from(tries.saturating_sub(1).clamp(0, 40)).unwrap_or(0);
    let seconds = interval.saturating_mul(1_i64 << doublings).min(cap);
    let factor = 1.0 - JITTER + 2.0 * JITTER * random.clamp(0.0, 1.0);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "far below the exact range")]
    let micros = (seconds as f64 * factor * 1e6) as i64;
    let delay = Duration::microseconds(micros).min(Duration::seconds(cap));
    Some(asked_for.map_or(delay, |asked| delay.max(asked.min(Duration::seconds(cap)))))
}

/// How long who failed for want of a name at a target that answers is left alone, after so many attempts: the square of them in
/// seconds, at most about five minutes.
#[must_use]
pub fn rest(attempts: i64) -> Duration {
    Duration::seconds(attempts.clamp(1, 17).pow(2))
}

/// The same for who waits for what is our own, calls or what cannot be read here, at most half a minute: what comes next for it
/// waits as well, and that passes.
#[must_use]
pub fn rest_of_busy(attempts: i64) -> Duration {
    rest(attempts).min(Duration::seconds(30))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn policy(interval: Option<i64>, max_retry: Option<i64>) -> Policy {
        Policy { interval, max_retry }
    }

    #[test]
    fn waits_double_from_a_quarter_of_an_hour() {
        let waits: Vec<i64> =
            (1..=4).filter_map(|tries| next(policy(None, None), tries, None, 0.5)).map(|d| d.num_seconds()).collect();
        assert_eq!(waits, [900, 1800, 3600], "three retries, then no more");
    }

    #[test]
    fn who_waits_for_our_own_calls_waits_longer_each_time_and_not_long() {
        let waits = |of: fn(i64) -> Duration| [0, 1, 2, 5, 6, 100].map(|attempts| of(attempts).num_seconds());
        assert_eq!(waits(rest_of_busy), [1, 1, 4, 25, 30, 30]);
        assert_eq!(waits(rest), [1, 1, 4, 25, 36, 289]);
    }

    #[test]
    fn a_target_that_asks_for_more_time_gets_it() {
        let asked = |seconds| next(policy(Some(10), None), 1, Some(Duration::seconds(seconds)), 0.5);
        assert_eq!(asked(120), Some(Duration::seconds(120)));
        assert_eq!(asked(1), Some(Duration::seconds(10)));
        assert_eq!(asked(i64::from(u32::MAX)), Some(Duration::hours(24)), "but not for ever");
    }

    proptest! {
        #[test]
        fn waits_stay_in_their_bounds(interval in 1_i64..=2_147_483_647, tries in 1_i64..200, random in 0.0_f64..1.0) {
            let delay = next(policy(Some(interval), Some(1000)), tries, None, random).expect("a retry");
            let cap = CAP.max(interval);
            let exact = interval.saturating_mul(1 << (tries - 1).min(40)).min(cap);
            prop_assert!(delay <= Duration::seconds(cap));
            prop_assert!(delay.num_milliseconds() >= exact * 900 - 1);
            prop_assert!(delay.num_milliseconds() <= exact * 1100 + 1);
        }

        #[test]
        fn there_are_as_many_retries_as_allowed(max in 1_i64..20) {
            let waits = (1..100).take_while(|tries| next(policy(Some(1), Some(max)), *tries, None, 0.0).is_some()).count();
            prop_assert_eq!(waits, usize::try_from(max).expect("small"));
        }
    }
}
