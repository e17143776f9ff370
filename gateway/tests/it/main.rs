//! The gateway on a free port, in front of a service that records what it was asked.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod audit;
mod auth;
mod browser;
mod client;
mod conditions;
mod connections;
mod console;
mod description;
mod documents;
mod engine;
mod events;
mod fake;
mod foreign;
mod ledger;
mod limits;
mod lists;
mod provision;
mod routing;
mod scopes;
mod searches;
mod server;
