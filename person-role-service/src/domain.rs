//! The rules, as pure functions: no database, no gRPC, no broker.

pub mod differences;
pub mod event_key;
pub mod extended_attributes;
pub mod history;
pub mod identifier_format;
pub mod ids;
pub mod invitation;
pub mod limits;
pub mod membership;
pub mod passed_on;
pub mod person_status;
pub mod provisioned;
pub mod told;
pub mod tree;
pub mod username;
pub mod validity;
