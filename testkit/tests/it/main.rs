//! Proves what the other tests stand on.

#![cfg(test)]

mod deployment;
mod postgres;
mod process;
mod rabbitmq;
mod services;
