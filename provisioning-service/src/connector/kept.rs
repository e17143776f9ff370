//! What a connector keeps open for its targets.
//!
//! Guarantee: one for each target, as long as the target's configuration stays as it is and somebody uses it; what is not
//! kept any more is dropped, and closes by that. Mechanism: a slot for each target; slots that nobody asked for within ten
//! minutes go away, those of deleted targets among them. Failure: what cannot be used any more is opened anew.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::{sync::Mutex as Turn, time::Instant};

use crate::domain::ids::TargetId;

/// How long nobody may ask for something before it goes away.
const IDLE: Duration = Duration::from_secs(600);

type Place<C, V> = Arc<Turn<Option<(C, V)>>>;

#[derive(Debug)]
struct Slots<C, V> {
    by_target: HashMap<TargetId, (Place<C, V>, Instant)>,
    /// Somebody takes away what nobody asks for.
    swept: bool,
}

/// What is open, with the configuration that it was opened for.
#[derive(Debug)]
pub struct Kept<C, V> {
    slots: Arc<Mutex<Slots<C, V>>>,
}

impl<C, V> Default for Kept<C, V> {
    fn default() -> Self {
        Self { slots: Arc::new(Mutex::new(Slots { by_target: HashMap::new(), swept: false })) }
    }
}

impl<C: PartialEq + Send + 'static, V: Clone + Send + 'static> Kept<C, V> {
    /// What is open for a target; what is opened now if there is nothing, it cannot be used, or the configuration is another.
    ///
    /// # Errors
    /// Those of opening.
    pub async fn of<E>(
        &self,
        target: TargetId,
        wanted: C,
        usable: impl Fn(&V) -> bool + Send,
        open: impl Future<Output = Result<V, E>> + Send,
    ) -> Result<V, E> {
        let place = self.place(target);
        let mut place = place.lock().await;
        if let Some((configuration, open)) = &*place
            && *configuration == wanted
            && usable(open)
        {
            return Ok(open.clone());
        }
        *place = None;
        let open = open.await?;
        *place = Some((wanted, open.clone()));
        Ok(open)
    }

    /// Keeps nothing for a target any more.
    pub fn forget(&self, target: TargetId) {
        lock(&self.slots).by_target.remove(&target);
    }

    fn place(&self, target: TargetId) -> Place<C, V> {
        let mut slots = lock(&self.slots);
        if !slots.swept {
            slots.swept = true;
            tokio::spawn(sweep(Arc::downgrade(&self.slots)));
        }
        let slot = slots.by_target.entry(target).or_insert_with(|| (Place::default(), Instant::now()));
        slot.1 = Instant::now();
        Arc::clone(&slot.0)
    }
}

fn lock<C, V>(slots: &Mutex<Slots<C, V>>) -> std::sync::MutexGuard<'_, Slots<C, V>> {
    slots.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn sweep<C, V>(slots: Weak<Mutex<Slots<C, V>>>) {
    loop {
        tokio::time::sleep(IDLE / 4).await;
        let Some(slots) = slots.upgrade() else { return };
        let mut slots = lock(&slots);
        slots.drop_idle(Instant::now());
        if slots.by_target.is_empty() {
            slots.swept = false;
            return;
        }
    }
}

impl<C, V> Slots<C, V> {
    fn drop_idle(&mut self, now: Instant) {
        self.by_target.retain(|_, (_, asked)| now.saturating_duration_since(*asked) < IDLE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Opened = Arc<&'static str>;

    async fn ask(kept: &Kept<u8, Opened>, target: TargetId, configuration: u8, what: &'static str) -> Opened {
        let open = async { Ok::<_, std::convert::Infallible>(Arc::new(what)) };
        let Ok(opened) = kept.of(target, configuration, |open| **open != "broken", open).await;
        opened
    }

    #[tokio::test]
    async fn one_is_open_for_each_target_and_configuration() {
        let kept = Kept::default();
        let first = ask(&kept, TargetId(1), 1, "first").await;
        assert_eq!(*ask(&kept, TargetId(1), 1, "second").await, "first");
        assert_eq!(*ask(&kept, TargetId(2), 1, "other").await, "other");
        assert_eq!(*ask(&kept, TargetId(1), 2, "changed").await, "changed");
        assert_eq!(Arc::strong_count(&first), 1, "nobody keeps it any more");
        assert_eq!(*ask(&kept, TargetId(1), 3, "broken").await, "broken");
        assert_eq!(*ask(&kept, TargetId(1), 3, "mended").await, "mended");
        kept.forget(TargetId(1));
        assert_eq!(*ask(&kept, TargetId(1), 3, "new").await, "new");
    }

    #[tokio::test]
    async fn what_nobody_asks_for_goes_away() {
        let kept = Kept::default();
        let idle = ask(&kept, TargetId(1), 1, "idle").await;
        lock(&kept.slots).drop_idle(Instant::now() + IDLE / 2);
        assert_eq!(Arc::strong_count(&idle), 2);
        lock(&kept.slots).drop_idle(Instant::now() + IDLE);
        assert_eq!(Arc::strong_count(&idle), 1, "it is closed");
        assert_eq!(*ask(&kept, TargetId(1), 1, "new").await, "new");
    }
}
