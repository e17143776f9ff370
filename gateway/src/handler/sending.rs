//! Answers that are sent while their requests run.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;

use crate::presence::Running;

/// A body that is sent as it is read; until then its request runs.
pub(super) struct Streaming {
    body: BoxBody,
    running: Option<Running>,
    /// A piece was handed out, and none was asked for since.
    waits: bool,
}

impl Streaming {
    pub(super) fn new(body: BoxBody, running: Option<Running>) -> Self {
        Self { body, running, waits: false }
    }

    fn taken(&mut self) {
        if let Some(running) = self.running.as_ref().filter(|_| std::mem::take(&mut self.waits)) {
            running.taken();
        }
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        self.taken();
    }
}

impl MessageBody for Streaming {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.taken();
        let next = Pin::new(&mut self.body).poll_next(context);
        if let (Poll::Ready(Some(Ok(_))), Some(running)) = (&next, &self.running) {
            running.hand_out();
            self.waits = true;
        }
        next
    }
}
