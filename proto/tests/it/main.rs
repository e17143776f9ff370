//! Proves that the committed code in `src/generated` is what the `.proto` files say, and that the standard messages fit.
//! `COHORT_REGENERATE=1 cargo test -p proto` (or `cargo xtask generate`) writes the code anew.

#![cfg(test)]

mod generate;
mod standard;
