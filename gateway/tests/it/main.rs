//! The gateway on a free port, in front of a service that records what it was asked.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod auth;
mod browser;
mod client;
mod conditions;
mod description;
mod documents;
mod fake;
mod ledger;
mod limits;
mod provision;
mod routing;
mod server;
