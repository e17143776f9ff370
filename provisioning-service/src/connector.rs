//! Connectors: what carries the state of a subject to a target.
//!
//! Guarantee: a connector makes the target look like the state that it is given, and may be run again after a crash
//! between the effect and its record. Mechanism: `apply` and `remove` are idempotent, by the key that the target knows
//! the subject by. Failure: closed ([`ConnectorError`]); what waiting may heal is told apart from what it cannot.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use proto::registry::v1::SubjectState;
use serde_json::Value as Json;

use crate::{
    connector::description::Description,
    domain::{
        outcome::{Applied, ConnectorError},
        subject::Subject,
        target::Target,
    },
};

pub mod api;
pub mod changelog;
#[cfg(test)]
mod contract;
pub mod description;
pub mod digest;
pub mod http;
pub mod registry;

/// What a connector is to do.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Where.
    pub target: &'a Target,
    /// What.
    pub subject: Subject,
    /// What is true of it.
    pub state: &'a SubjectState,
    /// Why: the action code.
    pub action: &'a str,
    /// What the target knew the subject by, after the last success.
    pub previous_key: Option<&'a str>,
    /// The time.
    pub now: DateTime<Utc>,
}

/// Carries the state of subjects to targets.
#[async_trait]
pub trait Connector: Send + Sync + fmt::Debug {
    /// The name that users know.
    fn plugin(&self) -> &'static str;

    /// What it wants to be told of a target.
    fn configuration(&self) -> &'static Description;

    /// Says what would be done, without doing it: a list of steps, without secrets.
    ///
    /// # Errors
    /// If it could not be done.
    fn plan(&self, job: &Job<'_>, work: crate::domain::eligibility::Work) -> Result<Vec<Json>, ConnectorError>;

    /// Makes the target look like the state.
    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError>;

    /// Takes the subject away from the target. Done already is done.
    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError>;

    /// Finds out whether the configuration is right and the target can be reached.
    async fn check(&self, target: &Target) -> Result<(), ConnectorError>;
}
