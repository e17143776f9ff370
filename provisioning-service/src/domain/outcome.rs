//! How an attempt ended, and what follows from it.

use chrono::{DateTime, Duration, Utc};

use crate::domain::{
    backoff::{self, Policy},
    eligibility::Work,
    status::Status,
};

/// What a connector says it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// What the target calls the subject: given back to the connector the next time.
    pub key: Option<String>,
    /// A digest of what was sent.
    pub digest: Option<String>,
}

/// Why a connector could not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// Waiting may heal it.
    #[error("{message}")]
    Retryable {
        /// What went wrong, for people.
        message: String,
        /// How long the target asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// It will fail the same way again: bad configuration, refused data.
    #[error("{message}")]
    Permanent {
        /// What went wrong, for people.
        message: String,
    },
}

impl ConnectorError {
    /// Waiting may heal it.
    #[must_use]
    pub fn retryable(message: impl Into<String>) -> Self {
        Self::Retryable { message: message.into(), retry_after: None }
    }

    /// It will fail the same way again.
    #[must_use]
    pub fn permanent(message: impl Into<String>) -> Self {
        Self::Permanent { message: message.into() }
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The connector did it.
    Done {
        /// What it was to do.
        work: Work,
        /// What it says it did.
        applied: Applied,
        /// The revision that was applied.
        revision: i64,
    },
    /// The target is at a newer state already.
    Outdated,
    /// The connector could not do it.
    Broke(ConnectorError),
    /// There is nothing to be done any more, and why.
    CalledOff(String),
    /// Something of our own was away; the target was not asked. It does not count, and the request waits on as before.
    Postponed(String),
}

/// What becomes of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Where the request stands now.
    pub status: Status,
    /// What went wrong.
    pub error: Option<String>,
    /// When it is tried again.
    pub due: Option<DateTime<Utc>>,
    /// Whether the attempt counts.
    pub counts: bool,
}

/// How long work that was postponed waits.
const POSTPONED: Duration = Duration::seconds(2);
/// Messages are cut to so many characters.
const LONGEST: usize = 2000;

/// What follows from the `tries`-th attempt of a request.
#[must_use]
pub fn judge(attempt: &Attempt, policy: Policy, tries: i64, now: DateTime<Utc>, random: f64) -> Verdict {
    let ended = |status, error: Option<&str>| Verdict { status, error: error.map(cut), due: None, counts: true };
    match attempt {
        Attempt::Done { .. } => ended(Status::Succeeded, None),
        Attempt::Outdated => ended(Status::Succeeded, Some("The target is already at a newer state.")),
        Attempt::CalledOff(why) => ended(Status::Canceled, Some(why)),
        Attempt::Broke(ConnectorError::Permanent { message }) => ended(Status::Failed, Some(message)),
        Attempt::Broke(ConnectorError::Retryable { message, retry_after }) => {
            match backoff::next(policy, tries, *retry_after, random) {
                Some(delay) => Verdict { due: Some(now + delay), ..ended(Status::Retrying, Some(message)) },
                None => ended(Status::Failed, Some(message)),
            }
        }
        Attempt::Postponed(why) => {
            Verdict { due: Some(now + POSTPONED), counts: false, ..ended(Status::Queued, Some(why)) }
        }
    }
}

fn cut(message: &str) -> String {
    message.chars().filter(|letter| *letter != '\0').take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { interval: Some(10), max_retry: Some(1) };

    #[test]
    fn what_waiting_can_heal_is_tried_again_and_what_it_cannot_fails_at_once() {
        let now = DateTime::from_timestamp(1_000, 0).expect("a time");
        let judged = |attempt, tries| {
            let verdict = judge(&attempt, POLICY, tries, now, 0.5);
            (verdict.status, verdict.due, verdict.counts)
        };
        let broke = || Attempt::Broke(ConnectorError::retryable("away"));
        assert_eq!(judged(broke(), 1), (Status::Retrying, Some(now + Duration::seconds(10)), true));
        assert_eq!(judged(broke(), 2), (Status::Failed, None, true));
        assert_eq!(judged(Attempt::Broke(ConnectorError::permanent("no")), 1), (Status::Failed, None, true));
        assert_eq!(judged(Attempt::Outdated, 1), (Status::Succeeded, None, true));
        assert_eq!(judged(Attempt::CalledOff("gone".to_owned()), 1), (Status::Canceled, None, true));
        assert_eq!(
            judged(Attempt::Postponed("away".to_owned()), 9),
            (Status::Queued, Some(now + Duration::seconds(2)), false)
        );
    }
}
