//! Ranges of addresses: whom an API user may come from, which proxies are trusted, what targets may reach.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// Reads a range (`192.0.2.0/24`, `2001:db8::/32`) or one address. A range of IPv4 in IPv6 clothes (`::ffff:192.0.2.0/120`) is
/// one of IPv4, as addresses are that are compared with it; one that is wider than these clothes is none, but a slip.
#[must_use]
pub fn range(text: &str) -> Option<IpNet> {
    let range = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    let IpNet::V6(clothed) = range else { return Some(range) };
    match (clothed.prefix_len().checked_sub(96), clothed.addr().to_ipv4_mapped()) {
        (Some(prefix), Some(base)) => Ipv4Net::new(base, prefix).ok().map(IpNet::V4),
        (None, Some(_)) => None,
        (_, None) => Some(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_however_it_is_written() {
        let read = |text: &str| range(text).map(|range| range.to_string());
        for (text, expected) in [
            ("192.0.2.0/24", Some("192.0.2.0/24")),
            ("192.0.2.7", Some("192.0.2.7/32")),
            ("2001:db8::/32", Some("2001:db8::/32")),
            ("2001:db8::1", Some("2001:db8::1/128")),
            ("::ffff:192.0.2.0/120", Some("192.0.2.0/24")),
            ("::ffff:192.0.2.7", Some("192.0.2.7/32")),
            ("::/0", Some("::/0")),
            ("::ffff:10.0.0.0/8", None),
            ("nonsense", None),
            ("192.0.2.0/33", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
