//! What the chores and the tests of the house know of its source: its files, what they name, and its measures.

pub mod files;
pub mod house;
pub mod naming;
pub mod shape;
