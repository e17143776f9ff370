//! The rows.

pub mod request;
pub mod target;
