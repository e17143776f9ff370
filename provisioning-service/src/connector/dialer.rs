//! Where connectors may connect to (D62).
//!
//! Guarantee: no target reaches what only this machine's neighbours may reach: loopback, private, link-local and shared
//! addresses, the metadata services of clouds, and any of these in IPv6 clothes. Mechanism: the address is judged when
//! connecting, after the name was resolved, and the connection goes to the address that was judged. The operator allows
//! networks by `egress.allow`. Failure: closed, with a sentence that names the setting.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::TcpStream;

use crate::domain::outcome::ConnectorError;

/// A name that is not known, or that is and may not be reached: which names there are in its networks is for the operator to
/// know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The name {0} cannot be resolved, or is in a network that targets may not reach; the operator allows networks by egress.allow."
)]
pub struct Unreachable(
    /// The name, as the target gives it.
    pub String,
);

impl From<Unreachable> for ConnectorError {
    fn from(error: Unreachable) -> Self {
        Self::retryable(error.to_string())
    }
}

/// An address to which no target may connect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is in a network that targets may not reach; the operator allows networks by egress.allow")]
pub struct Forbidden(
    /// The name or address, as the target gives it.
    pub String,
);

/// Resolves names, and judges addresses.
#[derive(Clone, Debug, Default)]
pub struct Dialer {
    allow: Arc<[IpNet]>,
}

impl Dialer {
    /// Public addresses, and those in some networks.
    #[must_use]
    pub fn new(allow: &[IpNet]) -> Self {
        Self { allow: allow.into() }
    }

    /// Whether a target may connect to an address.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address) || self.allow.iter().any(|network| network.contains(&address))
    }

    /// The addresses of a host, all of which a target may connect to.
    ///
    /// # Errors
    /// If there are none, or one of them is forbidden.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ConnectorError> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        match self.addresses(host, port).await {
            Ok(found) if found.is_empty() => Err(Unreachable(host.to_owned()).into()),
            Ok(found) => Ok(found),
            Err(error) if error.is::<Forbidden>() && host.parse::<IpAddr>().is_ok() => {
                Err(ConnectorError::permanent(format!("{error}.")))
            }
            Err(error) => {
                tracing::debug!(%error, host, "a name cannot be resolved, or may not be reached");
                Err(Unreachable(host.to_owned()).into())
            }
        }
    }

    /// Connects to a host: to one of its addresses, as [`Self::resolve`] gives them, within some time.
    ///
    /// # Errors
    /// If it is forbidden or cannot be reached; `what` says what it is, for people.
    pub async fn connect(
        &self,
        host: &str,
        port: u16,
        within: Duration,
        what: &str,
    ) -> Result<TcpStream, ConnectorError> {
        let addresses = self.resolve(host, port).await?;
        match tokio::time::timeout(within, TcpStream::connect(addresses.as_slice())).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(_)) => Err(ConnectorError::retryable(format!("The {what} cannot be reached."))),
            Err(_) => Err(ConnectorError::retryable(format!("The {what} did not take the connection in time."))),
        }
    }

    /// Judges the host of an address if it needs no resolving: no client asks a resolver then.
    ///
    /// # Errors
    /// If it is forbidden.
    pub fn judge(&self, url: &reqwest::Url) -> Result<(), ConnectorError> {
        let host = url.host_str().unwrap_or_default();
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if !self.allows(address) => {
                Err(ConnectorError::permanent(format!("{}.", Forbidden(host.to_owned()))))
            }
            _ => Ok(()),
        }
    }

    async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
        match found.iter().all(|address| self.allows(address.ip())) {
            true => Ok(found),
            false => Err(Forbidden(host.to_owned()).into()),
        }
    }
}

impl Resolve for Dialer {
    fn resolve(&self, name: Name) -> Resolving {
        let dialer = self.clone();
        Box::pin(async move {
            let found = dialer.addresses(name.as_str(), 0).await.map_err(|error| {
                tracing::debug!(%error, host = name.as_str(), "a name cannot be resolved, or may not be reached");
                Unreachable(name.as_str().to_owned())
            })?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmarks = a == 198 && (18..20).contains(&b);
    let protocols = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
    !(a == 0
        || a >= 240
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || shared
        || benchmarks
        || protocols)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let inner = |high: u16, low: u16| {
        let ([w, x], [y, z]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(w, x, y, z))
    };
    match (a, b) {
        // NAT64, 6to4, and addresses that embed IPv4 otherwise.
        (0x64, 0xff9b) if [c, d, e, f] == [0; 4] => inner(g, h),
        (0x2002, _) => inner(b, c),
        (0, 0) if [c, d, e, f] == [0; 4] => inner(g, h),
        // Documentation, Teredo, and what else is not handed out.
        (0x2001, 0xdb8) => false,
        (0x2001, _) if b < 0x200 => false,
        // Only 2000::/3 is handed out.
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_public_is_forbidden_however_it_is_written() {
        let dialer = Dialer::default();
        for forbidden in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "ff02::1",
        ] {
            assert!(!dialer.allows(forbidden.parse().expect("an address")), "{forbidden}");
        }
        for public in ["192.0.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::"] {
            assert!(dialer.allows(public.parse().expect("an address")), "{public}");
        }
    }

    #[test]
    fn the_operator_allows_networks() {
        let dialer = Dialer::new(&["127.0.0.0/8".parse().expect("a network")]);
        assert!(dialer.allows("127.0.0.1".parse().expect("an address")));
        assert!(dialer.allows("::ffff:127.0.0.1".parse().expect("an address")));
        assert!(!dialer.allows("::1".parse().expect("an address")));
    }

    #[tokio::test]
    async fn names_and_numbers_are_judged_alike() {
        let dialer = Dialer::default();
        for url in ["http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://017700000001/"] {
            let refused = dialer.judge(&url.parse().expect("an address"));
            assert!(matches!(&refused, Err(error) if error.to_string().contains("egress.allow")), "{url}");
        }
        let refused = dialer.resolve("localhost", 80).await;
        assert!(matches!(&refused, Err(error) if error.to_string().contains("egress.allow")), "{refused:?}");
    }

    /// Whoever configures targets does not learn which names there are where they may not go.
    #[tokio::test]
    async fn names_that_may_not_be_reached_are_as_those_that_are_not() {
        let dialer = Dialer::default();
        let said = async |host: &str| {
            let refused = dialer.resolve(host, 80).await.expect_err("it may not be reached");
            format!("{refused:?}").replace(host, "x")
        };
        assert_eq!(said("localhost").await, said("nosuch.invalid").await);
    }
}
