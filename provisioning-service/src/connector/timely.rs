//! Until when a call may still be sent.
//!
//! Guarantee: a call over HTTP of which nothing was written yet when it may not go on is never written, also if this process stood
//! still in between. Mechanism: connections are written to by tasks of their own, which may wake up before the call does; so
//! the body of a request looks once more whenever it is asked for some of its bytes, which with HTTP/1 is before the first byte of
//! the head leaves. Failure: the request is broken off. What a connection has taken and holds back is sent later nevertheless: the
//! end of a long body, and with HTTP/2 whatever waits for a free stream or for room. Calls by other protocols look before each
//! of their steps only.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::Request;

tokio::task_local! {
    static UNTIL: Until;
}

/// Says whether what was begun may go on. Once it may not, it never may again.
#[derive(Clone)]
pub struct Until(Arc<dyn Fn() -> bool + Send + Sync>);

impl Until {
    /// As long as something is not over.
    pub fn over(is_over: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(is_over))
    }

    /// Does some work, all of whose calls look at this.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        UNTIL.scope(self, work).await
    }

    fn is_over(&self) -> bool {
        (self.0)()
    }
}

impl fmt::Debug for Until {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Until").field(&self.is_over()).finish()
    }
}

/// The call may not be made any more.
#[derive(Debug, thiserror::Error)]
#[error("the call came too late to be made")]
struct TooLate;

/// So many bytes are given at each look.
const PIECE: usize = 16 << 10;

/// Has a request look when it is written.
pub(super) fn guard(request: &mut Request) {
    let Ok(until) = UNTIL.try_with(Clone::clone) else { return };
    let Some(bytes) = request.body().map_or(Some(Bytes::new()), |body| body.as_bytes().map(Bytes::copy_from_slice))
    else {
        return;
    };
    *request.body_mut() = Some(reqwest::Body::wrap(Guarded { bytes, until }));
}

struct Guarded {
    /// What is left of it.
    bytes: Bytes,
    until: Until,
}

impl Body for Guarded {
    type Data = Bytes;
    type Error = TooLate;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, TooLate>>> {
        if self.until.is_over() {
            return Poll::Ready(Some(Err(TooLate)));
        }
        let length = self.bytes.len().min(PIECE);
        let bytes = self.bytes.split_to(length);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    /// One that comes too late has something left to be asked for, also where nothing is to be sent.
    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty() && !self.until.is_over()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(if self.is_end_stream() { 0 } else { self.bytes.len().max(1) as u64 })
    }
}
