//! Connections of other parts: taken, with a handshake where there are certificates, and made.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
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

/// Connections that were let in and wait to be served.
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
    /// Counts with those that are served where it is.
    _here: Arc<()>,
}

/// Takes connections until the process stops, each for the place that has the fewest.
pub(super) async fn take(listener: TcpListener, places: Vec<Place>, stop: CancellationToken) {
    loop {
        let taken = tokio::select! {
            () = stop.cancelled() => return,
            taken = listener.accept() => taken,
        };
        let handed = taken.and_then(|(socket, from)| Ok((socket.into_std()?, from)));
        match handed {
            Ok((socket, from)) => {
                if let Some(place) = places.iter().min_by_key(|place| Arc::strong_count(&place.here)) {
                    // Nobody waits for it when the process stops.
                    let _stopping = place.sockets.send((socket, from, Arc::clone(&place.here)));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

type Socket = (std::net::TcpStream, SocketAddr, Arc<()>);

/// Where connections are handed to, to be served by the runtime that takes them from [`Arrivals`].
#[derive(Debug)]
pub(super) struct Place {
    sockets: mpsc::UnboundedSender<Socket>,
    here: Arc<()>,
}

/// The connections that are handed to a place.
#[derive(Debug)]
pub(super) struct Arrivals(mpsc::UnboundedReceiver<Socket>);

impl Place {
    /// A place, and what arrives there.
    pub(super) fn new() -> (Self, Arrivals) {
        let (sockets, arrivals) = mpsc::unbounded_channel();
        (Self { sockets, here: Arc::new(()) }, Arrivals(arrivals))
    }
}

impl Arrivals {
    /// Those that are let in. Handshakes do not wait for each other. To be called inside the runtime that serves them.
    pub(super) fn let_in(mut self, trust: Trust) -> mpsc::Receiver<Visit> {
        let (visits, let_in) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            while let Some((socket, from, here)) = self.0.recv().await {
                let (trust, visits) = (trust.clone(), visits.clone());
                tokio::spawn(async move {
                    match greet(socket, &trust, here).await {
                        Ok(visit) => _ = visits.send(visit).await,
                        Err(error) => tell(from, &error),
                    }
                });
            }
        });
        let_in
    }
}

async fn greet(socket: std::net::TcpStream, trust: &Trust, here: Arc<()>) -> io::Result<Visit> {
    let socket = TcpStream::from_std(socket)?;
    socket.set_nodelay(true)?;
    let stream = match trust.door() {
        Some(config) => Stream::accept(socket, config).await?,
        None => Stream::Plain(socket),
    };
    Ok(Visit { peer: trust.peer(&stream), stream, _here: here })
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
