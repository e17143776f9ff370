//! The bytes of a connection, with limits of time, and of what HTTP/2 keeps.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use service_kit::tls::Stream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use crate::{front::frames::Frames, presence::Presence};

/// A connection that breaks when no request comes in time, or when nothing is taken of an answer.
#[derive(Debug)]
pub struct Connection {
    socket: Stream,
    presence: Rc<Presence>,
    silence: Pin<Box<Sleep>>,
    stall: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    /// Of HTTP/2.
    frames: Option<Frames>,
}

impl Connection {
    /// A connection that breaks when nothing is taken of an answer for the time of `stall`; and when more requests are kept on
    /// it than `kept`, if it is one of HTTP/2.
    #[must_use]
    pub fn new(socket: Stream, presence: Rc<Presence>, stall: Duration, kept: Option<usize>) -> Self {
        let silence = Box::pin(sleep_until(Instant::now()));
        Self { socket, presence, silence, stall, stalled: None, frames: kept.map(Frames::new) }
    }

    /// What is known of it.
    #[must_use]
    pub fn presence(&self) -> &Rc<Presence> {
        &self.presence
    }

    /// Looks at what was written.
    fn tell(&mut self, bytes: &[u8]) {
        if self.frames.as_mut().is_some_and(|frames| frames.tell(bytes)) {
            self.presence.sent();
        }
    }

    /// Passes on what writing came to, unless it has come to nothing for too long.
    fn written<T>(&mut self, result: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.stalled = None;
            return result;
        }
        let until = Instant::now() + self.stall;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep_until(until)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.socket).poll_read(context, buffer) {
            let heard = buffer.filled().get(before..).unwrap_or_default();
            if !heard.is_empty() {
                self.presence.heard();
            }
            if let Some(frames) = &mut self.frames {
                frames.hear(heard)?;
            }
            return Poll::Ready(read);
        }
        let Some(until) = self.presence.until() else { return Poll::Pending };
        if self.silence.deadline() != until {
            self.silence.as_mut().reset(until);
        }
        ready!(self.silence.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = &written {
            self.tell(bytes.get(..*count).unwrap_or_default());
        }
        self.written(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, parts);
        if let Poll::Ready(Ok(count)) = &written {
            let mut left = *count;
            for part in parts {
                let now = part.get(..left.min(part.len())).unwrap_or_default();
                self.tell(now);
                left -= now.len();
            }
        }
        self.written(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
