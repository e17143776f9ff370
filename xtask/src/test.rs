//! The tests, with or without the servers that some of them need.
//!
//! Tests are told apart by the names of their modules: what is in a module of [`SERVER_MODULES`] needs PostgreSQL, MariaDB,
//! RabbitMQ, OpenLDAP, 389 Directory Server, SCIM servers, a mail server, or packages of Python or Node.js. Nothing passes by skipping itself: without a server such a
//! test fails, and `--embedded` says what it left out.

use crate::Failure;
use crate::command::{command, output, run};
use crate::setup;

/// The modules whose tests need PostgreSQL, MariaDB, RabbitMQ, OpenLDAP, 389 Directory Server, SCIM servers, a mail server, Chromium,
/// a checker of files, or packages that only `cargo xtask setup` installs.
const SERVER_MODULES: [&str; 18] = [
    "amqp::",
    "browser::",
    "chart::",
    "compose::",
    "dirsrv::",
    "django_scim::",
    "mariadb::",
    "postgres::",
    "prometheus::",
    "python_client::",
    "rabbitmq::",
    "schemathesis::",
    "scim2_server::",
    "services::",
    "shellcheck::",
    "slapd::",
    "smtp::",
    "typescript::",
];

/// Runs all tests, after installing what they need.
pub(crate) fn all(filters: &[String]) -> Result<(), Failure> {
    setup::run_setup(&setup::SERVERS)?;
    setup::packages()?;
    build()?;
    run(command("cargo", &["test", "--workspace", "--locked", "--"]).args(filters))
}

/// Runs the tests that need no server, and tells which were left out.
pub(crate) fn embedded(filters: &[String]) -> Result<(), Failure> {
    build()?;
    let skips = SERVER_MODULES.iter().flat_map(|module| ["--skip", *module]);
    run(command("cargo", &["test", "--workspace", "--locked", "--"]).args(filters).args(skips))?;

    let list = output(command("cargo", &["test", "--workspace", "--locked", "--quiet", "--", "--list"]).args(filters))?;
    let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
    let (left_out, ran): (Vec<&str>, Vec<&str>) =
        names.partition(|name| SERVER_MODULES.iter().any(|module| name.contains(module)));
    for name in &left_out {
        println!("left out: {name}");
    }
    println!(
        "{} tests ran; {} were left out because they need PostgreSQL, MariaDB, RabbitMQ, OpenLDAP, 389 Directory Server, SCIM servers, a mail server, Chromium, a checker of files, or packages of Python or Node.js: `cargo xtask test` runs them too.",
        ran.len(),
        left_out.len()
    );
    Ok(())
}

/// Builds the programs that deployments are made of: `cargo test` alone builds only those of the package it tests.
pub(crate) fn build() -> Result<(), Failure> {
    run(&mut command("cargo", &["build", "--workspace", "--bins", "--locked"]))
}
