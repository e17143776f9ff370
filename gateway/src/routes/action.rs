//! What can be done with a target as a whole.

/// What can be done with a target as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Lets go what the guard holds (D53).
    Release,
    /// Cancels what the guard holds (D53).
    Drop,
    /// Queues again what failed (D54).
    Retry,
    /// Compares it with the registry (D57).
    Compare,
}

impl Action {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Release, Self::Drop, Self::Retry, Self::Compare];

    /// The segment of the path.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Drop => "drop",
            Self::Retry => "retry",
            Self::Compare => "compare",
        }
    }

    /// The rest of the path, as operations are described.
    pub(super) const fn route(self) -> &'static str {
        match self {
            Self::Release => "/{id}/release",
            Self::Drop => "/{id}/drop",
            Self::Retry => "/{id}/retry",
            Self::Compare => "/{id}/compare",
        }
    }

    /// The method of the service.
    #[must_use]
    pub const fn method(self) -> &'static str {
        match self {
            Self::Release => "Release",
            Self::Drop => "Drop",
            Self::Retry => "Retry",
            Self::Compare => "Compare",
        }
    }

    /// Reads a segment.
    pub(super) fn of(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.segment() == segment)
    }
}
