//! The keys of `AmqpProvisioner`.

use messaging::OutsideSettings;
use reqwest::Url;
use serde::Deserialize;

use crate::{
    connector::description::{Default, Description, Key, Kind, Pem},
    domain::{outcome::ConnectorError, target::Target},
};

/// Whom the password is shown to.
const SERVER: &[&str] = &["Url", "CaCertificates"];

/// The keys.
pub(super) static DESCRIPTION: Description = Description {
    plugin: "AmqpProvisioner",
    keys: &[
        Key::new(
            "Url",
            Kind::Address { schemes: &["amqp", "amqps"], user: true },
            "the address of the broker, with a user and a virtual host",
        )
        .required()
        .rule(has_user, "must name a user, such as amqps://user@host/vhost."),
        Key::text("Password", "the password of that user").secret(SERVER).required(),
        Key::new(
            "CaCertificates",
            Kind::Pem(Pem::Certificates),
            "who may vouch for the broker, beside public authorities",
        ),
        Key::text("Exchange", "the exchange to publish to; it must exist").required().rule(fits, FITS),
        Key::text("RoutingKey", "the routing key, where `{co}`, `{kind}` and `{action}` stand for what is published")
            .or(Default::Text("{co}.{kind}.{action}"))
            .rule(is_template, TEMPLATE),
        Key::choice("Message", &["Full", "Pointer"], "whether messages hold the data or only say which it is")
            .or(Default::Text("Full")),
    ],
};

/// What a routing key may hold.
pub(super) const PLACES: [&str; 3] = ["{co}", "{kind}", "{action}"];

const FITS: &str = "must be at most 255 bytes long, without control characters.";
const TEMPLATE: &str = "must be at most 160 bytes long, and may hold {co}, {kind} and {action}, and no other braces.";

fn has_user(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| !url.username().is_empty())
}

fn fits(name: &str) -> bool {
    name.len() <= 255 && !name.chars().any(char::is_control)
}

fn is_template(key: &str) -> bool {
    let rest = PLACES.iter().fold(key.to_owned(), |rest, place| rest.replace(place, ""));
    key.len() <= 160 && fits(key) && !rest.contains(['{', '}'])
}

/// What a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Content {
    Full,
    Pointer,
}

/// A configuration that can be worked with.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Configuration {
    url: String,
    password: String,
    ca_certificates: Option<String>,
    pub(super) exchange: String,
    pub(super) routing_key: String,
    pub(super) message: Content,
}

impl std::fmt::Debug for Configuration {
    /// Leaves the password out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Configuration").field("exchange", &self.exchange).finish_non_exhaustive()
    }
}

impl Configuration {
    /// Reads the configuration of a target.
    pub(super) fn of(target: &Target) -> Result<Self, ConnectorError> {
        DESCRIPTION.read(&target.configuration)
    }

    /// How to reach the broker.
    pub(super) fn settings(&self) -> OutsideSettings {
        OutsideSettings {
            url: self.url.clone(),
            password: self.password.clone(),
            connection_name: "cohort target".to_owned(),
        }
    }

    /// Whether the connection is by TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.url.starts_with("amqps:")
    }

    /// Who may vouch for the broker, beside public authorities.
    pub(super) fn ca_certificates(&self) -> Option<&str> {
        self.ca_certificates.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_rule_names_its_key() {
        for (change, keys) in [
            (json!({}), &[][..]),
            (json!({"Url": "amqp://broker.example.org"}), &["Url"]),
            (json!({"Url": "amqp://kit:s3cret@broker.example.org"}), &["Url"]),
            (json!({"Url": "http://kit@broker.example.org"}), &["Url"]),
            (json!({"Exchange": "x".repeat(256), "RoutingKey": "{person}"}), &["Exchange", "RoutingKey"]),
            (json!({"RoutingKey": "{co}.{kind"}), &["RoutingKey"]),
            (json!({"RoutingKey": "registry.{kind}"}), &[]),
            (
                json!({"Message": "full", "CaCertificates": "none", "Colour": 1}),
                &["Colour", "CaCertificates", "Message"],
            ),
        ] {
            let mut good =
                json!({"Url": "amqps://kit@broker.example.org/house", "Password": "p", "Exchange": "people"});
            let object = good.as_object_mut().expect("an object");
            object.extend(change.as_object().cloned().expect("an object"));
            let (_, wrong) = DESCRIPTION.accept(object, None);
            let found: Vec<&str> = wrong.iter().map(|wrong| wrong.key.as_str()).collect();
            assert_eq!(found, keys, "{change}");
        }
    }
}
