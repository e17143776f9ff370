//! A login whose key was right, and when and from where it counts (D15).

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use proto::{caller::Caller, registry::v1::Principal};

/// A login whose key was right.
#[derive(Clone, Debug)]
pub struct Login {
    /// Who it is.
    pub caller: Caller,
    valid_from: Option<i64>,
    valid_through: Option<i64>,
    anywhere: bool,
    networks: Vec<IpNet>,
}

impl Login {
    /// Takes over what the service says. A range that cannot be read admits nobody.
    #[must_use]
    pub fn of(principal: Principal) -> Self {
        let network = |text: &String| text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok();
        Self {
            valid_from: principal.valid_from.map(|time| time.seconds),
            valid_through: principal.valid_through.map(|time| time.seconds),
            anywhere: principal.remote_ip.is_empty(),
            networks: principal.remote_ip.iter().filter_map(network).collect(),
            caller: Caller {
                username: principal.username,
                api_user_id: Some(principal.api_user_id),
                co_id: principal.co_id,
                privileged: principal.privileged,
                scopes: principal.scopes,
                ..Caller::default()
            },
        }
    }

    /// Whether it counts at a time, in seconds since 1970.
    #[must_use]
    pub fn is_valid_at(&self, now: i64) -> bool {
        self.valid_from.is_none_or(|from| from <= now) && self.valid_through.is_none_or(|through| now < through)
    }

    /// Whether it counts from an address. An IPv4 address in IPv6 clothes is an IPv4 address.
    #[must_use]
    pub fn may_come_from(&self, address: Option<IpAddr>) -> bool {
        let Some(address) = address else { return self.anywhere };
        let address = address.to_canonical();
        let within = |network: &IpNet| match network {
            // `::ffff:192.0.2.0/120` is 192.0.2.0/24.
            IpNet::V6(range) if range.prefix_len() >= 96 => match (range.addr().to_ipv4_mapped(), address) {
                (Some(base), IpAddr::V4(address)) => in_range(base, range.prefix_len() - 96, address),
                _ => network.contains(&address),
            },
            _ => network.contains(&address),
        };
        self.anywhere || self.networks.iter().any(within)
    }
}

fn in_range(base: Ipv4Addr, prefix: u8, address: Ipv4Addr) -> bool {
    ipnet::Ipv4Net::new(base, prefix).is_ok_and(|network| network.contains(&address))
}

#[cfg(test)]
mod tests;
