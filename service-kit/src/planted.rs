//! Bugs that tests plant on purpose, to see that their checks would notice.
//!
//! A check that cannot fail proves nothing. At the few places on which the promise hangs ("nothing lost, nothing
//! backwards, the end state right") the code asks whether its bug is planted; a test plants it and expects to be alarmed.
//! They exist only where debug assertions are on: in a release build [`is`] is `false` for the compiler, and the wrong
//! branch is not there. Nothing outside of the process can plant one.
//!
//! What is planted counts for the thread that planted it: a test that plants runs on a runtime of one thread, and does not
//! disturb those beside it.

/// Each bug, at the place that it is named after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bug {
    /// The relay removes outbox rows that the broker did not confirm.
    OutboxRemovedUnconfirmed,
    /// The registry's change commits first, and its messages are written after it.
    MessagesAfterCommit,
    /// A late result is recorded although its number is older.
    LateResultRecorded,
    /// Results are recorded whatever their number.
    NoFence,
    /// Events that came already are taken in again, and those that were not seen are taken for seen.
    NoInbox,
    /// One subject may be worked on twice at once at one target.
    NoUniqueRunning,
    /// The key that a target knows a subject by is kept only after success.
    KeyAfterSuccess,
    /// What the guard held is canceled when it is released.
    ReleaseCancels,
    /// A comparison that repairs makes requests for what is too much, and for nothing else.
    ComparesBackwards,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::OutboxRemovedUnconfirmed,
        Self::MessagesAfterCommit,
        Self::LateResultRecorded,
        Self::NoFence,
        Self::NoInbox,
        Self::NoUniqueRunning,
        Self::KeyAfterSuccess,
        Self::ReleaseCancels,
        Self::ComparesBackwards,
    ];
}

#[cfg(debug_assertions)]
thread_local! {
    static PLANTED: std::cell::RefCell<Vec<Bug>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// Whether a bug is planted here.
#[cfg(debug_assertions)]
#[must_use]
pub fn is(bug: Bug) -> bool {
    PLANTED.with_borrow(|planted| planted.contains(&bug))
}

/// Whether a bug is planted here: never.
#[cfg(not(debug_assertions))]
#[must_use]
#[inline(always)]
pub const fn is(_bug: Bug) -> bool {
    false
}

/// Plants a bug on this thread until what it gives is dropped.
#[cfg(debug_assertions)]
#[must_use]
pub fn plant(bug: Bug) -> Planted {
    PLANTED.with_borrow_mut(|planted| planted.push(bug));
    Planted(bug)
}

/// A bug that is planted while this lives.
#[cfg(debug_assertions)]
#[derive(Debug)]
pub struct Planted(Bug);

#[cfg(debug_assertions)]
impl Drop for Planted {
    fn drop(&mut self) {
        PLANTED.with_borrow_mut(|planted| {
            if let Some(at) = planted.iter().position(|bug| *bug == self.0) {
                planted.remove(at);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_is_there_while_it_is_planted_and_on_its_thread_only() {
        assert!(!is(Bug::NoFence));
        {
            let _planted = plant(Bug::NoFence);
            assert!(is(Bug::NoFence) && !is(Bug::NoInbox));
            assert!(!std::thread::spawn(|| is(Bug::NoFence)).join().unwrap());
        }
        assert!(!is(Bug::NoFence));
    }
}
