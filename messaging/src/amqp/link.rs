//! Keeps the two connections to the broker up.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::StreamExt;
use lapin::{Connection, ConnectionBuilder, ConnectionProperties, ErrorKind, Event, tcp::OwnedTLSConfig, uri::AMQPUri};
use thiserror::Error;
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{AmqpSettings, RPC_LIMIT};
use crate::{backoff::Backoff, telemetry};

/// Bounds one attempt to connect, with its handshake.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// Is how often the connections are looked at, besides listening to them: not every end of one is told as an event.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Is a pair of connections; both live, or neither is used.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) publishing: Connection,
    pub(super) consuming: Connection,
}

#[derive(Clone, Debug)]
enum State {
    Down,
    /// The broker reads nothing from connections that publish, being short of memory or disk.
    Blocked(Arc<Link>),
    Up(Arc<Link>),
}

#[derive(Debug, Error)]
enum ConnectError {
    #[error("{0}")] // lapin's errors print their source themselves
    Amqp(lapin::Error),
    #[error("no answer in time")]
    TimedOut,
}

/// Looks at the present state of the link.
#[derive(Clone, Debug)]
pub(super) struct LinkWatch(watch::Receiver<State>);

impl LinkWatch {
    /// Waits until messages can be published; `None` when the link has been closed.
    pub(super) async fn publishable(&self) -> Option<Arc<Link>> {
        self.first(|state| match state {
            State::Up(link) => Some(link),
            State::Down | State::Blocked(_) => None,
        })
        .await
    }

    /// Waits until messages can be consumed; `None` when the link has been closed.
    pub(super) async fn consumable(&self) -> Option<Arc<Link>> {
        self.first(|state| match state {
            State::Up(link) | State::Blocked(link) => Some(link),
            State::Down => None,
        })
        .await
    }

    pub(super) fn is_publishable(&self) -> bool {
        matches!(*self.0.borrow(), State::Up(_))
    }

    pub(super) async fn wait(&self, publishable: bool) {
        // An error says that the link has been closed: nothing to wait for any more.
        let _ = self.0.clone().wait_for(|state| matches!(state, State::Up(_)) == publishable).await;
    }

    async fn first(&self, wanted: fn(&State) -> Option<&Arc<Link>>) -> Option<Arc<Link>> {
        let mut states = self.0.clone();
        let state = states.wait_for(|state| wanted(state).is_some()).await.ok()?;
        wanted(&state).map(Arc::clone)
    }
}

/// Makes the task that connects, until it is stopped, and a view on what it has.
pub(super) fn supervisor(
    settings: AmqpSettings,
    address: AMQPUri,
    stop: CancellationToken,
) -> (LinkWatch, impl Future<Output = ()> + Send + 'static) {
    telemetry::connected(false);
    let (sender, receiver) = watch::channel(State::Down);
    let supervisor = Supervisor { settings, address, state: sender };
    let task = async move {
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = supervisor.run() => {}
        }
        supervisor.take_down().await;
    };
    (LinkWatch(receiver), task)
}

struct Supervisor {
    settings: AmqpSettings,
    address: AMQPUri,
    state: watch::Sender<State>,
}

impl Supervisor {
    async fn run(&self) {
        let mut backoff = Backoff::new();
        loop {
            match self.connect().await {
                Ok(link) => {
                    let link = Arc::new(link);
                    tracing::info!(host = %self.address.authority.host, "broker connected");
                    backoff.reset();
                    self.enter(State::Up(Arc::clone(&link)));
                    self.watch(&link).await;
                    drop(link);
                    tracing::warn!(host = %self.address.authority.host, "broker connection lost");
                    self.take_down().await;
                }
                Err(error) => {
                    let pause = backoff.pause();
                    tracing::warn!(
                        host = %self.address.authority.host,
                        %error,
                        retry_in_ms = pause.as_millis() as u64,
                        "broker cannot be reached"
                    );
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    async fn connect(&self) -> Result<Link, ConnectError> {
        let pair = async { futures::try_join!(self.connect_one("publishing"), self.connect_one("consuming")) };
        match timeout(CONNECT_LIMIT, pair).await {
            Ok(Ok((publishing, consuming))) => Ok(Link { publishing, consuming }),
            Ok(Err(error)) => Err(ConnectError::Amqp(error)),
            Err(_) => Err(ConnectError::TimedOut),
        }
    }

    async fn connect_one(&self, purpose: &str) -> lapin::Result<Connection> {
        let name = format!("{} {purpose}", self.settings.connection_name);
        let authorities = self.settings.authorities().map_err(|error| ErrorKind::IOError(Arc::new(error)))?;
        // rustls takes ring as its provider here if the process has installed none.
        ConnectionBuilder::new()?
            .with_uri(self.address.clone())
            .with_properties(ConnectionProperties::default().with_connection_name(name.into()))
            .with_tls_config(OwnedTLSConfig { identity: None, cert_chain: authorities })
            .connect()
            .await
    }

    /// Returns when one of the connections is lost.
    async fn watch(&self, link: &Arc<Link>) {
        let mut events = pin!(link.publishing.events_listener());
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while link.publishing.status().connected() && link.consuming.status().connected() {
            tokio::select! {
                event = events.next() => match event {
                    Some(Event::ConnectionBlocked(reason)) => {
                        tracing::warn!(reason, "broker takes no messages for now");
                        self.enter(State::Blocked(Arc::clone(link)));
                    }
                    Some(Event::ConnectionUnblocked) => {
                        tracing::info!("broker takes messages again");
                        self.enter(State::Up(Arc::clone(link)));
                    }
                    Some(_) => {}
                    None => return,
                },
                _ = looks.tick() => {}
            }
        }
    }

    fn enter(&self, state: State) {
        telemetry::connected(matches!(state, State::Up(_)));
        self.state.send_replace(state);
    }

    async fn take_down(&self) {
        telemetry::connected(false);
        let (State::Up(link) | State::Blocked(link)) = self.state.send_replace(State::Down) else { return };
        for connection in [&link.publishing, &link.consuming] {
            // Ends in an error when the connection is gone already.
            let _ = timeout(RPC_LIMIT, connection.close(200, "closed".into())).await;
        }
    }
}
