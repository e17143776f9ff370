//! Channels for publishing that are idle.
//!
//! A call has its channel to itself: lapin hangs a returned message onto whichever confirmation comes next, and numbers
//! confirmations by the order of calls, so a channel that two calls share could tell the one about the messages of the
//! other.

use std::sync::{Mutex, PoisonError};

use lapin::Channel;

/// Is how many idle channels are kept.
const KEPT: usize = 8;

/// Holds channels on which nothing went wrong.
#[derive(Debug, Default)]
pub(super) struct Channels(Mutex<Vec<Channel>>);

impl Channels {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Gives one, if there is one whose connection was not lost.
    pub(super) fn take(&self) -> Option<Channel> {
        loop {
            let channel = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if channel.status().connected() {
                return Some(channel);
            }
        }
    }

    pub(super) fn keep(&self, channel: Channel) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(channel);
        }
    }
}
