//! Logins that failed, to be written down: the first of a name from an address at once, then one in a minute with their
//! number, and of all together no more than the log can take.
//!
//! Guarantee: who tries one name again and again is written down with it, whatever else is tried. Mechanism: half of what is
//! written down in a minute is for those of the minute before that were only counted, the most first; the rest of these is one
//! line. All together may only try so much (`auth.attempts`), so that nobody can fill that half with other names.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// How long those of one name from one address are only counted.
const QUIET: i64 = 60;
/// So many are written down in that time.
const MOST: usize = 60;
/// So many of these are for what was only counted before.
const COUNTED: usize = 30;
/// So many names and addresses are told apart.
const KNOWN: usize = 10_000;
/// What stands for the names that are not told.
const OTHERS: &str = "(others)";

/// Counts logins that failed.
#[derive(Debug, Default)]
pub struct Failures(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    of: HashMap<(String, Option<IpAddr>), Count>,
    /// Those for which there was no room.
    others: i64,
    /// When the present time of all together began, and how many were written down since.
    began: i64,
    written: usize,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    written: i64,
    since: i64,
}

/// What is to be written down: the name, from where it came, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The name that was given.
    pub username: String,
    /// The address; none, if that is not known, or of several.
    pub address: Option<IpAddr>,
    /// How many logins failed.
    pub attempts: i64,
}

impl Failures {
    /// Counts one, at a time in seconds; gives what is to be written down now.
    pub fn count(&self, username: &str, address: Option<IpAddr>, now: i64) -> Vec<Told> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told = if now - counts.began >= QUIET { counts.begin(now) } else { Vec::new() };
        told.extend(counts.one(username.chars().take(128).collect(), address, now));
        told
    }
}

impl Counts {
    /// Begins a minute: tells what was only counted in the one before.
    fn begin(&mut self, now: i64) -> Vec<Told> {
        self.began = now;
        let mut waiting: Vec<_> = self.of.iter().filter(|(_, count)| count.since > 0).collect();
        waiting.sort_by(|(one, a), (other, b)| b.since.cmp(&a.since).then_with(|| one.cmp(other)));
        let rest: i64 = waiting.iter().skip(COUNTED).map(|(_, count)| count.since).sum();
        let tell = |((username, address), count): &(&(String, Option<IpAddr>), &Count)| Told {
            username: username.clone(),
            address: *address,
            attempts: count.since,
        };
        let mut told: Vec<Told> = waiting.iter().take(COUNTED).map(tell).collect();
        let others = std::mem::take(&mut self.others) + rest;
        self.of.retain(|_, count| count.since == 0 && now - count.written < QUIET);
        for told in &told {
            self.of.insert((told.username.clone(), told.address), Count { written: now, since: 0 });
        }
        if others > 0 {
            told.push(Told { username: OTHERS.to_owned(), address: None, attempts: others });
        }
        self.written = told.len();
        told
    }

    fn one(&mut self, username: String, address: Option<IpAddr>, now: i64) -> Option<Told> {
        let key = (username, address);
        if self.of.len() >= KNOWN && !self.of.contains_key(&key) {
            self.others += 1;
            return None;
        }
        let count = self.of.entry(key.clone()).or_insert(Count { written: now - QUIET, since: 0 });
        count.since += 1;
        if now - count.written < QUIET || self.written >= MOST {
            return None;
        }
        self.written += 1;
        count.written = now;
        Some(Told { username: key.0, address, attempts: std::mem::take(&mut count.since) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(told: &[Told]) -> Vec<(&str, i64)> {
        told.iter().map(|told| (told.username.as_str(), told.attempts)).collect()
    }

    #[test]
    fn the_first_is_told_at_once_and_the_others_with_their_number() {
        let failures = Failures::default();
        let here = "192.0.2.1".parse().ok();
        for (name, address) in [("ada", here), ("bob", here), ("ada", None)] {
            assert_eq!(numbers(&failures.count(name, address, 1_000)), [(name, 1)]);
        }
        assert_eq!([1_001, 1_059].map(|now| failures.count("ada", here, now)), [vec![], vec![]]);
        assert_eq!(numbers(&failures.count("bob", here, 1_060)), [("ada", 2), ("bob", 1)]);
    }

    #[test]
    fn a_flood_is_counted_and_not_written_down() {
        let failures = Failures::default();
        let told: usize = (0..KNOWN + 100).map(|at| failures.count(&format!("u{at}"), None, 1_000).len()).sum();
        assert_eq!(told, MOST);
        assert_eq!(failures.0.lock().unwrap().of.len(), KNOWN);
        let told = failures.count("ada", None, 1_060);
        assert_eq!((told.len(), told[COUNTED].username.as_str()), (COUNTED + 2, OTHERS));
        let all: i64 = told.iter().map(|told| told.attempts).sum();
        assert_eq!(all, i64::try_from(KNOWN + 100 - MOST).unwrap() + 1, "none is lost");
    }

    /// Made-up names at the begin of each minute do not keep guesses at one name out of the log.
    #[test]
    fn guesses_at_one_name_are_told_whatever_else_is_tried() {
        let failures = Failures::default();
        let mut of_ada = 0;
        for minute in 0..3 {
            let now = 1_000 + minute * QUIET;
            let made_up = (0..100).flat_map(|at| failures.count(&format!("junk{minute}_{at}"), None, now));
            of_ada += made_up.filter(|told| told.username == "ada").map(|told| told.attempts).sum::<i64>();
            for _ in 0..40 {
                of_ada += failures.count("ada", None, now + 1).iter().map(|told| told.attempts).sum::<i64>();
            }
        }
        assert_eq!(of_ada, 80, "those of both minutes before");
    }
}
