//! A target as connectors and rules see it.

use proto::provisioning::v1::Mode;
use serde_json::{Map, Value as Json};

/// How many retries a target makes that says nothing else (co-provisioning-target.md §2).
pub const DEFAULT_MAX_RETRY: i64 = 3;

/// A configured provisioner of a CO, with its secrets: it never leaves this service.
#[derive(Clone)]
pub struct Target {
    /// Which one.
    pub id: i64,
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
    /// What the connector needs to know, secrets included.
    pub configuration: Map<String, Json>,
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
