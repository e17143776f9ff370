//! Provisioning: the targets of COs, the requests to provision subjects there, and the connectors that do it.
//!
//! Guarantee: a request that was answered is on the disk and is carried out, retried or reported; a target never goes
//! back to an older state of a subject. Mechanism: the database is the truth, messages only wake; requests are claimed by
//! lease and number; connectors are given what is true when they run. Failure: any process may be killed at any time;
//! what it held is worked on again when its lease runs out.
//!
//! `grpc` answers calls with the use cases of `app`; `consumer` and `worker` drive others. Rules are in `domain`, SQL in
//! `store`, the ways to targets in `connector`.

pub mod app;
pub mod command;
pub mod connector;
mod consumer;
pub mod domain;
mod grpc;
mod migration;
pub mod registry;
pub mod secrets;
mod service;
mod settings;
pub mod store;
pub mod worker;

pub use secrets::{SecretsSettings, Source as KeySource};
pub use service::{BuildError, ProvisioningService};
pub use settings::{EgressSettings, NoNetwork, QuotaSettings, RetentionSettings, Settings, WorkerSettings};
