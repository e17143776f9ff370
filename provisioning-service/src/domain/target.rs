//! A target as connectors and rules see it.

use proto::provisioning::v1::Mode;
use serde_json::{Map, Value as Json};

use crate::domain::ids::TargetId;

/// How many retries a target makes that says nothing else (co-provisioning-target.md §2).
pub const DEFAULT_MAX_RETRY: i64 = 3;

/// A configured provisioner of a CO: it never leaves this service.
#[derive(Clone)]
pub struct Target {
    /// Which one.
    pub id: TargetId,
    /// Whose it is.
    pub co_id: i64,
    /// What people call it.
    pub description: Option<String>,
    /// Which connector it uses.
    pub plugin: String,
    /// The group whose members alone are provisioned.
    pub provision_co_group_id: Option<i64>,
    /// When it is provisioned.
    pub mode: Mode,
    /// Seconds before the first retry.
    pub retry_interval: Option<i64>,
    /// How many retries there are.
    pub max_retry: Option<i64>,
    /// What the connector needs to know; secrets are sealed until they are opened for it.
    pub configuration: Map<String, Json>,
    /// How many removals are too many.
    pub guard: Guard,
    /// How often it was edited: what it is given depends on it.
    pub edition: i64,
}

/// How many removals are too many (D53): more than both share and count, within the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Percent of the subjects of a kind.
    pub share: i64,
    /// Subjects of a kind.
    pub count: i64,
    /// Seconds.
    pub window: i64,
}

impl Default for Guard {
    fn default() -> Self {
        Self { share: 20, count: 10, window: 3600 }
    }
}

impl Guard {
    /// Whether so many removals are too many of those that were present.
    #[must_use]
    pub const fn holds(self, removals: i64, present: i64) -> bool {
        removals > self.count && removals.saturating_mul(100) > self.share.saturating_mul(present)
    }
}

impl Target {
    /// What histories call it: its description, or its plugin where there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.description.as_deref().unwrap_or(&self.plugin)
    }
}

impl std::fmt::Debug for Target {
    /// Leaves the configuration out: it holds secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("id", &self.id).field("plugin", &self.plugin).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
