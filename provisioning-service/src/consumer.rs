//! What arrives from the broker: changes of the registry, and wake-ups.

use async_trait::async_trait;
use messaging::{Busy, Delivery, Handler};
use prost::Message;
use proto::events::v1::{ProvisioningWakeUp, RegistryEvent};
use service_kit::{database::is_away, telemetry};

use crate::app::{
    App,
    take_changes::{self, Change},
};

/// Takes changes in, and acknowledges them when they are on the disk.
pub(crate) struct Changes(pub(crate) App);

#[async_trait]
impl Handler for Changes {
    async fn handle(&self, batch: &[Delivery]) -> Result<Vec<usize>, Busy> {
        let mut refused = Vec::new();
        let mut changes = Vec::with_capacity(batch.len());
        for (at, delivery) in batch.iter().enumerate() {
            let event = RegistryEvent::decode(delivery.body.as_ref()).unwrap_or_default();
            let (told, understood) = Change::all_of(&event, delivery.header(telemetry::TRACEPARENT));
            changes.extend(told);
            if !understood {
                refused.push(at);
            }
        }
        if changes.is_empty() {
            return Ok(refused);
        }
        // What was taken in already does no harm when it comes again.
        for some in slices(&changes) {
            take_changes::run(&self.0, some).await.map_err(|error| {
                if is_away(&error) {
                    tracing::warn!(%error, "changes cannot be taken in; they stay with the broker");
                } else {
                    tracing::error!(%error, "changes cannot be taken in; they stay with the broker");
                }
                Busy
            })?;
        }
        Ok(refused)
    }
}

/// How many parts one transaction takes in, if no change alone has more.
const PARTS: usize = 2000;

/// Changes, some at a time.
fn slices(changes: &[Change]) -> impl Iterator<Item = &[Change]> {
    let mut parts = 0;
    changes.chunk_by(move |before, next| {
        parts += before.parts.len();
        let fits = parts + next.parts.len() <= PARTS;
        parts = if fits { parts } else { 0 };
        fits
    })
}

/// Wakes the worker. The database is the truth: a wake-up that is lost or comes twice changes nothing.
pub(crate) struct WakeUps(pub(crate) App);

#[async_trait]
impl Handler for WakeUps {
    async fn handle(&self, batch: &[Delivery]) -> Result<Vec<usize>, Busy> {
        self.0.signals.work.notify_one();
        let unread = |(at, delivery): (usize, &Delivery)| {
            ProvisioningWakeUp::decode(delivery.body.as_ref()).is_err().then_some(at)
        };
        Ok(batch.iter().enumerate().filter_map(unread).collect())
    }
}

#[cfg(test)]
mod tests {
    use proto::events::v1::Action;

    use super::*;
    use crate::app::take_changes::Part;

    #[test]
    fn a_transaction_takes_in_so_many_parts_unless_one_change_has_more() {
        let part = Part { co_id: 2, subject: None, action: Action::Deleted, erased: false, enrolled: false, at: None };
        let of = |parts: usize| Change { event_id: String::new(), parts: vec![part; parts], traceparent: None };
        let taken = |parts: &[usize]| -> Vec<usize> {
            let changes: Vec<Change> = parts.iter().copied().map(of).collect();
            slices(&changes).map(<[Change]>::len).collect()
        };
        assert_eq!(taken(&[1, 1, 1]), [3]);
        assert_eq!(taken(&[1000, 1000, 1, 1999, 1]), [2, 2, 1]);
        assert_eq!(taken(&[1, 5000, 1]), [1, 1, 1]);
        assert_eq!(taken(&[]), Vec::<usize>::new());
    }
}
