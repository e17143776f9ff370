//! What a broker's answer, or its silence, means.

use messaging::OutsideError;

use crate::{
    connector::{amqp::Configuration, words},
    domain::outcome::ConnectorError,
};

/// Why a message with a routing key is not known to be in a queue.
pub(super) fn judge(error: &OutsideError, configuration: &Configuration, routing_key: &str) -> ConnectorError {
    let exchange = &configuration.exchange;
    match error {
        OutsideError::Unreachable => ConnectorError::retryable("The broker cannot be reached."),
        OutsideError::Refused(why) => ConnectorError::permanent(format!("The broker refused: {}.", legible(why))),
        OutsideError::NoExchange => ConnectorError::permanent(format!("The broker has no exchange {exchange}.")),
        OutsideError::Unroutable => ConnectorError::retryable(format!(
            "No queue takes messages with the routing key {routing_key}: bind one to the exchange {exchange}."
        )),
        OutsideError::Rejected => ConnectorError::retryable("The broker could not keep the message."),
        OutsideError::Unconfirmed => {
            ConnectorError::unknown("The broker did not confirm the message, or the connection broke off.")
        }
        OutsideError::Malformed => ConnectorError::permanent(
            "The Url, the Exchange or the RoutingKey of the target does not fit the protocol.",
        ),
    }
}

/// TLS could not be begun.
pub(super) fn untrusted(error: &std::io::Error) -> ConnectorError {
    match error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
        true => ConnectorError::retryable(format!("The broker cannot be trusted: {}.", legible(&error.to_string()))),
        false => ConnectorError::retryable("The broker cannot be reached."),
    }
}

fn legible(said: &str) -> String {
    words::cut(words::dropped(said)).trim_end_matches('.').to_owned()
}
