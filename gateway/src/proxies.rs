//! From which address a request comes: that of its connection, or what proxies say that are trusted to (RFC 7239).
//!
//! Guarantee: what anybody else says of addresses counts for nothing. Mechanism: each proxy appends the address from which
//! it was called; from the last one backwards, the first that is no trusted proxy is the client. Failure: where the two
//! headers disagree, or an address cannot be read, one of them was not made by a trusted proxy; then there is none, and
//! only who may come from anywhere is let in.

use std::net::IpAddr;

use actix_web::{HttpRequest, http::header};
use ipnet::IpNet;
use serde::Deserialize;
use service_kit::network;

/// What stands for a line that is no text: no address.
const UNREADABLE: &str = "?";

/// The proxies that are trusted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Proxies(Vec<IpNet>);

impl TryFrom<String> for Proxies {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let texts = text.split([',', ' ']).filter(|text| !text.is_empty());
        let read = texts.map(|text| {
            let wrong = || format!("http.trusted_proxies holds {text}, which is no address and no range");
            network::range(text).ok_or_else(wrong)
        });
        read.collect::<Result<_, _>>().map(Self)
    }
}

impl Proxies {
    /// The address of the client; none if it is not known.
    #[must_use]
    pub fn client(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip().to_canonical();
        if !self.trust(peer) {
            return Some(peer);
        }
        let lines = |name| {
            let lines = request.headers().get_all(name);
            lines.map(|line| line.to_str().unwrap_or(UNREADABLE)).collect::<Vec<_>>().join(",")
        };
        let (forwarded, listed) = (lines(header::FORWARDED), lines(header::X_FORWARDED_FOR));
        let of = |addresses: Vec<Option<IpAddr>>| self.last_stranger(addresses);
        match (forwarded.is_empty(), listed.is_empty()) {
            (true, true) => Some(peer),
            (false, true) => of(forwarded_for(&forwarded)),
            (true, false) => of(listed.split(',').map(address).collect()),
            (false, false) => {
                let one = of(forwarded_for(&forwarded));
                one.filter(|_| one == of(listed.split(',').map(address).collect()))
            }
        }
    }

    /// Whether the connection of a request is one of a trusted proxy.
    #[must_use]
    pub fn sent(&self, request: &HttpRequest) -> bool {
        request.peer_addr().is_some_and(|peer| self.trust(peer.ip().to_canonical()))
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    fn last_stranger(&self, addresses: Vec<Option<IpAddr>>) -> Option<IpAddr> {
        let first = addresses.first().copied().flatten();
        let stranger = addresses.into_iter().rev().find(|address| address.is_none_or(|address| !self.trust(address)));
        stranger.unwrap_or(first)
    }
}

/// The `for` of each element of `Forwarded`.
fn forwarded_for(text: &str) -> Vec<Option<IpAddr>> {
    let of_element = |element: &str| {
        let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
        let mut named = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
        named.next().and_then(|(_, value)| address(value.trim_matches('"')))
    };
    text.split(',').map(of_element).collect()
}

/// An address as headers write it: with or without a port, IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None if text.matches(':').count() == 1 => text.split_once(':')?.0,
        None => text,
    };
    bare.parse().ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn client(peer: &str, headers: &[(&'static str, &'static str)]) -> Option<String> {
        let proxies = Proxies::try_from("10.0.0.0/8, 192.0.2.1".to_owned()).unwrap();
        let request = TestRequest::default().peer_addr(format!("{peer}:1234").parse().unwrap());
        let request = headers.iter().fold(request, |request, header| request.append_header(*header));
        proxies.client(&request.to_http_request()).map(|address| address.to_string())
    }

    #[test]
    fn only_trusted_proxies_say_from_where_a_request_comes() {
        let of = |peer, headers: &[(&'static str, &'static str)]| client(peer, headers);
        let listed = "X-Forwarded-For";
        for (peer, headers, expected) in [
            ("203.0.113.9", &[(listed, "198.51.100.1")][..], Some("203.0.113.9")),
            ("203.0.113.9", &[("Forwarded", "for=198.51.100.1")], Some("203.0.113.9")),
            ("10.0.0.1", &[], Some("10.0.0.1")),
            ("10.0.0.1", &[(listed, "198.51.100.1")], Some("198.51.100.1")),
            ("10.0.0.1", &[(listed, "6.6.6.6, 198.51.100.1, 192.0.2.1")], Some("198.51.100.1")),
            ("10.0.0.1", &[(listed, "6.6.6.6"), (listed, "198.51.100.1")], Some("198.51.100.1")),
            ("10.0.0.1", &[(listed, "10.0.0.2, 10.0.0.3")], Some("10.0.0.2")),
            ("10.0.0.1", &[(listed, "198.51.100.1, garbage")], None),
            ("10.0.0.1", &[("Forwarded", "for=\"[2001:db8::1]:80\";proto=https")], Some("2001:db8::1")),
            ("10.0.0.1", &[("Forwarded", "for=6.6.6.6, For=198.51.100.1:80;by=10.0.0.1")], Some("198.51.100.1")),
            ("10.0.0.1", &[("Forwarded", "for=_hidden")], None),
            ("10.0.0.1", &[("Forwarded", "proto=https")], None),
            ("10.0.0.1", &[("Forwarded", "for=6.6.6.6"), (listed, "198.51.100.1")], None),
            ("10.0.0.1", &[("Forwarded", "for=198.51.100.1"), (listed, "198.51.100.1")], Some("198.51.100.1")),
        ] {
            assert_eq!(of(peer, headers).as_deref(), expected, "{peer} {headers:?}");
        }
    }

    #[test]
    fn a_line_that_is_no_text_has_no_address() {
        let proxies = Proxies::try_from("10.0.0.0/8".to_owned()).unwrap();
        for line in [&b"\xff, 203.0.113.9"[..], b"\xff"] {
            let request = TestRequest::default().peer_addr("10.0.0.1:1234".parse().unwrap());
            let line = header::HeaderValue::from_bytes(line).unwrap();
            let request = request.append_header((header::X_FORWARDED_FOR, line)).to_http_request();
            assert_eq!(proxies.client(&request), None, "not the proxy's own");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        assert!(Proxies::try_from("10.0.0.0/8,nonsense".to_owned()).unwrap_err().contains("holds nonsense,"));
        assert!(Proxies::try_from(String::new()).unwrap().0.is_empty());
    }
}
