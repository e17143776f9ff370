//! A login whose key was right, and when and from where it counts (D15).

use std::net::IpAddr;

use ipnet::IpNet;
use proto::{caller::Caller, registry::v1::Principal, time::within};
use service_kit::network;

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
        Self {
            valid_from: principal.valid_from.map(|time| time.seconds),
            valid_through: principal.valid_through.map(|time| time.seconds),
            anywhere: principal.remote_ip.is_empty(),
            networks: principal.remote_ip.iter().filter_map(|text| network::range(text)).collect(),
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
        within(self.valid_from, self.valid_through, now)
    }

    /// Whether it counts from an address. An IPv4 address in IPv6 clothes is an IPv4 address.
    #[must_use]
    pub fn may_come_from(&self, address: Option<IpAddr>) -> bool {
        let Some(address) = address else { return self.anywhere };
        let address = address.to_canonical();
        self.anywhere || self.networks.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests;
