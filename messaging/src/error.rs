//! The closed kinds of what can go wrong with a broker.

use thiserror::Error;

/// Says why a broker could not be set up or asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BrokerError {
    /// The URL does not follow `amqp[s]://user:password@host:port/vhost`. It is not repeated here: it holds a password.
    #[error("the broker URL is not of the form amqp[s]://user:password@host:port/vhost")]
    Url,
    /// There is a file of authorities, and the URL asks for no TLS.
    #[error("the broker URL has to begin with amqps:// where authorities are given")]
    ClearText,
    /// The file of authorities cannot be read.
    #[error("the file of the broker's authorities cannot be read")]
    Authorities,
    /// There is no tokio runtime to connect on.
    #[error("the broker needs to be started inside a tokio runtime")]
    NoRuntime,
    /// The broker cannot be reached now.
    #[error("the broker cannot be reached")]
    Unavailable,
}

/// Says why a message was not confirmed. Whatever the kind, sending it again under the same id is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PublishError {
    /// The broker cannot be reached, or takes no messages at present; nothing was sent.
    #[error("the broker cannot be reached or takes no messages")]
    Unavailable,
    /// The message was sent, but no confirmation came; it may or may not have arrived.
    #[error("the broker did not confirm the message")]
    Unconfirmed,
    /// The broker answered that it could not keep the message.
    #[error("the broker refused the message")]
    Refused,
    /// No queue is bound to the routing key.
    #[error("no queue takes messages of this routing key")]
    Unroutable,
    /// The id, the routing key or the name of a header is longer than the protocol allows (255 bytes).
    #[error("the message does not fit the protocol: its id, routing key or a header name is too long")]
    Malformed,
}

impl PublishError {
    /// Names the kind, as the label of a metric.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Unconfirmed => "unconfirmed",
            Self::Refused => "refused",
            Self::Unroutable => "unroutable",
            Self::Malformed => "malformed",
        }
    }
}
