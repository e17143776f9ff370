//! The plumbing that every process of Cohort shares: configuration, telemetry, stopping, health, databases, gRPC, clock.
//!
//! Nothing here knows what a role or a target is.

pub mod audit;
pub mod batch;
pub mod clock;
pub mod command;
pub mod config;
pub mod database;
pub mod health;
pub mod idempotency;
pub mod keep;
pub mod lifecycle;
mod memory;
pub mod network;
pub mod planted;
pub mod points;
pub mod rows;
pub mod rpc;
pub mod statistics;
pub mod telemetry;
pub mod tls;
pub mod turns;
