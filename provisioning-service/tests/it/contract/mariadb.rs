//! `SqlProvisioner` against MariaDB.

use std::sync::Arc;

use serde_json::json;
use testkit::MariaDb;

use crate::contract::{
    self,
    database::{self, Database, PASSWORD},
};

fn database(server: &Arc<MariaDb>, name: &str) -> Database {
    Database::of(&server.create_database(name, "kit", PASSWORD), &server.ca(), Arc::clone(server))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept() {
    let server = Arc::new(MariaDb::start().await);
    testkit::process::tell_peer(&format!("MariaDB {}", server.version()));
    database::holds(&database(&server, "mirror")).await;
    contract::holds(&database(&server, "contract")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_first_makes_the_tables() {
    let server = Arc::new(MariaDb::start().await);
    database::whoever_is_first_makes_the_tables(&database(&server, "one"), true).await;
    database::whoever_is_first_makes_the_tables(&database(&server, "several"), false).await;
}

/// Only with several writers can two events be under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_moves_is_lost_to_nobody() {
    let server = Arc::new(MariaDb::start().await);
    // What a user sees of others' transactions asks for a right more; statements that go on are its own.
    let waiting = "SELECT id FROM information_schema.processlist \
                   WHERE info LIKE '%sp_co_person_roles%' AND id <> connection_id()";
    database::a_role_that_moves_is_lost_to_nobody(&database(&server, "moves"), waiting).await;
    database::what_hangs_on_a_role_that_moves_goes_with_it(&database(&server, "hangs"), waiting).await;
}

#[tokio::test]
async fn tls_is_trusted_by_its_ca_alone_and_is_not_given_up() {
    let (server, plain) = tokio::join!(MariaDb::start(), MariaDb::start_without_tls());
    let base = database(&Arc::new(server), "tls");
    assert_eq!(base.apply_with(json!({})).await, Ok(()));
    let stranger = base.apply_with(json!({"CaCertificates": null})).await.unwrap_err();
    assert!(stranger.starts_with("The database cannot be trusted"), "{stranger}");
    assert_eq!(base.apply_with(json!({"Tls": "Never"})).await, Ok(()), "where that is said");
    let url = plain.create_database("plain", "kit", PASSWORD);
    let gives_in = base.apply_with(json!({"Url": url})).await.unwrap_err();
    assert!(gives_in.starts_with("The database offers no TLS"), "{gives_in}");
}
