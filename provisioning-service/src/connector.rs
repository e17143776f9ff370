//! Connectors: what carries the state of a subject to a target.
//!
//! Guarantee: a connector makes the target look like the state that it is given, and may be run again after a crash
//! between the effect and its record. Mechanism: `apply` and `remove` are idempotent, by the key that the target knows
//! the subject by. Failure: closed ([`ConnectorError`]); what waiting may heal is told apart from what it cannot.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use proto::registry::v1::SubjectState;
use serde_json::{Map, Value as Json};

use crate::domain::{
    outcome::{Applied, ConnectorError},
    subject::{Kind, Subject},
    target::Target,
};

pub mod api;
pub mod changelog;
#[cfg(test)]
mod contract;
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
    /// What else the target may know it by, and is not to any more; none that another subject has there.
    pub former_keys: &'a [String],
    /// What the target is told about the call, so that it can refuse an older one.
    pub call: Number,
    /// The time.
    pub now: DateTime<Utc>,
}

/// The order of a call among those about its subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// The revision of the subject: it never falls.
    pub revision: i64,
    /// The request.
    pub request: i64,
    /// Under which number the request was begun.
    pub fence: i64,
}

/// A wrong key of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The key.
    pub key: String,
    /// What is wrong with it: a sentence that names the key.
    pub sentence: String,
}

impl Wrong {
    /// A wrong key; the sentence goes on after the key's name.
    #[must_use]
    pub fn new(key: &str, sentence: &str) -> Self {
        Self { key: key.to_owned(), sentence: format!("\"{key}\" {sentence}") }
    }
}

/// Whether two values of a key say the same place: two addresses do if scheme, host and port are the same.
#[must_use]
pub fn same_place(one: Option<&Json>, other: Option<&Json>) -> bool {
    let origin = |value: Option<&Json>| {
        let url = value.and_then(Json::as_str).and_then(|text| reqwest::Url::parse(text).ok());
        url.map(|url| url.origin()).filter(|origin| origin.is_tuple())
    };
    one == other || origin(one).is_some_and(|one| origin(other) == Some(one))
}

/// Carries the state of subjects to targets.
#[async_trait]
pub trait Connector: Send + Sync + fmt::Debug {
    /// The name that users know.
    fn plugin(&self) -> &'static str;

    /// The kinds of subjects that it carries: nothing is queued for others.
    fn serves(&self) -> &'static [Kind] {
        &Kind::ORDER
    }

    /// The keys of its configuration whose values never come out.
    fn secrets(&self) -> &'static [&'static str];

    /// The keys of its configuration that say where secrets are sent. When one of them changes, a secret that is kept
    /// stored would go somewhere else: it has to be sent again. Of an address only its origin counts.
    fn bound_to(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether a secret means anything with a configuration; one that does not is not kept.
    fn applies(&self, _secret: &str, _configuration: &Map<String, Json>) -> bool {
        true
    }

    /// Finds all that is wrong with a configuration.
    fn validate(&self, configuration: &Map<String, Json>) -> Vec<Wrong>;

    /// What a target calls a subject that is in a state, without asking it; `None` where it has no name there.
    fn key(&self, _target: &Target, _subject: Subject, _state: &SubjectState) -> Option<String> {
        None
    }

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
