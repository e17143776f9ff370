//! Where the broker is, and what is asked of it.

use std::{fmt, fs, io, path::PathBuf, time::Duration};

use lapin::uri::{AMQPScheme, AMQPUri};

use super::declare::Declared;
use crate::BrokerError;

/// Is the largest frame, in bytes. The client keeps room for 32 of them in each direction of each connection: four mebibytes
/// and more with those that RabbitMQ proposes.
const FRAME: u32 = 16 * 1024;

/// Is asked for when the URL names no heartbeat: a broker that is gone without a word is noticed in twice that time.
const HEARTBEAT_S: u16 = 10;

/// Says how to reach RabbitMQ.
#[derive(Clone)]
pub struct AmqpSettings {
    /// Is the address, `amqp[s]://user:password@host:port/vhost`; the vhost `/` is written `%2f`.
    pub url: String,
    /// Names the connections in RabbitMQ's lists.
    pub connection_name: String,
    /// Is how often a wake-up is handed out again before it becomes a dead letter. RabbitMQ counts each time, also when
    /// the consumer stopped or lost its connection before it had looked at the message; so changes and outcomes have no
    /// limit: what of them cannot be read is refused by its handler.
    pub delivery_limit: u32,
    /// Bounds the wait for a confirmation.
    pub confirm_timeout: Duration,
    /// Says whether exchanges, queues and bindings are made when they are missing; if not, they have to be there, and the user
    /// needs no right to make any.
    pub declares: bool,
    /// Is a file of certificates of authorities, in PEM, that are trusted besides the public ones; read for each connection.
    pub ca: Option<PathBuf>,
}

impl AmqpSettings {
    /// Makes settings with a delivery limit of 20 and a confirm timeout of ten seconds.
    pub fn new(url: impl Into<String>, connection_name: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connection_name: connection_name.into(),
            delivery_limit: 20,
            confirm_timeout: Duration::from_secs(10),
            declares: true,
            ca: None,
        }
    }

    /// Makes the same for a user who makes no exchanges and queues, or who does.
    #[must_use]
    pub fn declaring(self, declares: bool) -> Self {
        Self { declares, ..self }
    }

    /// Makes the same with a file of authorities; an empty name is none.
    #[must_use]
    pub fn trusting(self, ca: &str) -> Self {
        Self { ca: (!ca.is_empty()).then(|| ca.into()), ..self }
    }

    /// Says whether the broker can be connected to like this, as far as that can be seen without it.
    ///
    /// # Errors
    /// If the URL is none, asks for no TLS although there is a file of authorities, or that file cannot be read.
    pub fn check(&self) -> Result<(), BrokerError> {
        self.address()?;
        self.authorities().map(|_| ()).map_err(|_| BrokerError::Authorities)
    }

    pub(super) fn declared(&self) -> Declared {
        Declared { ours: self.declares, delivery_limit: self.delivery_limit }
    }

    pub(super) fn authorities(&self) -> io::Result<Option<String>> {
        self.ca.as_ref().map(fs::read_to_string).transpose()
    }

    pub(super) fn address(&self) -> Result<AMQPUri, BrokerError> {
        let address = parse(&self.url)?;
        match (&self.ca, &address.scheme) {
            (Some(_), AMQPScheme::AMQP) => Err(BrokerError::ClearText),
            _ => Ok(address),
        }
    }
}

/// Reads an address.
pub(super) fn parse(url: &str) -> Result<AMQPUri, BrokerError> {
    // The parser's own message may repeat the URL, and with it the password.
    let mut address: AMQPUri = url.parse().map_err(|_| BrokerError::Url)?;
    // The parser knows names only, and takes an IPv6 address for a missing host, which it makes localhost.
    let authority = url.split(['/', '?']).nth(2).unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some((ipv6, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        address.authority.host = ipv6.to_owned();
    }
    address.query.heartbeat.get_or_insert(HEARTBEAT_S);
    address.query.frame_max.get_or_insert(FRAME);
    Ok(address)
}

impl fmt::Debug for AmqpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.address().map_or_else(
            |_| "***".to_owned(),
            |AMQPUri { scheme, authority, vhost, .. }| {
                format!("{scheme}://{}:***@{}:{}/{vhost}", authority.userinfo.username, authority.host, authority.port)
            },
        );
        f.debug_struct("AmqpSettings")
            .field("url", &url)
            .field("connection_name", &self.connection_name)
            .field("delivery_limit", &self.delivery_limit)
            .field("confirm_timeout", &self.confirm_timeout)
            .field("declares", &self.declares)
            .field("ca", &self.ca)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Result<AMQPUri, BrokerError> {
        AmqpSettings::new(url, "test").address()
    }

    #[test]
    fn the_password_is_not_printed() {
        let settings = AmqpSettings::new("amqps://cohort:hunter2@broker.example.org/%2f", "test");
        let printed = format!("{settings:?}");
        assert!(printed.contains("amqps://cohort:***@broker.example.org:5671//"), "{printed}");
        assert!(!printed.contains("hunter2"), "{printed}");
    }

    #[test]
    fn the_password_is_not_printed_even_if_the_url_is_unusable() {
        let settings = AmqpSettings::new("cohort:hunter2@broker.example.org", "test");
        assert!(!format!("{settings:?}").contains("hunter2"));
        assert_eq!(settings.address(), Err(BrokerError::Url));
        assert!(!BrokerError::Url.to_string().contains("hunter2"));
    }

    #[test]
    fn authorities_and_clear_text_do_not_go_together() {
        let settings = AmqpSettings::new("amqp://cohort:secret@broker.example.org/%2f", "test").trusting("/ca.pem");
        assert_eq!(settings.check(), Err(BrokerError::ClearText));
        let settings = AmqpSettings { url: "amqps://broker.example.org".to_owned(), ..settings };
        assert_eq!(settings.check(), Err(BrokerError::Authorities));
        assert_eq!(settings.trusting("").check(), Ok(()));
    }

    #[test]
    fn an_ipv6_address_is_understood() {
        let address = address("amqp://cohort:secret@[2001:db8::7]:5673/house").unwrap();
        assert_eq!((address.authority.host.as_str(), address.authority.port), ("2001:db8::7", 5673));
    }

    #[test]
    fn frames_are_small_unless_the_url_says_otherwise() {
        assert_eq!(address("amqp://localhost").unwrap().query.frame_max, Some(FRAME));
        assert_eq!(address("amqp://localhost/%2f?frame_max=8192").unwrap().query.frame_max, Some(8192));
    }

    #[test]
    fn heartbeats_are_on_unless_the_url_says_otherwise() {
        assert_eq!(address("amqp://localhost").unwrap().query.heartbeat, Some(HEARTBEAT_S));
        assert_eq!(address("amqp://localhost/%2f?heartbeat=42").unwrap().query.heartbeat, Some(42));
    }
}
