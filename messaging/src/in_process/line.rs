//! One queue in memory: bounded, in order, with a way back to each publisher.

use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use crate::{Delivery, PublishError};

#[derive(Debug)]
pub(super) struct Line {
    waiting: Mutex<Waiting>,
    arrived: Notify,
    room: Arc<Semaphore>,
    refused: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Sorted by number.
    entries: VecDeque<(Delivery, Slip)>,
    next_number: u64,
    closed: bool,
}

/// Is the part of a message that stays behind when the handler reads it.
#[derive(Debug)]
struct Slip {
    number: u64,
    publisher: oneshot::Sender<()>,
    _room: OwnedSemaphorePermit,
}

impl Line {
    pub(super) fn new(room: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            arrived: Notify::new(),
            room: Arc::new(Semaphore::new(room)),
            refused: AtomicU64::new(0),
        }
    }

    /// Puts a message at the end, once there is room.
    pub(super) async fn enqueue(self: &Arc<Self>, delivery: Delivery) -> Result<Receipt, PublishError> {
        let room = Arc::clone(&self.room).acquire_owned().await.map_err(|_| PublishError::Unavailable)?;
        let (publisher, acknowledged) = oneshot::channel();
        let number = {
            let mut waiting = self.waiting();
            if waiting.closed {
                return Err(PublishError::Unavailable);
            }
            let number = waiting.next_number;
            waiting.next_number += 1;
            waiting.entries.push_back((delivery, Slip { number, publisher, _room: room }));
            number
        };
        self.arrived.notify_one();
        Ok(Receipt { line: Arc::clone(self), number, acknowledged })
    }

    /// Waits for a message and takes it, and whatever else is there, up to a number.
    pub(super) async fn take(self: &Arc<Self>, max: usize) -> Taken {
        loop {
            if let Some(taken) = self.take_now(max) {
                return taken;
            }
            // A notice given between the look and the wait is kept by `Notify`.
            self.arrived.notified().await;
        }
    }

    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Lets go of everything; publishers learn that their messages were not acknowledged.
    pub(super) fn close(&self) {
        self.room.close();
        let mut waiting = self.waiting();
        waiting.closed = true;
        waiting.entries.clear();
    }

    fn take_now(self: &Arc<Self>, max: usize) -> Option<Taken> {
        let mut waiting = self.waiting();
        let count = waiting.entries.len().min(max);
        let (deliveries, slips): (Vec<_>, Vec<_>) = waiting.entries.drain(..count).unzip();
        let more = !waiting.entries.is_empty();
        drop(waiting);
        if more {
            self.arrived.notify_one();
        }
        (!slips.is_empty()).then(|| Taken { line: Arc::clone(self), deliveries, slips })
    }

    fn put_back(&self, returned: impl Iterator<Item = (Delivery, Slip)>) {
        let mut waiting = self.waiting();
        for (mut delivery, slip) in returned {
            if waiting.closed || slip.publisher.is_closed() {
                continue;
            }
            delivery.redelivered = true;
            let place = waiting.entries.partition_point(|(_, other)| other.number < slip.number);
            waiting.entries.insert(place, (delivery, slip));
        }
        drop(waiting);
        self.arrived.notify_one();
    }

    fn forget(&self, number: u64) {
        let mut waiting = self.waiting();
        if let Ok(place) = waiting.entries.binary_search_by_key(&number, |(_, slip)| slip.number) {
            waiting.entries.remove(place);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Is what a publisher holds of a message; dropping it takes the message back if no consumer has it.
#[derive(Debug)]
pub(super) struct Receipt {
    line: Arc<Line>,
    number: u64,
    acknowledged: oneshot::Receiver<()>,
}

impl Receipt {
    pub(super) async fn acknowledged(mut self) -> Result<(), PublishError> {
        (&mut self.acknowledged).await.map_err(|_| PublishError::Unconfirmed)
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        // Closed first: a consumer that puts the message back from now on finds its publisher gone.
        self.acknowledged.close();
        self.line.forget(self.number);
    }
}

/// Is a batch in the hands of a consumer; dropping it puts it back.
#[derive(Debug)]
pub(super) struct Taken {
    line: Arc<Line>,
    deliveries: Vec<Delivery>,
    slips: Vec<Slip>,
}

impl Taken {
    pub(super) fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }

    /// Answers the publishers. Dead letters count as acknowledged: to send them again would not help.
    pub(super) fn settle(mut self, refused: usize) {
        self.line.refused.fetch_add(refused as u64, Ordering::Relaxed);
        for slip in mem::take(&mut self.slips) {
            // A publisher that has given up does not want to know.
            let _ = slip.publisher.send(());
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let slips = mem::take(&mut self.slips);
        if !slips.is_empty() {
            self.line.put_back(mem::take(&mut self.deliveries).into_iter().zip(slips));
        }
    }
}
