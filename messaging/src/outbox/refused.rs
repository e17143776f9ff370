//! Rows that the broker refuses for themselves: passed over until their pause is over.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

/// How many are passed over; if there are more, something is wrong with the broker and not with them.
const ROOM: usize = 5000;
const FIRST: Duration = Duration::from_secs(5);
/// A broker that is well again gets them within that.
const LONGEST: Duration = Duration::from_secs(60);

/// When each is tried again, and its pause after that.
#[derive(Debug, Default)]
pub(super) struct Refused(HashMap<i64, (Instant, Duration)>);

impl Refused {
    /// Those whose time has not come.
    pub(super) fn not_due(&self, now: Instant) -> Vec<i64> {
        let mut ids: Vec<i64> = self.0.iter().filter(|(_, (due, _))| *due > now).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }

    /// Notes one; gives whether there was room for it.
    pub(super) fn note(&mut self, id: i64, now: Instant) -> bool {
        if self.0.len() >= ROOM && !self.0.contains_key(&id) {
            // Those that were due long ago, and were not refused again, went by another process.
            self.0.retain(|_, (due, _)| now < *due + LONGEST);
            if self.0.len() >= ROOM {
                return false;
            }
        }
        let (due, pause) = self.0.entry(id).or_insert((now, FIRST));
        *due = now + *pause;
        *pause = (*pause * 2).min(LONGEST);
        true
    }

    pub(super) fn forget(&mut self, id: i64) {
        self.0.remove(&id);
    }

    /// Whether one was refused before.
    pub(super) fn has(&self, id: i64) -> bool {
        self.0.contains_key(&id)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_who_is_confirmed_begins_anew() {
        let (mut refused, now) = (Refused::default(), Instant::now());
        for pause in [5, 10, 20] {
            assert!(refused.note(1, now));
            assert_eq!(refused.not_due(now + Duration::from_secs(pause - 1)), [1]);
            assert!(refused.not_due(now + Duration::from_secs(pause)).is_empty());
        }
        refused.forget(1);
        assert!(refused.note(1, now));
        assert!(refused.not_due(now + FIRST).is_empty());
    }

    #[test]
    fn there_is_room_for_so_many_only() {
        let (mut refused, now) = (Refused::default(), Instant::now());
        assert!((0..ROOM as i64).all(|id| refused.note(id, now)));
        assert!(!refused.note(-1, now));
        assert!(refused.note(0, now));
        assert!(refused.note(-1, now + FIRST + LONGEST), "the others went by another process");
    }
}
