//! Settings of this service.

use ipnet::IpNet;
use serde::Deserialize;
use service_kit::network;

use crate::secrets::Source;

mod quota;

pub use quota::QuotaSettings;

/// What the service needs to know, wherever it runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The worker.
    pub worker: WorkerSettings,
    /// How long what is over is kept.
    #[serde(default)]
    pub retention: RetentionSettings,
    /// Where targets may be.
    #[serde(default)]
    pub egress: EgressSettings,
    /// Where the keys for secrets come from.
    #[serde(skip)]
    pub secrets: Source,
}

/// Where targets may be (D62).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EgressSettings {
    /// Networks that targets may reach although they are not public: `10.1.0.0/16, 192.0.2.7`.
    pub allow: String,
}

/// A setting that is no network.
#[derive(Debug, thiserror::Error)]
#[error("egress.allow: \"{0}\" is no network, such as 10.1.0.0/16, and no address")]
pub struct NoNetwork(String);

impl EgressSettings {
    /// The networks.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn networks(&self) -> Result<Vec<IpNet>, NoNetwork> {
        let read = |text: &str| network::range(text).ok_or_else(|| NoNetwork(text.to_owned()));
        self.allow.split([',', ' ']).filter(|text| !text.is_empty()).map(read).collect()
    }
}

/// How long what is over is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSettings {
    /// Requests that have ended, and their attempts, in days; 0: for ever.
    pub requests_days: u32,
    /// Ids of events that were taken in, in days; 0: for ever. Longer than the broker may hand one out again.
    pub inbox_days: u32,
    /// Events that clients may read on from (D59), in hours; 0: for ever.
    pub events_hours: u32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { requests_days: 365, inbox_days: 14, events_hours: 24 }
    }
}

/// How much is worked on at once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerSettings {
    /// Connector calls at once, in this process.
    pub concurrency: usize,
    /// Connector calls at once at one target, in this process.
    pub per_target: usize,
    /// Requests that are claimed at a time.
    pub batch: usize,
    /// How long a request is held without word from its worker; then another one takes it.
    pub lease_seconds: u32,
    /// How often the database is asked for work if nobody says that there is some.
    pub poll_ms: u64,
    /// How long a connector's call may take, below the lease; it ends with the lease in any case.
    pub call_seconds: u32,
    /// How long after its end a call whose end is not known may still take effect at a target.
    pub late_effect_seconds: u32,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            concurrency: 64,
            per_target: 8,
            batch: 256,
            lease_seconds: 20,
            poll_ms: 1000,
            call_seconds: 15,
            late_effect_seconds: 60,
        }
    }
}
