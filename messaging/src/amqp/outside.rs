//! Publishing to brokers that are not the house's.
//!
//! Guarantee: `Ok` for a message means that the broker has it in at least one queue. Mechanism: mandatory, persistent
//! messages with confirms, each call on a channel of its own. The connection goes, without TLS, to an address of this machine
//! where the caller carries it on to the broker: whom to trust, and what a broker may say at all, is his. Nothing is declared:
//! exchange, queues and bindings are whose broker it is. Failure: closed ([`OutsideError`]); a connection that was lost is not
//! used again, and closes when it is dropped.

use std::{fmt, net::SocketAddr, time::Duration};

use lapin::{
    AsyncTcpStream, Channel, Connection, ConnectionProperties, Error, ErrorKind, ExchangeKind,
    options::{BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions},
    runtime::default_runtime,
    types::FieldTable,
    uri::{AMQPScheme, AMQPUri},
};
use thiserror::Error;
use tokio::time::timeout;

use super::{channels::Channels, settings, wire};
use crate::BrokerError;

/// Bounds an attempt to connect, with its handshake.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Bounds the wait for any answer, confirmations included.
const ANSWER_LIMIT: Duration = Duration::from_secs(8);

/// Says how to reach a broker.
#[derive(Clone)]
pub struct OutsideSettings {
    /// Is the address, `amqp[s]://user@host:port/vhost`.
    pub url: String,
    /// Is the user's password.
    pub password: String,
    /// Names the connection in the broker's lists.
    pub connection_name: String,
}

impl OutsideSettings {
    fn address(&self) -> Result<AMQPUri, BrokerError> {
        let mut address = settings::parse(&self.url)?;
        address.authority.userinfo.password.clone_from(&self.password);
        Ok(address)
    }

    /// Gives the host and the port of the address.
    ///
    /// # Errors
    /// If it is none.
    pub fn host(&self) -> Result<(String, u16), BrokerError> {
        let address = self.address()?;
        Ok((address.authority.host, address.authority.port))
    }
}

impl fmt::Debug for OutsideSettings {
    /// Leaves all out that could hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutsideSettings").field("connection_name", &self.connection_name).finish_non_exhaustive()
    }
}

/// Is a message for others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post {
    /// Is where it is published.
    pub exchange: String,
    /// Decides which queues it reaches.
    pub routing_key: String,
    /// Tells it from others: the same when it is sent again.
    pub id: String,
    /// Says what the body is.
    pub content_type: String,
    /// Are texts beside the body.
    pub headers: Vec<(String, String)>,
    /// Is what it says.
    pub body: Vec<u8>,
}

/// Says why a broker does not have a message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OutsideError {
    /// There is no connection; nothing was sent.
    #[error("the broker cannot be reached")]
    Unreachable,
    /// It does not let this user do this, or knows no such virtual host; it said so.
    #[error("the broker refuses: {0}")]
    Refused(String),
    /// It has no such exchange.
    #[error("the broker has no such exchange")]
    NoExchange,
    /// No queue takes messages of this routing key.
    #[error("no queue takes messages of this routing key")]
    Unroutable,
    /// It could not keep the message.
    #[error("the broker could not keep the message")]
    Rejected,
    /// The message was sent, and no answer came; it may or may not have arrived.
    #[error("the broker did not confirm the message")]
    Unconfirmed,
    /// The address, the id, the routing key or the name of a header is not one.
    #[error("the message does not fit the protocol")]
    Malformed,
}

/// Is a connection to a broker of others.
#[derive(Debug)]
pub struct Outside {
    connection: Connection,
    idle: Channels,
}

impl Outside {
    /// Connects to an address at which a connection is carried on to the broker, and logs in.
    ///
    /// # Errors
    /// If that cannot be done.
    pub async fn connect(settings: &OutsideSettings, way: SocketAddr) -> Result<Self, OutsideError> {
        let mut address = settings.address().map_err(|_| OutsideError::Malformed)?;
        address.scheme = AMQPScheme::AMQP;
        let runtime = default_runtime().map_err(|_| OutsideError::Unreachable)?;
        let name = settings.connection_name.as_str();
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let connect = async move |_, runtime| Ok(AsyncTcpStream::connect(&runtime, vec![way]).await?);
        let connecting = Connection::connector(address, runtime, connect, properties);
        match timeout(CONNECT_LIMIT, connecting).await {
            Ok(Ok(connection)) => Ok(Self { connection, idle: Channels::new() }),
            Ok(Err(error)) => Err(unconnected(&error)),
            Err(_) => Err(OutsideError::Unreachable),
        }
    }

