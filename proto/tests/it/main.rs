//! Proves that the standard messages fit the descriptors.

#![cfg(test)]

mod standard;
