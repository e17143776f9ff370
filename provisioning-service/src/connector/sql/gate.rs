//! A way to a database of others for clients that insist on connecting by themselves, and what stands on it.
//!
//! Guarantee: what they connect to is what the dialer allows, each time anew; with TLS the server is the one that was
//! configured. Only what a database says to those who ask it reaches a client, of bounded size: a client takes memory for as
//! much as it is told will come, and follows types as deep as they are said to lead, and would take the process with it.
//! Mechanism: a socket of this machine without a file, which only the user of this process may use; each connection is
//! carried on to one that the dialer makes, on which TLS begins here, and of what the server says whole messages are judged.
//! Failure: a connection that cannot be made is closed at once, and why is remembered; so is one on which a server says
//! anything else, or more than anybody asks for.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixListener, UnixStream},
    task::{AbortHandle, JoinSet},
    time::{Instant, timeout},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_util::either::Either;

use crate::{
    connector::{dialer::Dialer, limits::CONNECT, sql::answer},
    domain::outcome::ConnectorError,
};

mod mysql;
mod postgres;

/// After a connection that could not be taken.
const LATER: Duration = Duration::from_millis(100);
/// The longest message: a row of the largest texts that the registry takes is shorter.
const LONGEST: usize = 4 << 20;
/// So many messages answer one question at most, a row each.
const MANY: usize = 100_000;
/// What is said of a statement that is prepared comes to so many bytes at most, its columns and parameters: it is kept.
const PREPARED: usize = 1 << 18;
/// And so many descriptions of rows: each row keeps that which came before it.
const DESCRIPTIONS: usize = 16;
/// As many bytes of a server are passed on within that time: clients keep what comes until they have all of an answer.
const MOST: usize = 64 << 20;
const WITHIN: Duration = Duration::from_secs(10);
/// Nothing is to be prepared.
const NOTHING: usize = usize::MAX;

/// A connection to a server, with TLS or without.
type Server = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    Postgres,
    MySql,
}

/// Where connections lead.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) dialer: Dialer,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) speaks: Speaks,
    /// Whom to trust, where there is to be TLS.
    pub(super) trust: Option<Arc<ClientConfig>>,
    /// What a server of MySQL is told over TLS, and nowhere else.
    pub(super) password: String,
}

/// A way to a server. It is closed when it is dropped.
#[derive(Debug)]
pub(super) struct Gate {
    folder: PathBuf,
    port: u16,
    refused: Refused,
    task: AbortHandle,
}

type Refused = Arc<Mutex<Option<ConnectorError>>>;

impl Gate {
    /// Opens a way to a server.
    ///
    /// # Errors
    /// If this machine has no such sockets.
    pub(super) fn open(way: Way) -> io::Result<Self> {
        // A name that begins with a zero byte is no file.
        let folder = PathBuf::from(format!("\0cohort-{:032x}", rand::random::<u128>()));
        let port = way.port;
        let listener = UnixListener::bind(socket(&folder, port))?;
        let user = UnixStream::pair()?.0.peer_cred()?.uid();
        let refused = Refused::default();
        let task = tokio::spawn(accept(listener, user, way, Arc::clone(&refused))).abort_handle();
        Ok(Self { folder, port, refused, task })
    }

    /// The folder that PostgreSQL's clients take for that of the server's socket.
    pub(super) fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// The socket.
    pub(super) fn socket(&self) -> PathBuf {
        socket(&self.folder, self.port)
    }

    /// Why the last connection could not be made, once.
    pub(super) fn refused(&self) -> Option<ConnectorError> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn socket(folder: &std::path::Path, port: u16) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}

async fn accept(listener: UnixListener, user: u32, way: Way, refused: Refused) {
    let mut carried = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else {
                    // As long as there are no files left, it would fail at once.
                    tokio::time::sleep(LATER).await;
                    continue;
                };
                // Such sockets have no permissions.
                if client.peer_cred().is_ok_and(|peer| peer.uid() == user) {
                    carried.spawn(carry(client, way.clone(), Arc::clone(&refused)));
                }
            }
            Some(_) = carried.join_next() => {}
        }
    }
}

async fn carry(mut client: UnixStream, way: Way, refused: Refused) {
    let begun = async {
        let server = way.dialer.connect(&way.host, way.port, CONNECT, "database").await?;
        let _ = server.set_nodelay(true);
        match way.speaks {
            Speaks::Postgres => postgres::begin(server, &way).await,
            Speaks::MySql => mysql::begin(&mut client, server, &way).await,
        }
    };
    let begun = timeout(CONNECT, begun).await;
    match begun.unwrap_or_else(|_| Err(ConnectorError::retryable("The database did not take the connection in time.")))
    {
        Ok(server) => {
            if let Err(error) = between(client, server, way.speaks).await {
                tracing::debug!(%error, "a connection to a database of others ended");
            }
        }
        Err(error) => *refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(error),
    }
}

