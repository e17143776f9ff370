//! Logins that failed, to be written down: the first of a name from an address at once, then one in a minute with their
//! number, and of all together no more than the log can take.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// How long those of one name from one address are only counted.
const QUIET: i64 = 60;
/// So many are written down in that time.
const MOST: usize = 60;
/// So many names and addresses are told apart.
const KNOWN: usize = 10_000;

/// Counts logins that failed.
#[derive(Debug, Default)]
pub struct Failures(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    of: HashMap<(String, Option<IpAddr>), Count>,
    /// When the present time of all together began, and how many were written down since.
    began: i64,
    written: usize,
}

#[derive(Debug)]
struct Count {
    written: i64,
    since: i64,
}

impl Failures {
    /// Counts one, at a time in seconds; gives how many there are to be written down now.
    pub fn count(&self, username: &str, address: Option<IpAddr>, now: i64) -> Option<i64> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = &mut *counts;
        if now - counts.began >= QUIET {
            (counts.began, counts.written) = (now, 0);
            counts.of.retain(|_, count| count.since > 0 || now - count.written < QUIET);
        }
        let key = (username.chars().take(128).collect(), address);
        if counts.of.len() >= KNOWN && !counts.of.contains_key(&key) {
            return None;
        }
        let count = counts.of.entry(key).or_insert(Count { written: now - QUIET, since: 0 });
        count.since += 1;
        if now - count.written < QUIET || counts.written >= MOST {
            return None;
        }
        counts.written += 1;
        count.written = now;
        Some(std::mem::take(&mut count.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_at_once_and_the_others_with_their_number() {
        let failures = Failures::default();
        let here = "192.0.2.1".parse().ok();
        assert_eq!(failures.count("ada", here, 1_000), Some(1));
        assert_eq!(failures.count("bob", here, 1_000), Some(1));
        assert_eq!(failures.count("ada", None, 1_000), Some(1));
        assert_eq!([1_001, 1_059].map(|now| failures.count("ada", here, now)), [None, None]);
        assert_eq!(failures.count("ada", here, 1_060), Some(3));
    }

    #[test]
    fn a_flood_is_counted_and_not_written_down() {
        let failures = Failures::default();
        let told = (0..KNOWN + 100).filter(|at| failures.count(&format!("u{at}"), None, 1_000).is_some()).count();
        assert_eq!(told, MOST);
        assert_eq!(failures.0.lock().unwrap().of.len(), KNOWN);
        assert_eq!(failures.count("u99", None, 1_060), Some(2), "it was counted, and is told later");
    }
}
