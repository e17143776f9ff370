//! Why a scenario stopped.

use std::fmt;

/// Says that the kit itself is wrong: a bad case file, an unknown variable, an unknown matcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitError(pub(super) String);

impl KitError {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// Puts the place before the complaint.
    pub(super) fn at(self, place: impl fmt::Display) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}

impl fmt::Display for KitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error in the kit: {}", self.0)
    }
}

impl std::error::Error for KitError {}

/// Tells apart what may end a step. None of the three is ever a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// The kit is wrong.
    Kit(KitError),
    /// The step did not get what it expects.
    Failed(String),
    /// The server does not answer at all.
    Unreachable(String),
}

impl From<KitError> for Stop {
    fn from(error: KitError) -> Self {
        Self::Kit(error)
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kit(error) => error.fmt(f),
            Self::Failed(why) => f.write_str(why),
            Self::Unreachable(why) => write!(f, "cannot reach the server: {why}"),
        }
    }
}

/// Shortens a text for a message.
pub(super) fn short(text: &str, limit: usize) -> String {
    let length = text.chars().count();
    if length <= limit {
        return text.to_owned();
    }
    let head: String = text.chars().take(limit).collect();
    format!("{head}… ({length} characters)")
}
