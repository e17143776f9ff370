//! The rules of the registry: pure, without database, gRPC or broker.

pub mod event_key;
pub mod history;
pub mod membership;
pub mod person_status;
pub mod username;
pub mod validity;
