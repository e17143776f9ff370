//! How many logins that are not recognised at once may be tried: by each address, and by all together.
//!
//! Guarantee: whoever tries keys costs a bounded share of the service that hashes them, and takes little of it from
//! others. Mechanism: each may try half of a minute's share at once, and then as fast as the share goes on. Failure: more
//! addresses at once than are kept count only together.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

/// So many addresses are kept at most.
const ADDRESSES: usize = 65_536;

/// A minute, in microseconds: shares of all together are of less than a millisecond.
const MINUTE: i64 = 60_000_000;

/// What is over is looked for no more often than this, in microseconds: looking takes as long as there are addresses.
const LOOK: i64 = 1_000_000;

/// What each address and all together may still try.
#[derive(Debug)]
pub struct Budget {
    of_address: Share,
    of_all: Share,
    spent: Mutex<Spent>,
}

/// Until when what was tried uses up its share, in microseconds since 1970.
#[derive(Debug, Default)]
struct Spent {
    by_address: HashMap<IpAddr, i64>,
    by_all: i64,
    /// When it was looked last for what is over.
    looked: i64,
}

/// So many in a minute.
#[derive(Clone, Copy, Debug)]
struct Share {
    each: i64,
    at_once: i64,
}

impl Share {
    fn of(in_a_minute: u32) -> Self {
        let each = MINUTE / i64::from(in_a_minute.max(1));
        Self { each, at_once: each * i64::from((in_a_minute / 2).max(1)) }
    }

    /// Until when it is used up with one more, or how long that has to wait.
    fn with_one_more(self, until: i64, now: i64) -> Result<i64, i64> {
        let until = until.max(now) + self.each;
        match until - now - self.at_once {
            wait if wait > 0 => Err(wait),
            _ => Ok(until),
        }
    }
}

impl Budget {
    /// A budget of so many in a minute for each address, and for all together.
    #[must_use]
    pub fn new(for_each: u32, for_all: u32) -> Self {
        Self { of_address: Share::of(for_each), of_all: Share::of(for_all), spent: Mutex::default() }
    }

    /// Takes one for an address at a time in milliseconds since 1970. Those whose address is not known share one.
    ///
    /// # Errors
    /// After how many seconds there is one, at least one second.
    pub fn take(&self, address: Option<IpAddr>, now: i64) -> Result<(), u64> {
        let address = address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), network);
        let now = now.saturating_mul(1000);
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.by_address.len() >= ADDRESSES && now.saturating_sub(spent.looked) >= LOOK {
            spent.looked = now;
            spent.by_address.retain(|_, until| *until > now);
        }
        let before = spent.by_address.get(&address).copied().unwrap_or_default();
        let of_address = self.of_address.with_one_more(before, now).map_err(seconds)?;
        spent.by_all = self.of_all.with_one_more(spent.by_all, now).map_err(seconds)?;
        if spent.by_address.len() < ADDRESSES {
            spent.by_address.insert(address, of_address);
        }
        Ok(())
    }
}

fn seconds(microseconds: i64) -> u64 {
    u64::try_from(microseconds).unwrap_or_default().div_ceil(1_000_000).max(1)
}

/// What counts as one address: with IPv6 a network of 64 bits, which is what a subscriber has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn an_address_may_try_half_a_minute_s_share_at_once_and_then_one_after_the_other() {
        let budget = Budget::new(60, 6000);
        let take = |text, now| budget.take(address(text), now);
        assert!((0..30).all(|_| take("192.0.2.1", 1000).is_ok()));
        assert_eq!((take("192.0.2.1", 1000), take("::ffff:192.0.2.1", 1000)), (Err(1), Err(1)));
        assert_eq!(take("192.0.2.2", 1000), Ok(()), "others have their own");
        assert_eq!((take("192.0.2.1", 2000), take("192.0.2.1", 2000)), (Ok(()), Err(1)));
    }

    #[test]
    fn those_whose_address_is_not_known_share_one() {
        let budget = Budget::new(60, 6000);
        assert!((0..30).all(|_| budget.take(None, 1000).is_ok()));
        assert_eq!((budget.take(None, 1000), budget.take(address("192.0.2.1"), 1000)), (Err(1), Ok(())));
    }

    #[test]
    fn a_network_of_a_subscriber_is_one_address() {
        let budget = Budget::new(2, 6000);
        assert_eq!(budget.take(address("2001:db8::1"), 0), Ok(()));
        assert_eq!(budget.take(address("2001:db8::2"), 0), Err(30));
        assert_eq!(budget.take(address("2001:db8:0:1::1"), 0), Ok(()));
    }

    #[test]
    fn all_together_have_a_share_and_what_is_kept_is_bounded() {
        let budget = Budget::new(60, 200_000);
        let many = |now| {
            let of = |number: u32| Some(IpAddr::from(number.to_be_bytes()));
            (0..99_000).filter(|number| budget.take(of(*number), now).is_ok()).count()
        };
        assert_eq!(many(0), 99_000);
        assert_eq!(budget.spent.lock().unwrap().by_address.len(), ADDRESSES);
        assert!(many(0) < 99_000, "the share of all is used up");
        assert!(many(10 * MINUTE / 1000) == 99_000, "and comes again");
    }
}