/// Passes on what is said, until one end closes.
async fn between(mut client: UnixStream, server: Server, speaks: Speaks) -> io::Result<()> {
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut from_client, mut to_client) = client.split();
    let (answers, described, prepares) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    // What was said since a statement was to be prepared, and nothing else was asked.
    let prepared = AtomicUsize::new(NOTHING);
    let up = async {
        let (mut bytes, mut commands) = (vec![0; 1 << 14], mysql::Commands::default());
        loop {
            let count = from_client.read(&mut bytes).await?;
            if count == 0 {
                return Ok(());
            }
            let said = bytes.get(..count).unwrap_or_default();
            if let Some(command) = commands.hear(said).filter(|_| speaks == Speaks::MySql) {
                let is_it = command == mysql::PREPARE;
                prepares.store(is_it, Ordering::Relaxed);
                prepared.store(if is_it { 0 } else { NOTHING }, Ordering::Relaxed);
            }
            answers.store(0, Ordering::Relaxed);
            described.store(0, Ordering::Relaxed);
            to_server.write_all(said).await?;
            to_server.flush().await?;
        }
    };
    let down = async {
        let (mut since, mut passed, mut told) = (Instant::now(), 0, 0);
        // Messages that came together go together.
        let mut from_server = tokio::io::BufReader::with_capacity(1 << 14, &mut from_server);
        let mut to_client = tokio::io::BufWriter::with_capacity(1 << 14, &mut to_client);
        loop {
            let message = match speaks {
                Speaks::Postgres => postgres::read(&mut from_server, &mut told).await?,
                Speaks::MySql => {
                    let first = || prepares.swap(false, Ordering::Relaxed);
                    mysql::read(&mut from_server, first).await?.map(|packet| (packet.len(), packet))
                }
            };
            let Some((length, message)) = message else { return to_client.flush().await };
            if since.elapsed() > WITHIN {
                (since, passed) = (Instant::now(), 0);
            }
            passed += length;
            let describes = speaks == Speaks::Postgres && postgres::describes(&message);
            let too_many = answers.fetch_add(1, Ordering::Relaxed) >= MANY
                || describes && described.fetch_add(1, Ordering::Relaxed) >= DESCRIPTIONS;
            // Whatever came before it was asked for.
            let waits = prepared.load(Ordering::Relaxed);
            let told_of = waits.saturating_add(length);
            let too_much = waits != NOTHING && told_of > PREPARED;
            if waits != NOTHING {
                // If something else was asked just now, that counts.
                let _asked = prepared.compare_exchange(waits, told_of, Ordering::Relaxed, Ordering::Relaxed);
            }
            if passed > MOST || too_many || too_much {
                return Err(nonsense());
            }
            to_client.write_all(&message).await?;
            if from_server.buffer().is_empty() {
                to_client.flush().await?;
            }
        }
    };
    // Whatever ends one direction, both ends are closed.
    tokio::select! { ended = up => ended, ended = down => ended }
}

/// Begins TLS with the server that was configured.
async fn trusted(server: TcpStream, way: &Way, trust: &Arc<ClientConfig>) -> Result<Server, ConnectorError> {
    let name = way.host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(name).map_err(|_| answer::away())?;
    let begun = TlsConnector::from(Arc::clone(trust)).connect(name, server).await;
    begun.map(|server| Either::Right(Box::new(server))).map_err(|error| answer::untrusted(&error))
}

fn nonsense() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// Reads what is left of a message after its head; what the head says of its length takes no memory before it comes.
async fn rest(from: &mut (impl AsyncRead + Unpin), mut message: Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
    if length > LONGEST {
        return Err(nonsense());
    }
    let wanted = message.len() + length;
    from.take(length as u64).read_to_end(&mut message).await?;
    if message.len() != wanted {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(message)
}

/// Reads a head whole; `None` if the server has ended.
async fn head<const LENGTH: usize>(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<[u8; LENGTH]>> {
    let mut head = [0; LENGTH];
    if from.read(head.get_mut(..1).unwrap_or_default()).await? == 0 {
        return Ok(None);
    }
    from.read_exact(head.get_mut(1..).unwrap_or_default()).await?;
    Ok(Some(head))
}

async fn send(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), ConnectorError> {
    to.write_all(bytes).await.map_err(|_| answer::away())?;
    to.flush().await.map_err(|_| answer::away())
}

#[cfg(test)]
mod tests;
