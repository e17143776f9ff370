//! Tests of the broker: one contract for both kinds, and what is particular to each.
//!
//! The module `amqp` needs RabbitMQ; to leave it out, skip tests by that name.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod amqp;
mod contract;
mod in_process;
mod outbox;
mod rig;
