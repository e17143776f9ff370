//! Shares for each CO of what a process has only so much of: requests under way, and calls.
//!
//! Guarantee: no CO takes all of it, and what one does with its own keeps no other one waiting. Mechanism: a CO may take as
//! many as are free still, so that half of it is there for the others, and half of the rest for those after them. They are
//! given back when they are dropped.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, futures::Notified};

use crate::store::claim::{OfCo, Room};

/// What there is, and who has how much of it.
#[derive(Debug)]
pub(super) struct Shares {
    most: usize,
    taken: Mutex<Taken>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_co: HashMap<i64, usize>,
}

/// One of them, of a CO.
#[derive(Debug)]
pub(super) struct Share {
    of: Arc<Shares>,
    co: i64,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.of.lock();
        taken.all = taken.all.saturating_sub(1);
        if let Some(count) = taken.by_co.get_mut(&self.co) {
            *count -= 1;
            if *count == 0 {
                taken.by_co.remove(&self.co);
            }
        }
        drop(taken);
        self.of.freed.notify_waiters();
    }
}

impl Shares {
    /// So many in all.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most: most.max(1), taken: Mutex::default(), freed: Notify::new() })
    }

    /// How many nobody has.
    pub(super) fn free(&self) -> usize {
        self.most.saturating_sub(self.lock().all)
    }

    /// How many more a CO may take.
    pub(super) fn more(&self, co: i64) -> usize {
        let taken = self.lock();
        more(taken.by_co.get(&co).copied().unwrap_or_default(), self.most.saturating_sub(taken.all))
    }

    /// What each CO has, and may take.
    pub(super) fn room(&self) -> Room {
        let taken = self.lock();
        let free = self.most.saturating_sub(taken.all);
        let of = taken.by_co.iter().map(|(co, has)| OfCo { co_id: *co, has: *has, more: more(*has, free) });
        Room { of: of.collect(), others: more(0, free) }
    }

    /// Waits until a CO may take one.
    pub(super) async fn share(self: &Arc<Self>, co: i64) -> Share {
        loop {
            let told = self.freed();
            tokio::pin!(told);
            // From here on nothing that is given back is missed.
            told.as_mut().enable();
            if self.more(co) > 0
                && let Some(share) = self.take(co)
            {
                return share;
            }
            told.await;
        }
    }

    /// Takes one for a CO, however many it has; `None` if there is none.
    pub(super) fn take(self: &Arc<Self>, co: i64) -> Option<Share> {
        let mut taken = self.lock();
        if taken.all >= self.most {
            return None;
        }
        taken.all += 1;
        *taken.by_co.entry(co).or_default() += 1;
        Some(Share { of: Arc::clone(self), co })
    }

    /// Told when one is given back.
    pub(super) fn freed(&self) -> Notified<'_> {
        self.freed.notified()
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many more one may take who has some: as long as it has fewer than are free. The last one goes to whoever has none.
fn more(has: usize, free: usize) -> usize {
    match free.checked_sub(has) {
        Some(left @ 1..) => left.div_ceil(2),
        _ => usize::from(has == 0 && free > 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_co_takes_all() {
        let shares = Shares::new(8);
        let mut held = Vec::new();
        while shares.more(1) > 0 {
            held.push(shares.take(1));
        }
        assert_eq!(held.len(), 4, "as many as are free");
        let room = shares.room();
        assert_eq!((room.of.len(), room.others), (1, 2));
        held.push(Some(shares.share(2).await));
        held.push(Some(shares.share(3).await));
        held.push(Some(shares.share(4).await));
        held.push(Some(shares.share(5).await));
        assert_eq!((shares.free(), shares.more(6)), (0, 0));
        assert!(shares.take(6).is_none(), "there are eight");
        let waits = tokio::spawn(async move { shares.share(6).await });
        tokio::task::yield_now().await;
        held.pop();
        assert_eq!(waits.await.expect("it ends").co, 6);
    }

    #[test]
    fn as_much_as_is_said_can_be_taken_and_no_more() {
        for most in 1..20 {
            let shares = Shares::new(most);
            let told = shares.more(1);
            let taken: Vec<_> = (0..told).map(|_| shares.take(1)).collect();
            assert!(taken.iter().all(Option::is_some) && told > 0);
            assert_eq!(shares.more(1), 0, "of {most}");
        }
    }
}
