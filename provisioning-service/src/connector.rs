//! Connectors: what carries the state of a subject to a target.
//!
//! Guarantee: a connector makes the target look like the state that it is given, and may be run again after a crash
//! between the effect and its record. Mechanism: `apply` and `remove` are idempotent, by the key that the target knows
//! the subject by. Failure: closed ([`ConnectorError`]); what waiting may heal is told apart from what it cannot.

use std::{collections::BTreeMap, fmt};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use proto::registry::v1::SubjectState;

use crate::{
    connector::{description::Description, plan::Plan},
    domain::{
        eligibility::Work,
        ids::RequestId,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};

pub mod amqp;
pub mod api;
pub mod changelog;
pub mod confined;
#[cfg(test)]
mod contract;
pub mod description;
pub mod dialer;
pub mod digest;
mod guarded;
pub mod http;
pub mod kept;
pub mod ldap;
mod limits;
pub mod marks;
pub mod plan;
pub mod registry;
pub mod scim;
pub mod sql;
pub mod timely;
mod trust;
mod words;

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
    /// It was begun before, by this request or another one, and may have been done by half, or something may still land.
    pub resumes: bool,
    /// The time.
    pub now: DateTime<Utc>,
    /// What else is at the target; nothing of it is read until it is asked for.
    pub beside: &'a dyn Beside,
}

impl Job<'_> {
    /// Whether a group that is there is to be filled anyway: that is asked for, or it was begun before, and may have been made
    /// then without its members.
    #[must_use]
    pub fn fills(&self) -> bool {
        self.action.ends_with('R') || self.resumes
    }
}

/// What else is at a target. A key counts as soon as a call may have made it there.
#[async_trait]
pub trait Beside: Send + Sync + fmt::Debug {
    /// Of some keys, those of groups: whose they are.
    async fn groups(&self, keys: Vec<String>) -> Result<BTreeMap<String, i64>, ConnectorError>;

    /// Whose a key is, or is to be, of the subjects of a kind.
    async fn whose(&self, _kind: Kind, _key: &str) -> Result<Option<i64>, ConnectorError> {
        Ok(None)
    }

    /// Whether a group has, or is to have, a key, and is not about to be called otherwise.
    async fn is_called(&self, _group: i64, _key: &str) -> Result<bool, ConnectorError> {
        Ok(true)
    }

    /// Whether the subject that has a key is to be changed still, and may let go of its name.
    async fn is_moving(&self, _key: &str) -> Result<bool, ConnectorError> {
        Ok(false)
    }

    /// A page of the members of a group that come after a person.
    async fn members(&self, group: i64, after: i64) -> Result<Members, ConnectorError>;

    /// A page of the owners of a group, whether they are members or not, that come after a person.
    async fn owners(&self, _group: i64, _after: i64) -> Result<Members, ConnectorError> {
        Ok(Members::default())
    }

    /// What is true of some people now; nothing of those that there are not. At most a page of members at once.
    async fn people(&self, _people: Vec<i64>) -> Result<Vec<SubjectState>, ConnectorError> {
        Ok(Vec::new())
    }
}

/// Some members of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Those that are at the target.
    pub people: Vec<Member>,
    /// The person after whom there are more.
    pub next: Option<i64>,
}

/// A member of a group that is at the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub co_person_id: i64,
    /// What the target knows the person by.
    pub key: String,
}

/// Some keys under which a target has something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// As [`Connector::key`] writes them.
    pub keys: Vec<String>,
    /// What to ask for to see more.
    pub next: Option<String>,
}

/// The order of a call among those about its subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// The revision of the subject: it never falls.
    pub revision: i64,
    /// The request.
    pub request: RequestId,
    /// Under which number the request was begun.
    pub fence: i64,
}

/// Carries the state of subjects to targets.
#[async_trait]
pub trait Connector: Send + Sync + fmt::Debug {
    /// The name that users know.
    fn plugin(&self) -> &'static str;

    /// The kinds of subjects that it carries to a target, by its configuration: nothing is read or queued for others.
    fn serves(&self, _target: &Target) -> &'static [Kind] {
        &Kind::ORDER
    }

    /// Whether calls that come at once are carried out together, so that many at once cost little more than one.
    fn gathers(&self) -> bool {
        false
    }

    /// What it wants to be told of a target.
    fn configuration(&self) -> &'static Description;

    /// What a target calls a subject that is in a state, without asking it; `None` where it has no name there.
    fn key(&self, _target: &Target, _subject: Subject, _state: &SubjectState) -> Option<String> {
        None
    }

    /// Says what would be sent, without sending it, by the same code that sends; where a target can be read back, only what
    /// differs there.
    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError>;

    /// Whether targets can be read back: plans are differences then, and `keys` finds what a target has.
    fn reads_back(&self) -> bool {
        false
    }

    /// A page of the keys under which a target has subjects of a kind, whoever made them; `after` is what the page before
    /// called `next`.
    async fn keys(&self, _target: &Target, _kind: Kind, _after: Option<String>) -> Result<Keys, ConnectorError> {
        Err(ConnectorError::permanent("This target cannot be read back."))
    }

    /// Makes the target look like the state.
    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError>;

    /// Takes the subject away from the target. Done already is done.
    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError>;

    /// Finds out whether the configuration is right and the target can be reached.
    async fn check(&self, target: &Target) -> Result<(), ConnectorError>;
}
