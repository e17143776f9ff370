//! What the tests of Cohort stand on: throw-away PostgreSQL, MariaDB, RabbitMQ and OpenLDAP servers, whole deployments of the real programs,
//! and a small client of the REST API.
//!
//! Only ever a dev-dependency. Whatever goes wrong here fails the test that asked for it, by panicking with a sentence.

#![expect(clippy::panic, clippy::expect_used, reason = "what fails here fails the test")]

mod balancer;
pub mod bench;
pub mod browser;
pub mod certificates;
pub mod chaos;
pub mod client;
pub mod conformance;
pub mod deployment;
pub mod dirsrv;
pub mod folder;
pub mod ldif;
pub mod mariadb;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod proof;
pub mod python;
pub mod rabbitmq;
mod schema;
pub mod scim;
pub mod slapd;
pub mod smtp;
pub mod tools;

pub use browser::Browser;
pub use client::{Answer, Client};
pub use deployment::{Deployment, Options, Shape};
pub use dirsrv::Dirsrv;
pub use folder::Folder;
pub use mariadb::MariaDb;
pub use ports::free_port;
pub use postgres::Postgres;
pub use process::{Process, Signal};
pub use rabbitmq::RabbitMq;
pub use scim::ScimServer;
pub use slapd::Slapd;
pub use smtp::MailServer;
