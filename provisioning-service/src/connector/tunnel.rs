//! A way to a server for clients that insist on connecting by themselves.
//!
//! Guarantee: what they connect to is what the dialer allows, each time anew, and they know the server by its own name, so
//! that TLS can hold its certificate against it. Mechanism: a socket of this machine without a file, which only the user of
//! this process may use; each connection is carried on to one that the dialer makes. Failure: a connection that cannot be
//! made is closed at once, and why is remembered; so is one on which a server sends more than anybody asks for.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy},
    net::{UnixListener, UnixStream},
    task::{AbortHandle, JoinSet},
    time::Instant,
};

use crate::{connector::dialer::Dialer, domain::outcome::ConnectorError};

/// To connect.
const CONNECT: Duration = Duration::from_secs(4);

/// As many bytes of a server are passed on within that time: clients keep what comes until they have all of an answer.
const MOST: usize = 64 << 20;
const WITHIN: Duration = Duration::from_secs(10);

/// Where connections lead.
#[derive(Clone, Debug)]
struct Way {
    dialer: Dialer,
    host: String,
    port: u16,
    what: &'static str,
    refused: Arc<Mutex<Option<ConnectorError>>>,
}

/// A way to a server. It is closed when it is dropped.
#[derive(Debug)]
pub struct Tunnel {
    folder: PathBuf,
    port: u16,
    refused: Arc<Mutex<Option<ConnectorError>>>,
    task: AbortHandle,
}

impl Tunnel {
    /// Opens a way to a server; `what` says what it is, for people.
    ///
    /// # Errors
    /// If this machine has no such sockets.
    pub fn open(dialer: &Dialer, host: &str, port: u16, what: &'static str) -> io::Result<Self> {
        // A name that begins with a zero byte is no file.
        let folder = PathBuf::from(format!("\0cohort-{:032x}", rand::random::<u128>()));
        let listener = UnixListener::bind(socket(&folder, port))?;
        let user = UnixStream::pair()?.0.peer_cred()?.uid();
        let refused = Arc::<Mutex<Option<ConnectorError>>>::default();
        let way = Way { dialer: dialer.clone(), host: host.to_owned(), port, what, refused: Arc::clone(&refused) };
        let task = tokio::spawn(accept(listener, user, way)).abort_handle();
        Ok(Self { folder, port, refused, task })
    }

    /// The folder that PostgreSQL's clients take for that of the server's socket.
    #[must_use]
    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// The socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        socket(&self.folder, self.port)
    }

    /// Why the last connection could not be made, once.
    pub fn refused(&self) -> Option<ConnectorError> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn socket(folder: &std::path::Path, port: u16) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}

async fn accept(listener: UnixListener, user: u32, way: Way) {
    let mut carried = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                // Such sockets have no permissions.
                if client.peer_cred().is_ok_and(|peer| peer.uid() == user) {
                    carried.spawn(carry(client, way.clone()));
                }
            }
            Some(_) = carried.join_next() => {}
        }
    }
}

async fn carry(mut client: UnixStream, way: Way) {
    match way.dialer.connect(&way.host, way.port, CONNECT, way.what).await {
        Ok(mut server) => {
            let _ = server.set_nodelay(true);
            let ((mut from_client, mut to_client), (mut from_server, mut to_server)) = (client.split(), server.split());
            // Whatever ends one direction, both ends are closed.
            tokio::select! {
                _ = copy(&mut from_client, &mut to_server) => {}
                _ = pass_on(&mut from_server, &mut to_client) => {}
            }
        }
        Err(error) => *way.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(error),
    }
}

/// Passes on what comes, until it is too much.
async fn pass_on(from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    let (mut bytes, mut since, mut passed) = (vec![0; 1 << 16], Instant::now(), 0);
    loop {
        let count = from.read(&mut bytes).await?;
        if since.elapsed() > WITHIN {
            (since, passed) = (Instant::now(), 0);
        }
        passed += count;
        if count == 0 || passed > MOST {
            return Ok(());
        }
        to.write_all(bytes.get(..count).unwrap_or_default()).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_goes_in_comes_out_where_the_dialer_leads_and_nowhere_else() {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let here = Dialer::new(&["127.0.0.0/8".parse().unwrap()]);
        let tunnel = Tunnel::open(&here, "127.0.0.1", port, "database").unwrap();
        let mut client = UnixStream::connect(tunnel.socket()).await.unwrap();
        client.write_all(b"hello").await.unwrap();
        let (mut accepted, _) = server.accept().await.unwrap();
        let mut heard = [0; 5];
        accepted.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"hello");
        drop(tunnel);
        assert_eq!(accepted.read(&mut heard).await.unwrap_or(0), 0, "it is closed");

        let tunnel = Tunnel::open(&Dialer::default(), "127.0.0.1", port, "database").unwrap();
        let mut client = UnixStream::connect(tunnel.socket()).await.unwrap();
        assert_eq!(client.read(&mut heard).await.unwrap_or(0), 0);
        assert!(matches!(tunnel.refused(), Some(ConnectorError::Permanent { .. })));
    }

    #[tokio::test]
    async fn a_server_that_never_ends_is_cut_off() {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = Dialer::new(&["127.0.0.0/8".parse().unwrap()]);
        let tunnel = Tunnel::open(&here, "127.0.0.1", server.local_addr().unwrap().port(), "database").unwrap();
        let mut client = UnixStream::connect(tunnel.socket()).await.unwrap();
        let (mut accepted, _) = server.accept().await.unwrap();
        let pours = tokio::spawn(async move { while accepted.write_all(&[0; 1 << 16]).await.is_ok() {} });
        let (mut bytes, mut came) = (vec![0; 1 << 16], 0);
        while let Ok(count @ 1..) = client.read(&mut bytes).await {
            came += count;
        }
        assert!(came > MOST / 2, "{came}");
        pours.await.unwrap();
    }
}
