//! The consumer of provisioning outcomes.

use messaging::{Busy, Delivery, Handler};
use prost::Message;
use proto::events::v1::ProvisioningOutcome;

use crate::{app::record_outcomes::record_outcomes, context::App};

/// Hands outcomes to their use case.
#[derive(Clone, Debug)]
pub(crate) struct Outcomes {
    /// What the use case works with.
    pub app: App,
}

#[async_trait::async_trait]
impl Handler for Outcomes {
    async fn handle(&self, batch: &[Delivery]) -> Result<Vec<usize>, Busy> {
        let mut refused = Vec::new();
        let mut outcomes = Vec::with_capacity(batch.len());
        for (index, delivery) in batch.iter().enumerate() {
            match ProvisioningOutcome::decode(delivery.body.clone()) {
                Ok(outcome) => outcomes.push(outcome),
                Err(error) => {
                    tracing::error!(%error, message.id = delivery.id, "an outcome cannot be read");
                    refused.push(index);
                }
            }
        }
        match record_outcomes(&self.app, &outcomes).await {
            Ok(()) => Ok(refused),
            Err(fault) => {
                tracing::warn!(error = %fault.into_refusal(), "outcomes cannot be written now; keeping them");
                Err(Busy)
            }
        }
    }
}
