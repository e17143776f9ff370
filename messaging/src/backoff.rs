//! Pauses that double, up to a limit, with jitter so that many processes do not come back in step.

use std::time::Duration;

/// The first step.
pub(crate) const FIRST: Duration = Duration::from_millis(100);
/// The longest one.
pub(crate) const LONGEST: Duration = Duration::from_secs(5);

pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    /// Doubles from [`FIRST`] to [`LONGEST`].
    pub(crate) const fn new() -> Self {
        Self { next: FIRST }
    }

    /// Gives the next pause: between half and the whole of the present step.
    pub(crate) fn pause(&mut self) -> Duration {
        let step = self.next;
        self.next = step.saturating_mul(2).min(LONGEST);
        step.mul_f64(0.5 + 0.5 * rand::random::<f64>())
    }

    /// Begins from the first step again.
    pub(crate) const fn reset(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_limit_and_begin_anew_after_a_reset() {
        let mut backoff = Backoff::new();
        for step_ms in [100, 200, 400, 800, 1600, 3200, 5000, 5000] {
            let pause = backoff.pause();
            assert!(pause >= Duration::from_millis(step_ms / 2), "{pause:?} is below half of {step_ms} ms");
            assert!(pause <= Duration::from_millis(step_ms), "{pause:?} is above {step_ms} ms");
        }
        backoff.reset();
        assert!(backoff.pause() <= Duration::from_millis(100));
    }
}
