//! Connections of other parts: taken, with a handshake where there are certificates, and made.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::Uri;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;
use tonic::transport::server::Connected;

use super::trust::{Peer, Trust};
use crate::tls::{Renewed, Stream};

/// Connections that have been taken and wait to be served.
const WAITING: usize = 64;

/// How long no connection is taken after one could not be: there may be no more files to be had.
const PAUSE: Duration = Duration::from_millis(100);

/// How often refused handshakes are told of: who is not let in shall not fill the log.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// A connection, and who is at its other end.
#[derive(Debug)]
pub(super) struct Visit {
    stream: Stream,
    peer: Peer,
}

/// Takes connections until the process stops. Handshakes do not wait for each other.
pub(super) async fn take(listener: TcpListener, trust: Trust, visits: mpsc::Sender<Visit>, stop: CancellationToken) {
    loop {
        let taken = tokio::select! {
            () = stop.cancelled() => return,
            taken = listener.accept() => taken,
        };
        match taken {
            Ok((socket, from)) => {
                let (trust, visits) = (trust.clone(), visits.clone());
                tokio::spawn(async move {
                    match greet(socket, &trust).await {
                        // Nobody waits for it when the process stops.
                        Ok(visit) => _ = visits.send(visit).await,
                        Err(error) => tell(from, &error),
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Where connections wait.
pub(super) fn waiting() -> (mpsc::Sender<Visit>, mpsc::Receiver<Visit>) {
    mpsc::channel(WAITING)
}

async fn greet(socket: TcpStream, trust: &Trust) -> io::Result<Visit> {
    socket.set_nodelay(true)?;
    let stream = match trust.door() {
        Some(config) => Stream::accept(socket, config).await?,
        None => Stream::Plain(socket),
    };
    Ok(Visit { peer: trust.peer(&stream), stream })
}

fn tell(from: SocketAddr, error: &io::Error) {
    static TOLD: Mutex<Option<Instant>> = Mutex::new(None);
    metrics::counter!("cohort_grpc_refused_connections_total").increment(1);
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
        *told = Some(Instant::now());
        tracing::warn!(%from, %error, "refused a connection of a part");
    }
}

/// Connects to a part, which has to have a certificate for its name.
pub(super) async fn begin(
    to: Uri,
    config: Renewed<ClientConfig>,
    name: ServerName<'static>,
) -> io::Result<TokioIo<Stream>> {
    let host = to.host().unwrap_or_default().trim_matches(['[', ']']);
    let socket = TcpStream::connect((host, to.port_u16().unwrap_or(443))).await?;
    socket.set_nodelay(true)?;
    Ok(TokioIo::new(Stream::begin(socket, config.now(), name).await?))
}

impl Connected for Visit {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer.clone()
    }
}

impl AsyncRead for Visit {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, into)
    }
}

impl AsyncWrite for Visit {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
