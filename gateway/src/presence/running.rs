//! Requests that run on a connection.

use std::rc::Rc;

use tokio::time::Instant;

use super::Presence;

/// A request that runs, until this is dropped.
#[derive(Debug)]
pub struct Running(pub(super) Rc<Presence>);

impl Running {
    /// A piece of its answer waits to be sent.
    pub fn hand_out(&self) {
        if self.0.unsent.get() == 0 {
            self.0.sent();
        }
        self.0.unsent.set(self.0.unsent.get() + 1);
    }

    /// The piece was sent, or nobody waits for it any more.
    pub fn taken(&self) {
        self.0.unsent.set(self.0.unsent.get().saturating_sub(1));
        self.0.sent();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.set(self.0.running.get().saturating_sub(1));
        if self.0.running.get() == 0 {
            self.0.until.set(Instant::now() + self.0.idle);
            self.0.begun.set(false);
        }
    }
}
