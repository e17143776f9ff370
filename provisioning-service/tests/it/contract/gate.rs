//! A way to a server that can be shut, and that remembers what went through.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

type Log = Arc<Mutex<Vec<u8>>>;

/// A port of its own that leads to that of a server.
pub(crate) struct Gate {
    pub(crate) port: u16,
    to: u16,
    asked: Log,
    said: Log,
    open: Mutex<Option<JoinHandle<()>>>,
}

impl Gate {
    pub(crate) async fn to(to: u16) -> Self {
        let port = testkit::free_port();
        let gate = Self { port, to, asked: Log::default(), said: Log::default(), open: Mutex::default() };
        gate.open().await;
        gate
    }

    /// Takes connections.
    pub(crate) async fn open(&self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let (to, asked, said) = (self.to, Arc::clone(&self.asked), Arc::clone(&self.said));
        let accept = async move {
            let mut through = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                through.spawn(pass(client, to, Arc::clone(&asked), Arc::clone(&said)));
            }
        };
        *self.open.lock().unwrap() = Some(tokio::spawn(accept));
    }

    /// Takes no connections any more, and breaks those that are.
    pub(crate) async fn shut(&self) {
        let open = self.open.lock().unwrap().take().unwrap();
        open.abort();
        let _aborted = open.await;
    }

    /// The calls since it was asked last: method and address.
    pub(crate) fn calls(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&std::mem::take(&mut *self.asked.lock().unwrap())).into_owned();
        // It follows the body of the one before on the same line.
        let line = |line: &str| {
            let line = line.strip_suffix(" HTTP/1.1")?;
            let begin =
                ["GET /", "PUT /", "POST /", "PATCH /", "DELETE /"].iter().filter_map(|call| line.rfind(call)).max()?;
            line.get(begin..).map(str::to_owned)
        };
        text.lines().filter_map(line).collect()
    }

    /// What was answered since it was asked last.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.said.lock().unwrap())).into_owned()
    }
}

async fn pass(client: TcpStream, to: u16, asked: Log, said: Log) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", to)).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(copy(from_client, to_server, asked), copy(from_server, to_client, said));
}

async fn copy(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, log: Log) {
    let mut some = vec![0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut some).await {
        log.lock().unwrap().extend_from_slice(&some[..length]);
        if to.write_all(&some[..length]).await.is_err() {
            break;
        }
    }
    let _closed = to.shutdown().await;
}
