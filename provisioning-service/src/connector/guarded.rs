//! A connector that is kept from taking others with it.
//!
//! Guarantee: whatever a target answers, a call ends for itself. Mechanism: what unwinds in a connector, or in a library
//! below it, is an error of that call. Failure: the log has the place; what was sent before it is unknown.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_trait::async_trait;
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

/// A connector, guarded.
#[derive(Debug)]
pub(super) struct Guarded(pub(super) Arc<dyn Connector>);

impl Guarded {
    async fn guard<T>(&self, call: impl Future<Output = Result<T, ConnectorError>>) -> Result<T, ConnectorError> {
        AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_panic| {
            tracing::error!(plugin = self.0.plugin(), "a connector broke");
            Err(ConnectorError::unknown("The connector broke; the log of the server tells more."))
        })
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
        self.guard(self.0.plan(job, work)).await
    }

    fn reads_back(&self) -> bool {
        self.0.reads_back()
    }

    async fn keys(&self, target: &Target, kind: Kind, after: Option<String>) -> Result<Keys, ConnectorError> {
        self.guard(self.0.keys(target, kind, after)).await
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.guard(self.0.apply(job)).await
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.guard(self.0.remove(job)).await
    }

    async fn check(&self, target: &Target) -> Result<(), ConnectorError> {
        self.guard(self.0.check(target)).await
    }
}
