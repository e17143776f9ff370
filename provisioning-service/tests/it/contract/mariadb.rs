//! `SqlProvisioner` against MariaDB.

use std::sync::Arc;

use async_trait::async_trait;
use provisioning_service::domain::eligibility::Work;
use serde_json::json;
use testkit::MariaDb;

use crate::contract::{
    self, Place,
    database::{self, Database, Server},
    person,
};

struct Running(Arc<MariaDb>);

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

fn database(server: &Arc<MariaDb>, name: &str) -> Database {
    let url = server.create_database(name, "kit", PASSWORD);
    let configuration = |password: &str| json!({"Url": url, "Password": password, "CaCertificates": server.ca()});
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
    let server = Arc::new(MariaDb::start().await);
    println!("MariaDB {}", server.version());
    database::holds(&database(&server, "mirror")).await;
    contract::holds(&database(&server, "contract")).await;
}

#[tokio::test]
async fn tls_is_trusted_by_its_ca_alone_and_is_not_given_up() {
    let (server, plain) = tokio::join!(MariaDb::start(), MariaDb::start_without_tls());
    let base = database(&Arc::new(server), "tls");
    let apply = async |change: serde_json::Value| {
        let mut configuration = base.configuration.clone();
        configuration.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
        configuration.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let mut place = Place::new("SqlProvisioner", 2, 3, &configuration);
        place.call(&person("ada", "Oduya"), Work::Apply).await.map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(apply(json!({})).await, Ok(()));
    let stranger = apply(json!({"CaCertificates": null})).await.unwrap_err();
    assert!(stranger.starts_with("The database cannot be trusted"), "{stranger}");
    assert_eq!(apply(json!({"Tls": "Never"})).await, Ok(()), "where that is said");
    let url = plain.create_database("plain", "kit", PASSWORD);
    let gives_in = apply(json!({"Url": url})).await.unwrap_err();
    assert!(gives_in.starts_with("The database offers no TLS"), "{gives_in}");
}
