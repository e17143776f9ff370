//! The metrics of the broker, by name, in one place.

use crate::{Delivery, PublishError, Queue};

/// Counts what became of the messages of one publish.
pub(crate) fn published(results: &[Result<(), PublishError>]) {
    for result in results {
        let outcome = result.map_or_else(PublishError::label, |()| "confirmed");
        metrics::counter!("cohort_messages_published_total", "outcome" => outcome).increment(1);
    }
}

/// Counts the messages of a batch that was acknowledged, and logs and counts those that became dead letters.
pub(crate) fn settled(queue: Queue, batch: &[Delivery], refused: &[bool]) {
    let mut dead = 0;
    for (delivery, _) in batch.iter().zip(refused).filter(|(_, refused)| **refused) {
        dead += 1;
        tracing::error!(
            queue = queue.name(),
            message.id = %delivery.id,
            message.routing_key = %delivery.routing_key,
            "message can never be handled, it becomes a dead letter"
        );
    }
    if dead > 0 {
        handled(queue, "refused", dead);
        metrics::counter!("cohort_dead_letters_total", "queue" => queue.name()).increment(dead);
    }
    handled(queue, "acknowledged", (batch.len() as u64).saturating_sub(dead));
}

/// Counts the messages of a batch that has to be handed in again.
pub(crate) fn kept(queue: Queue, batch: &[Delivery]) {
    handled(queue, "busy", batch.len() as u64);
}

/// Shows whether messages can be published now.
pub(crate) fn connected(connected: bool) {
    metrics::gauge!("cohort_broker_connected").set(if connected { 1.0 } else { 0.0 });
}

fn handled(queue: Queue, outcome: &'static str, count: u64) {
    metrics::counter!("cohort_messages_handled_total", "queue" => queue.name(), "outcome" => outcome).increment(count);
}
