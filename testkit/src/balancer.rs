//! What stands before several processes of one service: each connection goes to the next of them that accepts it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpListener, TcpStream};

/// A balancer by connection, on a port of 127.0.0.1 of its own; it ends with the runtime.
#[derive(Debug)]
pub(crate) struct Balancer {
    port: u16,
    behind: Arc<Mutex<Vec<u16>>>,
}

impl Balancer {
    /// Starts one with nobody behind it.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let behind = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(accept(listener, Arc::clone(&behind)));
        Self { port, behind }
    }

    /// Takes a process in, by its port of 127.0.0.1.
    pub(crate) fn add(&self, port: u16) {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner).push(port);
    }

    /// Gives its URL, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

async fn accept(listener: TcpListener, behind: Arc<Mutex<Vec<u16>>>) {
    let turn = AtomicUsize::new(0);
    loop {
        let Ok((mut client, _)) = listener.accept().await else { continue };
        let mut ports = behind.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let first = turn.fetch_add(1, Ordering::Relaxed) % ports.len().max(1);
        ports.rotate_left(first);
        tokio::spawn(async move {
            for port in ports {
                if let Ok(mut server) = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await {
                    let _ = (client.set_nodelay(true), server.set_nodelay(true));
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    return;
                }
            }
        });
    }
}
