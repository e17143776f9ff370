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
    /// Groups of which more is to be seen to than this call did: they are asked for when it is recorded.
    pub groups: Vec<i64>,
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
    /// Nobody knows whether it took effect, nor whether it still will: the call may have reached the target.
    #[error("{message}")]
    Unknown {
        /// What went wrong, for people.
        message: String,
        /// How long the target asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// It is not for the target: calls of our own to the same thing are under way and take their time, or what else is to be
    /// known cannot be read here. What was left of this one was not sent.
    #[error("{message}")]
    Busy {
        /// What is waited for, for people.
        message: String,
    },
    /// Another one of ours has the name at the target, which answers well; it may let go of it.
    #[error("{message}")]
    Taken {
        /// Whose name it is, for people.
        message: String,
        /// The name is what the target knows the subject by ([`Applied::key`]): so it has nothing there.
        is_key: bool,
    },
    /// The target has a newer state, and refused this one.
    #[error("{message}")]
    Outdated {
        /// What the target said, for people.
        message: String,
    },
    /// It will fail the same way again: bad configuration, refused data.
    #[error("{message}")]
    Permanent {
        /// What went wrong, for people.
        message: String,
    },
}

impl ConnectorError {
    /// Which one it is, in a word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Retryable { .. } => "retryable",
            Self::Unknown { .. } => "unknown",
            Self::Busy { .. } => "busy",
            Self::Taken { .. } => "taken",
            Self::Outdated { .. } => "outdated",
            Self::Permanent { .. } => "permanent",
        }
    }

    /// The same, in other words.
    #[must_use]
    pub fn saying(self, message: String) -> Self {
        match self {
            Self::Retryable { retry_after, .. } => Self::Retryable { message, retry_after },
            Self::Unknown { retry_after, .. } => Self::Unknown { message, retry_after },
            Self::Busy { .. } => Self::Busy { message },
            Self::Taken { is_key, .. } => Self::Taken { message, is_key },
            Self::Outdated { .. } => Self::Outdated { message },
            Self::Permanent { .. } => Self::Permanent { message },
        }
    }

    /// How long the target asked to be left alone.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Retryable { retry_after, .. } | Self::Unknown { retry_after, .. } => *retry_after,
            Self::Busy { .. } | Self::Taken { .. } | Self::Outdated { .. } | Self::Permanent { .. } => None,
        }
    }

    /// Waiting may heal it.
    #[must_use]
    pub fn retryable(message: impl Into<String>) -> Self {
        Self::Retryable { message: message.into(), retry_after: None }
    }

    /// A subject has no identifier of a type by which the target is to know it: `title` is what its kind is called.
    #[must_use]
    pub fn no_identifier(kind: &str, title: &str) -> Self {
        Self::permanent(format!("No identifier of type {kind} found for {title}"))
    }

    /// Nobody knows whether it took effect, nor whether it still will.
    #[must_use]
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::Unknown { message: message.into(), retry_after: None }
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
    /// Another subject has the name at the target, and why that is to be waited for or not. The target was not asked.
    Taken(ConnectorError),
    /// There is nothing to be done any more, and why.
    CalledOff(String),
    /// The guard holds it, and why (D53). The target was not asked.
    Held(String),
    /// The plan that was looked at is not the one that would be carried out (D51). The target was not asked.
    PlanOutdated,
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
    /// Whether it uses up a try.
    pub uses_try: bool,
    /// It failed for want of the target: when that answers, it is tried again.
    pub wanting: bool,
}

/// What is said of a plan that is not the one that would be carried out.
pub const PLAN_OUTDATED: &str = "Plan Outdated: what would be sent is not what was planned any more. Plan again.";

/// How long work that was postponed waits.
const POSTPONED: Duration = Duration::seconds(2);
/// Messages are cut to so many characters.
const LONGEST: usize = 2000;

/// What follows from the `tries`-th attempt of a request. One that ran out of its turn, to settle a place or to find out
/// whether a target answers, uses up no try, and waits for its `turn` if it has to.
#[must_use]
pub fn judge(
    attempt: &Attempt,
    policy: Policy,
    tries: i64,
    turn: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    random: f64,
) -> Verdict {
    let ended = |status, error: Option<&str>| Verdict {
        status,
        error: error.map(cut),
        due: None,
        counts: true,
        uses_try: turn.is_none(),
        wanting: false,
    };
    match attempt {
        Attempt::Done { .. } => ended(Status::Succeeded, None),
        Attempt::Outdated => ended(Status::Succeeded, Some("The target is already at a newer state.")),
        Attempt::CalledOff(why) => ended(Status::Canceled, Some(why)),
        Attempt::Held(why) => Verdict { counts: false, uses_try: false, ..ended(Status::Held, Some(why)) },
        Attempt::PlanOutdated => ended(Status::Failed, Some(PLAN_OUTDATED)),
        // Whoever lets go of the name has it asked for again.
        Attempt::Taken(error) => {
            Verdict { wanting: false, ..judge(&Attempt::Broke(error.clone()), policy, tries, turn, now, random) }
        }
        Attempt::Broke(ConnectorError::Permanent { message }) => ended(Status::Failed, Some(message)),
        // The target is not to blame, and nothing has failed.
        Attempt::Broke(ConnectorError::Busy { message }) => {
            Verdict { due: turn, uses_try: false, ..ended(Status::Queued, Some(message)) }
        }
        Attempt::Broke(ConnectorError::Outdated { message }) => ended(Status::Succeeded, Some(message)),
        Attempt::Broke(
            error @ (ConnectorError::Retryable { message, .. }
            | ConnectorError::Unknown { message, .. }
            | ConnectorError::Taken { message, .. }),
        ) => {
            let retry_after = error.retry_after();
            let used = if turn.is_some() { (tries - 1).max(1) } else { tries };
            match (backoff::next(policy, used, retry_after, random), turn.filter(|turn| *turn > now)) {
                (Some(_), Some(turn)) => Verdict { due: Some(turn), ..ended(Status::Retrying, Some(message)) },
                (Some(delay), None) => Verdict { due: Some(now + delay), ..ended(Status::Retrying, Some(message)) },
                (None, _) => Verdict { wanting: true, ..ended(Status::Failed, Some(message)) },
            }
        }
        Attempt::Postponed(why) => {
            Verdict { due: Some(now + POSTPONED), counts: false, uses_try: false, ..ended(Status::Queued, Some(why)) }
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
            let verdict = judge(&attempt, POLICY, tries, None, now, 0.5);
            (verdict.status, verdict.due, verdict.counts)
        };
        let broke = || Attempt::Broke(ConnectorError::retryable("away"));
        assert_eq!(judged(broke(), 1), (Status::Retrying, Some(now + Duration::seconds(10)), true));
        assert_eq!(judged(broke(), 2), (Status::Failed, None, true));
        assert_eq!(judged(Attempt::Broke(ConnectorError::permanent("no")), 1), (Status::Failed, None, true));
        let busy = Attempt::Broke(ConnectorError::Busy { message: "others write".to_owned() });
        let verdict = judge(&busy, POLICY, 9, None, now, 0.5);
        assert_eq!((verdict.status, verdict.uses_try, verdict.counts), (Status::Queued, false, true));
        assert_eq!(judged(Attempt::Outdated, 1), (Status::Succeeded, None, true));
        assert_eq!(judged(Attempt::CalledOff("gone".to_owned()), 1), (Status::Canceled, None, true));
        assert_eq!(
            judged(Attempt::Postponed("away".to_owned()), 9),
            (Status::Queued, Some(now + Duration::seconds(2)), false)
        );
    }
}
