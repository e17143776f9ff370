//! Places where an older content may still land.
//!
//! Guarantee: when a call whose end nobody knows takes effect late, the newest state is applied once more after it, without
//! anybody acting. Mechanism: after such an end the place (a subject at a target) is unsettled until nothing can land any
//! more; what was applied meanwhile with another content is applied again, from time to time, and a last time when that
//! moment has passed. Failure: a target that cannot be reached is asked again with growing pauses.
//!
//! All times are the database's.

use chrono::{DateTime, Duration, Utc};

/// The longest pause between two attempts to settle a place.
const LONGEST: Duration = Duration::hours(1);

/// What may still land at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// Until when.
    pub until: DateTime<Utc>,
    /// Which content; `None` says any.
    pub content: Option<String>,
    /// When the newest state is to be applied again; `None` if what may land is what was applied.
    pub due: Option<DateTime<Utc>>,
    /// How often settling has failed.
    pub rounds: i64,
}

/// How a call ended, as far as the target is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The target has this content.
    Applied(String),
    /// Nobody knows whether it took effect, nor whether it still will.
    Unknown(String),
    /// It took no effect and will take none.
    Refused {
        /// Waiting may heal it.
        heals: bool,
        /// How long the target asked to be left alone.
        asked: Option<Duration>,
    },
    /// Nothing was sent.
    NotCalled,
}

/// When things were.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The call began after this.
    pub began: DateTime<Utc>,
    /// It ended before this.
    pub now: DateTime<Utc>,
    /// How long after its end a call may still take effect.
    pub late: Duration,
}

/// What may land when somebody else may have been in a call until `times.began`.
#[must_use]
pub fn taken_over(before: Option<Unsettled>, times: Times) -> Unsettled {
    let until = times.began + times.late;
    let rounds = before.as_ref().map_or(0, |before| before.rounds);
    let until = before.map_or(until, |before| before.until.max(until));
    Unsettled { until, content: None, due: Some(times.now), rounds }
}

/// What may land after a call.
#[must_use]
pub fn after(before: Option<Unsettled>, end: &End, times: Times) -> Option<Unsettled> {
    match (end, before) {
        (End::NotCalled, before) => before,
        (End::Unknown(content), before) => {
            let rounds = before.as_ref().map_or(0, |before| before.rounds.saturating_add(1));
            // The same once more adds no danger; another one beside it makes it any.
            let alone = before.is_none_or(|before| before.content.as_ref() == Some(content));
            Some(Unsettled {
                until: times.now + times.late,
                content: alone.then(|| content.clone()),
                due: Some(times.now + pause(rounds)),
                rounds,
            })
        }
        (_, None) => None,
        (End::Applied(_), Some(before)) if before.until <= times.began => None,
        (End::Applied(content), Some(before)) => {
            let due = match before.content.as_ref() == Some(content) {
                true => None,
                // In between as well, so that a wrong state is short.
                false => Some(before.until.min(times.now + times.late / 4)),
            };
            Some(Unsettled { due, rounds: 0, ..before })
        }
        (End::Refused { heals, asked }, Some(before)) => {
            let again = before.due.is_some() && (*heals || times.began < before.until);
            let wait = pause(before.rounds.saturating_add(1)).max(asked.unwrap_or_default());
            let rounds = before.rounds.saturating_add(1);
            Some(Unsettled { due: again.then(|| times.now + wait), rounds, ..before })
        }
    }
}

/// None at first, then 2 seconds, doubled each time.
fn pause(rounds: i64) -> Duration {
    let doublings = u32::try_from(rounds.clamp(0, 12)).unwrap_or(0);
    if doublings == 0 { Duration::zero() } else { Duration::seconds(1 << doublings).min(LONGEST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1000 + seconds, 0).expect("a time")
    }

    fn times(began: i64, now: i64) -> Times {
        Times { began: at(began), now: at(now), late: Duration::seconds(60) }
    }

    fn content(name: &str) -> String {
        name.to_owned()
    }

    #[test]
    fn the_newest_state_is_applied_again_until_nothing_older_can_land() {
        let unknown = after(None, &End::Unknown(content("1")), times(0, 10)).expect("unsettled");
        assert_eq!((unknown.until, unknown.due), (at(70), Some(at(10))));
        let newer = || End::Applied(content("2"));
        let mut place = after(Some(unknown), &newer(), times(11, 12));
        let mut seen = Vec::new();
        while let Some(due) = place.as_ref().and_then(|place| place.due) {
            seen.push((due - at(0)).num_seconds());
            place = after(place, &newer(), Times { began: due, now: due, late: Duration::seconds(60) });
        }
        assert_eq!((seen, place), (vec![27, 42, 57, 70], None));
    }

    #[test]
    fn a_call_that_began_before_the_moment_settles_nothing() {
        let unknown = after(None, &End::Unknown(content("1")), times(0, 10));
        let place = after(unknown, &End::Applied(content("2")), times(69, 80)).expect("unsettled");
        assert_eq!(place.due, Some(at(70)));
    }

    #[test]
    fn the_same_content_does_no_harm_but_is_remembered() {
        let unknown = after(None, &End::Unknown(content("1")), times(0, 10));
        let same = after(unknown, &End::Applied(content("1")), times(11, 12)).expect("remembered");
        assert_eq!((same.due, same.until), (None, at(70)));
        let newer = after(Some(same), &End::Applied(content("2")), times(20, 21)).expect("unsettled");
        assert_eq!(newer.due, Some(at(36)));
    }

    #[test]
    fn two_contents_are_any_and_so_is_what_another_process_sent() {
        let unknown = after(None, &End::Unknown(content("1")), times(0, 10));
        let both = after(unknown, &End::Unknown(content("2")), times(11, 12)).expect("unsettled");
        assert_eq!((both.content.as_deref(), both.until), (None, at(72)));
        let taken = taken_over(None, times(5, 6));
        assert_eq!((taken.content, taken.until), (None, at(65)));
    }

    #[test]
    fn a_target_that_never_answers_is_asked_with_growing_pauses() {
        let mut place = None;
        let mut pauses = Vec::new();
        for _ in 0..14 {
            place = after(place, &End::Unknown(content("1")), times(0, 0));
            pauses.push(place.as_ref().and_then(|place| place.due).map_or(0, |due| (due - at(0)).num_seconds()));
        }
        assert_eq!(pauses.get(..5), Some([0, 2, 4, 8, 16].as_slice()));
        assert_eq!(pauses.last(), Some(&3600));
        let asked = End::Refused { heals: true, asked: Some(Duration::hours(2)) };
        let place = after(place, &asked, times(0, 0)).expect("unsettled");
        assert_eq!(place.due, Some(at(7200)), "but not before the target wishes");
    }

    #[test]
    fn what_cannot_heal_is_left_to_people_when_nothing_can_land_any_more() {
        let unknown = after(None, &End::Unknown(content("1")), times(0, 10));
        let refused = End::Refused { heals: false, asked: None };
        assert!(after(unknown.clone(), &refused, times(11, 12)).is_some_and(|place| place.due.is_some()));
        assert!(after(unknown, &refused, times(71, 72)).is_some_and(|place| place.due.is_none()));
        assert_eq!(after(None, &refused, times(0, 1)), None);
    }
}
