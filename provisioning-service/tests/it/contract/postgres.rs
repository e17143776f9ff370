//! `SqlProvisioner` against PostgreSQL.

use std::sync::Arc;

use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use sea_orm::ConnectionTrait;
use serde_json::json;
use testkit::Postgres;

use crate::contract::{
    self,
    database::{self, Database, PASSWORD},
    person,
};

/// A database whose user has to show a password.
async fn database(server: &Arc<Postgres>, user: &str) -> Database {
    let url = server.create_database("mirror").await;
    Database::of(&server.create_user(&url, user, PASSWORD).await, &server.ca(), Arc::clone(server))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept() {
    let server = Arc::new(Postgres::start_with_tls().await);
    testkit::process::tell_peer(&format!("PostgreSQL {}", server.version().await));
    database::holds(&database(&server, "mirror").await).await;
    contract::holds(&database(&server, "contract").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_first_makes_the_tables() {
    let server = Arc::new(Postgres::start_with_tls().await);
    database::whoever_is_first_makes_the_tables(&database(&server, "one").await, true).await;
    database::whoever_is_first_makes_the_tables(&database(&server, "several").await, false).await;
}

/// Only with several writers can two events be under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_while_a_group_is_compared_is_no_member() {
    let server = Arc::new(Postgres::start_with_tls().await);
    let base = Arc::new(database(&server, "beside").await);
    let waits: database::Waits = |base| {
        Box::pin(async move {
            let sql = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
            !base.all(sql).await.is_empty()
        })
    };
    database::who_leaves_while_a_group_is_compared_is_no_member(base, waits).await;
}

/// Only with several writers can two events be under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_moves_is_lost_to_nobody() {
    let server = Arc::new(Postgres::start_with_tls().await);
    let waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    database::a_role_that_moves_is_lost_to_nobody(&database(&server, "moves").await, waiting).await;
    database::what_hangs_on_a_role_that_moves_goes_with_it(&database(&server, "hangs").await, waiting).await;
}

#[tokio::test]
async fn tls_is_trusted_by_its_ca_and_its_name_alone_and_is_not_given_up() {
    let server = Arc::new(Postgres::start_with_tls().await);
    let base = database(&server, "tls").await;
    let url = base.configuration["Url"].as_str().unwrap();
    assert_eq!(base.apply_with(json!({})).await, Ok(()));
    // It leads to the same place; the certificate does not name it.
    let elsewhere = base.apply_with(json!({"Url": url.replace("127.0.0.1", "127.0.0.2")})).await.unwrap_err();
    assert!(elsewhere.starts_with("The database cannot be trusted"), "{elsewhere}");
    let stranger = base.apply_with(json!({"CaCertificates": null})).await.unwrap_err();
    assert!(stranger.starts_with("The database cannot be trusted"), "{stranger}");
    assert_eq!(base.apply_with(json!({"Tls": "Never"})).await, Ok(()), "where that is said");

    let plain = Postgres::start_fast().await;
    let url = plain.create_database("plain").await;
    let gives_in = base.apply_with(json!({"Url": url})).await.unwrap_err();
    assert!(gives_in.starts_with("The database offers no TLS"), "{gives_in}");
    assert_eq!(base.apply_with(json!({"Url": url, "Tls": "Never"})).await, Ok(()));
}

#[tokio::test]
async fn what_the_server_refuses_or_keeps_waiting_is_a_sentence() {
    let server = Arc::new(Postgres::start_with_tls().await);
    let base = database(&server, "changed").await;
    let mut place = base.place(2, 3);
    place.apply("ada", "Oduya").await;
    let admin = server.url(base.url.rsplit('/').next().unwrap());
    server.query(&admin, "ALTER USER changed PASSWORD 'other'").await;
    let ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'changed'";
    server.query(&admin, ended).await;
    // Whether the old connection was tried before is not told.
    let _broken = place.call(&person("ada", "Adeyemi"), Work::Apply).await.unwrap_err();
    let refused = place.call(&person("ada", "Adeyemi"), Work::Apply).await.unwrap_err();
    assert!(matches!(refused, ConnectorError::Permanent { .. }), "{refused:?}");
    assert!(refused.to_string().starts_with("The database refused (28P01)"), "{refused}");
    server.query(&admin, &format!("ALTER USER changed PASSWORD '{PASSWORD}'")).await;
    place.apply("ada", "Adeyemi").await;

    let db = base.open().await;
    db.execute_unprepared("BEGIN; LOCK TABLE sp_names").await.unwrap();
    let silent = place.call(&person("ada", "Oduya"), Work::Apply).await.unwrap_err();
    assert_eq!(silent, ConnectorError::retryable("The database did not answer in time; nothing was changed."));
    db.close().await.unwrap();
    place.apply("ada", "Oduya").await;

    server.query(&admin, "ALTER TABLE sp_names OWNER TO postgres").await;
    let refused = place.call(&person("ada", "Adeyemi"), Work::Apply).await.unwrap_err();
    assert!(refused.to_string().starts_with("The database refused (42501)"), "{refused}");
}
