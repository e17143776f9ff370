//! How a target fails.

use std::time::Duration;

use rand::RngExt;

/// What a target does with a call instead of applying and answering it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It takes its time.
    Slow,
    /// It answers 503 and does nothing.
    Unavailable,
    /// It applies, and answers 504.
    GatewayTimeout,
    /// It answers 504, and applies later.
    GatewayTimeoutLate,
    /// It breaks the connection off and does nothing.
    Reset,
    /// It applies and breaks the connection off.
    AnswerLost,
    /// It breaks the connection off, and applies later.
    AnswerLostLate,
    /// It answers nothing at all, and applies after the caller has given up.
    TimeoutLate,
}

/// In 10,000 calls, how many of each.
const RATES: [(Fault, u32); 8] = [
    (Fault::Slow, 50),
    (Fault::Unavailable, 50),
    (Fault::GatewayTimeout, 40),
    (Fault::GatewayTimeoutLate, 40),
    (Fault::Reset, 40),
    (Fault::AnswerLost, 40),
    (Fault::AnswerLostLate, 40),
    (Fault::TimeoutLate, 4),
];

impl Fault {
    /// Draws a fault, or none.
    pub(super) fn draw() -> Option<Self> {
        let mut drawn = rand::rng().random_range(0..10_000);
        RATES.into_iter().find_map(|(fault, rate)| {
            let hit = drawn < rate;
            drawn = drawn.saturating_sub(rate);
            hit.then_some(fault)
        })
    }

    /// Names it, for the journal.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Unavailable => "503",
            Self::GatewayTimeout => "504 but applied",
            Self::GatewayTimeoutLate => "504 but applied late",
            Self::Reset => "reset",
            Self::AnswerLost => "answer lost",
            Self::AnswerLostLate => "reset but applied late",
            Self::TimeoutLate => "timeout but applied late",
        }
    }

    /// How long it takes until the call takes effect after its end.
    pub(super) fn lateness() -> Duration {
        Duration::from_millis(rand::rng().random_range(100..4000))
    }
}
