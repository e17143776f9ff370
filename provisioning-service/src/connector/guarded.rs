//! A connector that is kept from taking others with it.
//!
//! Guarantee: whatever a target answers, a call ends for itself; and what it is told in secret it does not tell others, who may
//! read why a request failed. Mechanism: what unwinds in a connector, or in a library below it, is an error of that call; of
//! each error the secrets of the target are taken out. Failure: the log has the place; what was sent before it is unknown.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::FutureExt;
use proto::registry::v1::SubjectState;

use crate::{
    connector::{Connector, Job, Keys, description::Description, plan::Plan},
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};

/// A shorter secret is in many words that are none.
const SHORTEST: usize = 4;

/// An error without the secrets that it tells.
fn discreet(error: ConnectorError, secrets: &[String]) -> ConnectorError {
    let message = error.to_string();
    let told = secrets.iter().filter(|secret| message.contains(secret.as_str()));
    let quiet = told.fold(message.clone(), |quiet, secret| quiet.replace(secret.as_str(), "…"));
    match quiet == message {
        true => error,
        false => error.saying(quiet),
    }
}

/// A connector, guarded.
#[derive(Debug)]
pub(super) struct Guarded(pub(super) Arc<dyn Connector>);

impl Guarded {
    async fn guard<T>(
        &self,
        target: &Target,
        call: impl Future<Output = Result<T, ConnectorError>>,
    ) -> Result<T, ConnectorError> {
        let ended = AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_panic| {
            tracing::error!(plugin = self.0.plugin(), "a connector broke");
            Err(ConnectorError::unknown("The connector broke; the log of the server tells more."))
        });
        ended.map_err(|error| discreet(error, &self.secrets(target)))
    }

    /// The secrets of a target, as they may be said: as they are, and as a header or a login has them.
    fn secrets(&self, target: &Target) -> Vec<String> {
        let mut secrets = Vec::new();
        let mut configuration = target.configuration.clone();
        self.0.configuration().secrets(&mut configuration, &mut |_, secret| {
            let Some(text) = secret.as_str().filter(|text| text.len() >= SHORTEST) else { return };
            secrets.push(text.to_owned());
            secrets.push(STANDARD.encode(text));
            let names = target.configuration.values().filter_map(|value| value.as_str());
            secrets.extend(names.map(|name| STANDARD.encode(format!("{name}:{text}"))));
        });
        secrets
    }
}

#[async_trait]
impl Connector for Guarded {
    fn plugin(&self) -> &'static str {
        self.0.plugin()
    }

    fn serves(&self, target: &Target) -> &'static [Kind] {
        self.0.serves(target)
    }

    fn gathers(&self) -> bool {
        self.0.gathers()
    }

    fn configuration(&self) -> &'static Description {
        self.0.configuration()
    }

    fn key(&self, target: &Target, subject: Subject, state: &SubjectState) -> Option<String> {
        self.0.key(target, subject, state)
    }

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        self.guard(job.target, self.0.plan(job, work)).await
    }

    fn reads_back(&self) -> bool {
        self.0.reads_back()
    }

    async fn keys(&self, target: &Target, kind: Kind, after: Option<String>) -> Result<Keys, ConnectorError> {
        self.guard(target, self.0.keys(target, kind, after)).await
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.guard(job.target, self.0.apply(job)).await
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.guard(job.target, self.0.remove(job)).await
    }

    async fn check(&self, target: &Target) -> Result<(), ConnectorError> {
        self.guard(target, self.0.check(target)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_target_was_told_in_secret_is_not_said() {
        let secrets = ["s3cret".to_owned(), STANDARD.encode("me:s3cret")];
        let said = |text: &str| discreet(ConnectorError::permanent(text), &secrets).to_string();
        assert_eq!(said("The server refused s3cret, s3cret."), "The server refused …, ….");
        assert_eq!(said(&format!("It got Basic {}.", STANDARD.encode("me:s3cret"))), "It got Basic ….");
        assert_eq!(said("It refused."), "It refused.");
        let asked = Some(chrono::Duration::seconds(9));
        let error = ConnectorError::Unknown { message: "s3cret".to_owned(), retry_after: asked };
        assert_eq!(discreet(error, &secrets), ConnectorError::Unknown { message: "…".to_owned(), retry_after: asked });
    }
}
