//! A TCP proxy that can fail: cut one-sidedly, delay, reset.
//!
//! With several addresses behind it, it is also what stands before several processes of one service: each connection goes
//! to the next address that accepts it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::reset;

/// What a proxy does to what goes through it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    #[default]
    None,
    /// What the client sends does not arrive; what the server sends does. New connections are not answered.
    CutOut,
    /// What the server sends does not arrive; what the client sends does.
    CutIn,
    /// Everything arrives later.
    Delay(Duration),
    /// All connections are reset, and new ones at once.
    Reset,
}

/// A proxy that can fail; it ends with the runtime.
#[derive(Debug)]
pub(super) struct Proxy {
    port: u16,
    fault: watch::Sender<Fault>,
}

impl Proxy {
    /// Starts a proxy before some ports of 127.0.0.1.
    pub(super) async fn start(behind: Vec<u16>) -> Arc<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let (fault, faults) = watch::channel(Fault::None);
        tokio::spawn(async move {
            let next = AtomicUsize::new(0);
            let behind: Arc<[u16]> = behind.into();
            loop {
                let Ok((client, _)) = listener.accept().await else { continue };
                let first = next.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(client, Arc::clone(&behind), first, faults.clone()));
            }
        });
        Arc::new(Self { port, fault })
    }

    /// Gives the port of 127.0.0.1 it listens on.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Fails in this way from now on.
    pub(super) fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }
}

async fn serve(mut client: TcpStream, behind: Arc<[u16]>, first: usize, mut faults: watch::Receiver<Fault>) {
    if *faults.borrow() == Fault::Reset {
        return reset(client);
    }
    let mut server = None;
    for turn in 0..behind.len() {
        let Some(port) = behind.get((first + turn) % behind.len()) else { continue };
        if let Ok(stream) = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, *port))).await {
            server = Some(stream);
            break;
        }
    }
    let Some(mut server) = server else { return reset(client) };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let broken = {
        let (client_in, client_out) = client.split();
        let (server_in, server_out) = server.split();
        let (out, back) = (faults.clone(), faults.clone());
        let resets = async { faults.wait_for(|fault| *fault == Fault::Reset).await.is_ok() };
        tokio::select! {
            () = pump(client_in, server_out, out, Fault::CutOut) => false,
            () = pump(server_in, client_out, back, Fault::CutIn) => false,
            broken = resets => broken,
        }
    };
    if broken {
        reset(client);
        reset(server);
    }
}

/// Passes bytes on in one direction until one side ends.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut faults: watch::Receiver<Fault>,
    cut: Fault,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(read) = from.read(&mut buffer).await else { return };
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { return };
        // What was on its way when the line was cut arrives when it is whole again, as with TCP.
        let Ok(fault) = faults.wait_for(|fault| *fault != cut).await.map(|fault| *fault) else { return };
        if let Fault::Delay(delay) = fault {
            tokio::time::sleep(delay).await;
        }
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}
