//! `SqlProvisioner` against PostgreSQL.

use std::sync::Arc;

use async_trait::async_trait;
use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use serde_json::json;
use testkit::Postgres;

use crate::contract::{
    self, Place,
    database::{self, Database, Server},
    person,
};

struct Running(Arc<Postgres>);

#[async_trait]
impl Server for Running {
    async fn stop(&self) {
        self.0.stop().await;
    }

    async fn start(&self) {
        self.0.restart().await;
    }
}

const PASSWORD: &str = "p/a:s@s";

/// A database of a server, whose user has to show a password.
async fn database(server: &Arc<Postgres>, user: &str) -> Database {
    let admin = server.create_database("mirror").await;
    let url = server.create_user(&admin, user, PASSWORD).await;
    let configuration =
        |password: &str| json!({"Url": url, "Password": password, "CaCertificates": server.ca(), "TablePrefix": "sp_"});
    Database {
        configuration: configuration(PASSWORD),
        refused: (configuration("wr0ng"), "wr0ng"),
        url: url.replace('@', ":p%2Fa%3As%40s@"),
        data: tempfile::tempdir().unwrap(),
        server: Box::new(Running(Arc::clone(server))),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept() {
    let server = Arc::new(Postgres::start_with_tls().await);
    println!("PostgreSQL {}", server.version().await);
    database::holds(&database(&server, "mirror").await).await;
    contract::holds(&database(&server, "contract").await).await;
}

#[tokio::test]
async fn tls_is_trusted_by_its_ca_and_its_name_alone_and_is_not_given_up() {
    let server = Arc::new(Postgres::start_with_tls().await);
    let base = database(&server, "tls").await;
    let refused = async |change: serde_json::Value| {
        let mut configuration = base.configuration.clone();
        configuration.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
        configuration.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let mut place = Place::new("SqlProvisioner", 2, 3, &configuration);
        place.call(&person("ada", "Oduya"), Work::Apply).await.map(|_| ()).map_err(|error| error.to_string())
    };
    let url = base.configuration["Url"].as_str().unwrap();
    assert_eq!(refused(json!({})).await, Ok(()));
    // It leads to the same place; the certificate does not name it.
    let elsewhere = refused(json!({"Url": url.replace("127.0.0.1", "127.0.0.2")})).await.unwrap_err();
    assert!(elsewhere.starts_with("The database cannot be trusted"), "{elsewhere}");
    let stranger = refused(json!({"CaCertificates": null})).await.unwrap_err();
    assert!(stranger.starts_with("The database cannot be trusted"), "{stranger}");
    assert_eq!(refused(json!({"Tls": "Never"})).await, Ok(()), "where that is said");

    let plain = Postgres::start_fast().await;
    let url = plain.create_database("plain").await;
    let gives_in = refused(json!({"Url": url})).await.unwrap_err();
    assert!(gives_in.starts_with("The database offers no TLS"), "{gives_in}");
    assert_eq!(refused(json!({"Url": url, "Tls": "Never"})).await, Ok(()));
}

#[tokio::test]
async fn a_password_that_changed_and_a_table_that_is_not_ours_to_change_are_sentences() {
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
    server.query(&admin, "ALTER TABLE sp_names OWNER TO postgres").await;
    let refused = place.call(&person("ada", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(refused.to_string().starts_with("The database refused (42501)"), "{refused}");
}
