//! The REST face of Cohort: COmanage Registry REST API v1 in JSON and XML, over gRPC services.
//!
//! The gateway knows no resource. It turns documents into records by their tables, calls the standard method of the
//! resource's service, and turns the answer back. It has no database and no broker; any number of it may run.
//!
//! ```text
//! front ─ handler ─ auth ─ routes ─ operations/* ─ wire (documents) ─ messages ─ services (gRPC)
//!                                           └───── refusal (every error, one file)
//! ```

pub mod address;
pub mod app;
pub mod auth;
pub mod bodies;
pub mod body;
pub mod console;
pub mod description;
pub mod exchange;
pub mod foreign;
pub mod front;
pub mod gateway;
pub mod handler;
pub mod idempotency;
pub mod lists;
pub mod logins;
pub mod messages;
pub mod nearby;
pub mod operations;
pub mod ops;
pub mod phrases;
pub mod presence;
pub mod proxies;
pub mod query;
pub mod reader;
pub mod refusal;
pub mod response;
pub mod routes;
pub mod samples;
pub mod services;
pub mod sessions;
pub mod settings;
pub mod telemetry;
pub mod traces;
pub mod views;
pub mod wire;

pub use gateway::{BoundGateway, Gateway};
pub use settings::{DEFAULTS, ProcessSettings, Settings};
