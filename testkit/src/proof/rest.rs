//! What is true when everything is at rest: what the API says of subjects and requests, and what the targets hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::journal::Vector;

/// The state at rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// What each target should hold: of each subject that belongs there, by an independent reading of the API's records.
    pub model: Vec<Document>,
    /// What each target holds.
    pub documents: Vec<Document>,
    /// The provisioning requests, by id.
    pub requests: BTreeMap<i64, Request>,
    /// How many lines of history tell of provisioning a subject at a target.
    pub history: Vec<Lines>,
}

/// A document at a target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Document {
    /// Which target.
    pub target: i64,
    /// Its name there.
    pub key: String,
    /// Whom it is about.
    pub subject: String,
    /// What it shows.
    pub vector: Vector,
    /// All that it shows, in words that both sides write alike; what differs there is wrong, but has no order.
    #[serde(default)]
    pub text: String,
}

/// A provisioning request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Which target.
    pub target: i64,
    /// Whom it is about.
    pub subject: String,
    /// Where it stands, as the API says it.
    pub status: String,
    /// Whether that is an end.
    pub ended: bool,
    /// How many of its attempts are to be told in the history of the subject.
    pub told: u64,
}

/// Lines of history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// Which target.
    pub target: i64,
    /// Whom they are about.
    pub subject: String,
    /// How many.
    pub lines: u64,
}
