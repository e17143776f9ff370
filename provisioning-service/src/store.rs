//! All SQL of this service.
//!
//! Statements about many rows take one parameter: the rows as a JSON array ([`batch`]). So their text never changes, the
//! databases prepare them once, and one text serves both.

pub use sea_orm::DbErr;

pub mod accept;
pub mod asked;
pub mod attempts;
pub mod awaited;
pub mod batch;
pub mod behind;
pub mod cancel;
pub mod children;
pub mod claim;
pub mod data_keys;
pub mod differences;
pub mod entity;
pub mod erasures;
pub mod events;
pub mod failed;
pub mod gauges;
pub mod guard;
pub mod health;
pub mod holders;
pub mod identity;
mod ids;
pub mod inbox;
pub mod keys;
pub mod leases;
pub mod ledger;
pub mod outcomes;
pub mod parents;
pub mod places;
pub mod progress;
pub mod requests;
pub mod retention;
pub mod states;
pub mod targets;
pub mod unsettled;
pub mod wanting;
