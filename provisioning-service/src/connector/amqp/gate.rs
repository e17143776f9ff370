//! What stands between a broker of others and the library that speaks with it.
//!
//! Guarantee: only frames reach the library that a broker sends, of bounded size and depth: it reads whatever is nested by
//! calling itself, on a thread with little room, and would take the process with it; and no more messages are given back than
//! were sent. A broker that says nothing keeps neither a thread nor a socket. Mechanism: the connection, TLS included, is made here, and carried on over one of this machine; when
//! this is dropped, both ends are closed. Failure: the connection is closed.

use std::{
    collections::BTreeSet,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    connector::{amqp::answer, dialer::Dialer, limits::CONNECT},
    domain::outcome::ConnectorError,
};

mod frame;

/// The longest frame, as RabbitMQ proposes it.
const LONGEST: usize = 128 << 10;
/// So much is given back on a connection at most, and no more than was sent on it: the library keeps it until it is asked for.
const GIVEN_BACK: usize = 64 << 20;

/// So often a broker may ask for what the library answers by itself: answers that are not taken are kept.
const ANSWERED: usize = 1_000;

/// The way to a broker. It is closed when it is dropped.
#[derive(Debug)]
pub(super) struct Gate {
    /// Where the library connects to.
    pub(super) address: SocketAddr,
    task: AbortHandle,
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Gate {
    /// Connects to a broker, with TLS if whom to trust is said.
    pub(super) async fn open(
        dialer: &Dialer,
        (host, port): (&str, u16),
        trust: Option<Arc<ClientConfig>>,
    ) -> Result<Self, ConnectorError> {
        let away = || ConnectorError::retryable("The broker cannot be reached.");
        let opened = async {
            let server = dialer.connect(host, port, CONNECT, "broker").await?;
            let _ = server.set_nodelay(true);
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|_| away())?;
            let address = listener.local_addr().map_err(|_| away())?;
            let carried = match trust {
                None => tokio::spawn(carry(listener, server)),
                Some(trust) => {
                    let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
                    let name = ServerName::try_from(name).map_err(|_| away())?;
                    let server = TlsConnector::from(trust).connect(name, server).await;
                    tokio::spawn(carry(listener, server.map_err(|error| answer::untrusted(&error))?))
                }
            };
            Ok(Self { address, task: carried.abort_handle() })
        };
        timeout(CONNECT, opened).await.unwrap_or_else(|_| Err(away()))
    }
}

/// Carries on the one connection that comes, until one end of it closes.
async fn carry<S: AsyncRead + AsyncWrite>(listener: TcpListener, server: S) {
    let Ok((mut client, _)) = listener.accept().await else { return };
    drop(listener);
    let _ = client.set_nodelay(true);
    let ended = between(&mut client, server).await;
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to a broker of others ended");
    }
}

async fn between<S: AsyncRead + AsyncWrite>(client: &mut TcpStream, server: S) -> io::Result<()> {
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut from_client, mut to_client) = client.split();
    let sent = AtomicUsize::new(0);
    // The channels whose last message was not given back: a call has its channel to itself, with one message at a time.
    let published: Mutex<BTreeSet<u16>> = Mutex::default();
    let up = async {
        let (mut bytes, mut client) = (vec![0; 1 << 14], frame::Client::default());
        loop {
            let count = from_client.read(&mut bytes).await?;
            if count == 0 {
                return Ok(());
            }
            let said = bytes.get(..count).unwrap_or_default();
            // Before it can be given back.
            sent.fetch_add(count, Ordering::Relaxed);
            published.lock().unwrap_or_else(PoisonError::into_inner).extend(client.hear(said));
            to_server.write_all(said).await?;
            to_server.flush().await?;
        }
    };
    let down = async {
        let (mut given_back, mut answered) = (0, 0);
        while let Some(frame) = read(&mut from_server).await? {
            given_back += frame::given_back(&frame);
            answered += usize::from(frame::is_answered(&frame));
            if answered > ANSWERED {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if let Some(channel) = frame::is_back_on(&frame)
                && !published.lock().unwrap_or_else(PoisonError::into_inner).remove(&channel)
            {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if given_back > GIVEN_BACK.min(sent.load(Ordering::Relaxed)) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            to_client.write_all(&frame).await?;
        }
        Ok(())
    };
    // Whichever ends first ends the connection.
    tokio::select! {
        ended = up => ended,
        ended = down => ended,
    }
}

/// Reads a frame whole; `None` if the broker has ended. What it says of its length takes no memory before it comes.
async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut frame = vec![0; frame::HEAD];
    if from.read(frame.get_mut(..1).unwrap_or_default()).await? == 0 {
        return Ok(None);
    }
    from.read_exact(frame.get_mut(1..).unwrap_or_default()).await?;
    let length = frame::length(&frame).filter(|length| *length <= LONGEST).ok_or(io::ErrorKind::InvalidData)?;
    // One byte ends it.
    let wanted = frame.len() + length + 1;
    from.take(length as u64 + 1).read_to_end(&mut frame).await?;
    match frame.len() == wanted && frame::is_sound(&frame) {
        true => Ok(Some(frame)),
        false => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests;