    /// Says whether the connection is there.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.connection.status().connected()
    }

    /// Finds out whether there is an exchange.
    ///
    /// # Errors
    /// If there is none, or the broker does not say.
    pub async fn find_exchange(&self, name: &str) -> Result<(), OutsideError> {
        let name = wire::short(name).map_err(|_| OutsideError::Malformed)?;
        let options = ExchangeDeclareOptions { passive: true, ..ExchangeDeclareOptions::default() };
        let found = async {
            let channel = self.connection.create_channel().await?;
            // What kind it is does not matter to a passive declaration.
            channel.exchange_declare(name, ExchangeKind::Topic, options, FieldTable::default()).await
        };
        let found = timeout(ANSWER_LIMIT, found).await.map_err(|_| OutsideError::Unreachable)?;
        found.map_err(|error| said(&error).unwrap_or(OutsideError::Unreachable))
    }

    /// Publishes a message.
    ///
    /// # Errors
    /// If the broker does not have it for sure.
    pub async fn publish(&self, post: &Post) -> Result<(), OutsideError> {
        let (Ok(exchange), Ok(key)) = (wire::short(&post.exchange), wire::short(&post.routing_key)) else {
            return Err(OutsideError::Malformed);
        };
        let properties = wire::properties(&post.id, &post.content_type, &post.headers);
        let properties = properties.map_err(|_| OutsideError::Malformed)?;
        let channel = self.channel().await?;
        let options = BasicPublishOptions { mandatory: true, immediate: false };
        let sent = async { channel.basic_publish(exchange, key, options, &post.body, properties).await?.await };
        let confirmation = match timeout(ANSWER_LIMIT, sent).await {
            Ok(Ok(confirmation)) => confirmation,
            Ok(Err(error)) => return Err(said(&error).unwrap_or(OutsideError::Unconfirmed)),
            Err(_) => return Err(OutsideError::Unconfirmed),
        };
        self.idle.keep(channel);
        match (confirmation.is_ack(), confirmation.take_message()) {
            (_, Some(_)) => Err(OutsideError::Unroutable),
            (true, None) => Ok(()),
            (false, None) => Err(OutsideError::Rejected),
        }
    }

    async fn channel(&self) -> Result<Channel, OutsideError> {
        if let Some(channel) = self.idle.take() {
            return Ok(channel);
        }
        let open = async {
            let channel = self.connection.create_channel().await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            Ok::<_, Error>(channel)
        };
        match timeout(ANSWER_LIMIT, open).await {
            Ok(Ok(channel)) => Ok(channel),
            Ok(Err(error)) => Err(said(&error).unwrap_or(OutsideError::Unreachable)),
            Err(_) => Err(OutsideError::Unreachable),
        }
    }
}

/// Reads what the broker itself said.
fn said(error: &Error) -> Option<OutsideError> {
    let ErrorKind::ProtocolError(said) = error.kind() else { return None };
    match said.get_id() {
        404 => Some(OutsideError::NoExchange),
        // ACCESS-REFUSED, PRECONDITION-FAILED (also: a body that is too large), NOT-ALLOWED
        403 | 406 | 530 => Some(OutsideError::Refused(said.get_message().to_string())),
        _ => None,
    }
}

fn unconnected(error: &Error) -> OutsideError {
    tracing::debug!(%error, "a broker of others cannot be reached");
    match said(error) {
        Some(OutsideError::Refused(why)) => OutsideError::Refused(why),
        // A virtual host that is not there, to some brokers.
        Some(_) => OutsideError::Refused("there is no such virtual host".to_owned()),
        None => OutsideError::Unreachable,
    }
}
