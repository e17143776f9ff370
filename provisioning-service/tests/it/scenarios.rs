//! What is tried on both databases.

pub(crate) mod acts;
pub(crate) mod audit;
pub(crate) mod changes;
pub(crate) mod conditions;
pub(crate) mod early;
pub(crate) mod engine;
pub(crate) mod events;
pub(crate) mod guards;
pub(crate) mod keeping;
pub(crate) mod late;
pub(crate) mod ledger;
pub(crate) mod names;
pub(crate) mod owed;
pub(crate) mod promises;
pub(crate) mod provision;
pub(crate) mod queue;
pub(crate) mod quota;
pub(crate) mod replaced;
pub(crate) mod scopes;
pub(crate) mod secrets;
pub(crate) mod targets;
pub(crate) mod wishes;
pub(crate) mod worker;
