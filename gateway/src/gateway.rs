//! The gateway as a server: build, bind, run until stopped.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_web::web;
use service_kit::{
    clock::Clock,
    config::{self, ConfigError},
    health::Health,
    rpc::Channel,
};
use tokio::net::TcpSocket;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::App, auth::Authenticator, bodies::Bodies, console::pictures, front, lists::Lists, samples::Samples,
    services::Services, sessions::Sessions, settings::Settings,
};

/// How many connections may wait to be taken.
const BACKLOG: u32 = 1024;

/// How long the last answers may take to leave after their requests have been handled.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// The gateway, ready to be bound to an address.
#[derive(Debug)]
pub struct Gateway {
    app: web::Data<App>,
}

impl Gateway {
    /// Puts the gateway together. To be called inside the tokio runtime on which the services shall be called.
    #[must_use]
    pub fn build(
        settings: Settings,
        person_role: Channel,
        provisioning: Channel,
        clock: Clock,
        health: Health,
    ) -> Self {
        let services = Services::new(person_role, provisioning);
        let authenticator = Authenticator::new(&settings.auth, services.clone(), clock.clone());
        let sessions = Sessions::default();
        let lists = Lists::new(settings.limits.lists);
        let bodies = Bodies::new(settings.limits.body_bytes);
        let searches = Lists::new(settings.limits.searches);
        let [events, pages] = [(); 2].map(|()| Lists::new(settings.limits.event_streams));
        let running = TaskTracker::new();
        let stopping = CancellationToken::new();
        let samples = Samples::default();
        let app = App {
            settings,
            services,
            authenticator,
            sessions,
            samples,
            clock,
            lists,
            bodies,
            searches,
            events,
            pages,
            stopping,
            health,
            running,
        };
        Self { app: web::Data::new(app) }
    }

    /// Binds it to the address of its settings; port 0 takes a free one.
    ///
    /// # Errors
    /// If the address is none, or cannot be listened on.
    pub fn bind(self) -> Result<BoundGateway, ConfigError> {
        let address = config::address("listen", &self.app.settings.listen)?;
        listen_on(address)
            .and_then(|listener| self.bind_to(listener))
            .map_err(|error| ConfigError(format!("listen names {address}, which cannot be listened on: {error}.")))
    }

    /// Binds it to a listener.
    ///
    /// # Errors
    /// If the listener has no address.
    pub fn bind_to(self, listener: TcpListener) -> io::Result<BoundGateway> {
        let address = listener.local_addr()?;
        Ok(BoundGateway { app: self.app, listener, address })
    }

    /// Serves on a listener until `stop`; see [`BoundGateway::run`].
    ///
    /// # Errors
    /// If the listener has no address, or the server breaks.
    pub async fn run(self, listener: TcpListener, stop: CancellationToken) -> io::Result<()> {
        self.bind_to(listener)?.run(stop).await
    }
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// The gateway with its address.
#[derive(Debug)]
pub struct BoundGateway {
    app: web::Data<App>,
    listener: TcpListener,
    address: SocketAddr,
}

impl BoundGateway {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`; then takes nothing new and finishes what runs.
    ///
    /// # Errors
    /// If the server breaks.
    pub async fn run(self, stop: CancellationToken) -> io::Result<()> {
        let Self { app, listener, address } = self;
        let (running, shutdown_seconds) = (app.running.clone(), app.settings.limits.shutdown_seconds);
        let stopping = app.stopping.clone();
        if app.settings.console.enabled {
            tokio::spawn(pictures::watch(app.clone()));
        }
        let workers = match app.settings.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            workers => workers,
        };
        let server = front::server(app, listener, workers)?;
        tracing::info!(%address, workers, "the REST API is served");
        let handle = server.handle();
        let mut server = std::pin::pin!(server);
        // The server's own way of draining waits for idle connections too, which a client may keep for minutes: here it
        // is the requests that are waited for.
        let drain = async {
            stop.cancelled().await;
            handle.pause().await;
            stopping.cancel();
            running.close();
            if tokio::time::timeout(Duration::from_secs(shutdown_seconds), running.wait()).await.is_err() {
                tracing::warn!(requests = running.len(), "stopping although requests still run");
            }
            // What was answered last is still being written.
            tokio::time::sleep(LAST_WORDS).await;
            handle.stop(false).await;
        };
        tokio::select! {
            result = &mut server => return result,
            () = drain => {}
        }
        server.await
    }
}
