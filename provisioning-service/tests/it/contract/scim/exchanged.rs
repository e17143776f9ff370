//! Subjects that exchange their names.

use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use serde_json::{Value as Json, json};

use crate::contract::{
    Place, person,
    scim::{
        PLUGIN, Servers,
        between::{self, Less},
        group,
    },
};

/// Each wants what the other one has: one of them lets go of its own.
pub(in crate::contract) async fn two_people_who_exchange_names_settle(servers: &Servers, change: Json) {
    let mut ada = Place::new(PLUGIN, 2, 1, &servers.with(2, change));
    let mut bea = ada.another(2);
    ada.apply("ada", "Oduya").await;
    bea.apply("bea", "Okafor").await;
    let called = async |key: &str| {
        let users = servers.all(2, "Users").await;
        users.iter().find(|user| user["externalId"] == key).unwrap()["userName"].clone()
    };
    let waits = ada.call(&person("bea", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(matches!(waits, ConnectorError::Taken { .. }), "{waits:?}");
    assert_eq!(called("co_2:co_person:1").await, "ada", "the other one may stay: she can log in still");
    ada.beside.moving.lock().unwrap().insert("co_2:co_person:2".to_owned());
    let waits = ada.call(&person("bea", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(matches!(waits, ConnectorError::Taken { .. }), "{waits:?}");
    bea.apply("ada", "Okafor").await;
    ada.apply("bea", "Oduya").await;
    let users = servers.all(2, "Users").await;
    let mut found: Vec<_> =
        users.iter().map(|user| (user["externalId"].to_string(), user["userName"].clone())).collect();
    found.sort_by_key(|(key, _)| key.clone());
    let expected = [("\"co_2:co_person:1\"", json!("bea")), ("\"co_2:co_person:2\"", json!("ada"))];
    assert_eq!(found, expected.map(|(key, name)| (key.to_owned(), name)));
}

/// The same of groups, where no two have one name.
pub(in crate::contract) async fn two_groups_that_exchange_names_settle(servers: &Servers) {
    let less = Less { unique: true, ..Less::default() };
    let configuration = between::with(servers, less, json!({ "Groups": true })).await;
    let mut red = Place::new(PLUGIN, 2, 1, &configuration).group(7);
    let mut blue = red.group(8);
    red.call(&group(7, "Red"), Work::Apply).await.unwrap();
    blue.call(&group(8, "Blue"), Work::Apply).await.unwrap();
    red.beside.moving.lock().unwrap().insert("co_2:co_group:8".to_owned());
    let waits = red.call(&group(7, "Blue"), Work::Apply).await.unwrap_err();
    assert!(matches!(waits, ConnectorError::Taken { .. }), "{waits:?}");
    blue.call(&group(8, "Red"), Work::Apply).await.unwrap();
    red.call(&group(7, "Blue"), Work::Apply).await.unwrap();
    let groups = servers.all(2, "Groups").await;
    let name = |key: &str| groups.iter().find(|group| group["externalId"] == key).unwrap()["displayName"].clone();
    assert_eq!([name("co_2:co_group:7"), name("co_2:co_group:8")], ["Blue", "Red"]);
}
