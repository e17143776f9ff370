//! Whether requests run on a connection, until when the next one must have come, and until when something must have been
//! taken of what waits to be sent.

use std::{cell::Cell, rc::Rc, time::Duration};

use tokio::time::Instant;

use crate::settings::LimitSettings;

mod running;

pub use running::Running;

/// What is known of a connection; all of it stays on the thread that serves it.
#[derive(Debug)]
pub struct Presence {
    most: usize,
    head: Duration,
    idle: Duration,
    /// HTTP/2 sends more than requests, so that bytes do not say that one begins.
    bytes_are_requests: bool,
    running: Cell<usize>,
    until: Cell<Instant>,
    begun: Cell<bool>,
    stall: Duration,
    /// How many pieces of answers wait to be sent, and when one was handed out or something of one was sent.
    unsent: Cell<usize>,
    progress: Cell<Instant>,
}

impl Presence {
    /// A connection on which nothing was asked yet.
    #[must_use]
    pub fn new(limits: &LimitSettings, bytes_are_requests: bool) -> Rc<Self> {
        let head = Duration::from_secs(limits.head_seconds);
        Rc::new(Self {
            most: limits.streams,
            head,
            idle: Duration::from_secs(limits.keep_alive_seconds),
            bytes_are_requests,
            running: Cell::new(0),
            until: Cell::new(Instant::now() + head),
            begun: Cell::new(true),
            stall: Duration::from_secs(limits.stall_seconds),
            unsent: Cell::new(0),
            progress: Cell::new(Instant::now()),
        })
    }

    /// Begins a request; nothing if too many run.
    #[must_use]
    pub fn begin(self: &Rc<Self>) -> Option<Running> {
        if self.running.get() >= self.most {
            return None;
        }
        self.running.set(self.running.get() + 1);
        Some(Running(Rc::clone(self)))
    }

    /// Bytes came.
    pub fn heard(&self) {
        if self.bytes_are_requests && self.running.get() == 0 && !self.begun.replace(true) {
            self.until.set(Instant::now() + self.head);
        }
    }

    /// Something of an answer was sent.
    pub fn sent(&self) {
        self.progress.set(Instant::now());
    }

    /// Until when a request must have come; while some run, until when something must have been sent, if it waits for that.
    /// Of HTTP/1 the socket tells.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        if self.running.get() == 0 {
            return Some(self.until.get());
        }
        (!self.bytes_are_requests && self.unsent.get() > 0).then(|| self.progress.get() + self.stall)
    }
}
