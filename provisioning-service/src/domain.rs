//! What provisioning is, without a database, a network or a broker.

pub mod action;
pub mod backoff;
pub mod eligibility;
pub mod explanation;
pub mod ids;
pub mod mode;
pub mod outcome;
pub mod status;
pub mod subject;
pub mod target;
pub mod unsettled;
