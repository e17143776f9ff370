//! Free ports of 127.0.0.1.
//!
//! Guarantees that one test process never hands out the same port twice, and that nothing listened on it a moment ago.
//! A port is drawn at random from below the range the kernel takes outgoing ports from, so that neither another test
//! process nor a client connection is likely to have it when the server binds.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{LazyLock, Mutex, PoisonError};

const LOWEST: u64 = 12_000;
const HIGHEST: u64 = 32_000;

static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// Draws a port of 127.0.0.1 that is free now and was not drawn before by this process.
pub fn free_port() -> u16 {
    loop {
        let drawn = LOWEST + random() % (HIGHEST - LOWEST);
        let Ok(port) = u16::try_from(drawn) else { continue };
        let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() && given.insert(port) {
            return port;
        }
    }
}

/// Draws a number that no other test process is likely to draw.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_given_twice() {
        let ports: HashSet<u16> = (0..200).map(|_| free_port()).collect();
        assert_eq!(ports.len(), 200);
    }
}
