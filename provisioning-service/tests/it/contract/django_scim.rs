//! `ScimProvisioner` against django-scim2, which has less than RFC 7644 has; and TLS, also of `ApiProvisioner`.

use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use serde_json::{Value as Json, json};
use testkit::ScimServer;

use crate::contract::{
    self, Place, person,
    scim::{
        PLUGIN, Servers, a_membership_is_one_change, a_plan_is_what_differs, pages, unfound,
        who_comes_or_goes_while_a_group_is_filled_is_seen,
    },
};

#[tokio::test]
async fn the_contract_is_kept() {
    let servers = Servers::django(&[2, 3]).await;
    testkit::process::tell_peer(&servers.version());
    contract::holds(&servers).await;
}

#[tokio::test]
async fn a_membership_is_a_change_of_one_group() {
    a_membership_is_one_change(&Servers::django(&[2]).await, json!({ "Groups": true }), false).await;
}

#[tokio::test]
async fn who_comes_or_goes_meanwhile_is_seen() {
    who_comes_or_goes_while_a_group_is_filled_is_seen(&Servers::django(&[2]).await).await;
}

#[tokio::test]
async fn plans_are_differences() {
    a_plan_is_what_differs(&Servers::django(&[2]).await).await;
}

#[tokio::test]
async fn all_pages_are_read() {
    pages::all_pages_are_read(&Servers::django(&[2]).await).await;
}

#[tokio::test]
async fn where_members_are_not_searched_for_the_user_says_its_groups() {
    unfound::all_groups_are_not_those_of_a_person(&Servers::django(&[2]).await).await;
}

#[tokio::test]
async fn tls_is_trusted_by_its_ca_alone() {
    let server = ScimServer::django_with_tls().await;
    let base = format!("https://127.0.0.1:{}{}", server.port(), server.path());
    let login = json!({ "AuthType": "Basic", "Username": ScimServer::NAME, "Password": ScimServer::SECRET });
    let with = |change: Json| {
        let mut all = login.clone();
        all.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
        all
    };
    let scim =
        |ca: Option<String>| with(json!({ "BaseUrl": base, "UserNameIdentifierType": "uid", "CaCertificates": ca }));
    let api = |ca: Option<String>| {
        with(json!({ "ServerUrl": base, "Mode": "PUT", "IdentifierType": "uid", "CaCertificates": ca }))
    };
    Place::new(PLUGIN, 2, 3, &scim(Some(server.ca()))).apply("mira", "Oduya").await;
    // It has no such address; that it says so is all that is to be seen.
    let mut trusted = Place::new("ApiProvisioner", 2, 3, &api(Some(server.ca())));
    let answered = trusted.call(&person("mira", "Oduya"), Work::Apply).await.unwrap_err();
    assert_eq!(answered, ConnectorError::permanent("The server answered 404 Not Found."));
    for (plugin, configuration) in [(PLUGIN, scim(None)), ("ApiProvisioner", api(None))] {
        let mut stranger = Place::new(plugin, 2, 4, &configuration);
        let refused = stranger.call(&person("nia", "Oduya"), Work::Apply).await.unwrap_err();
        assert!(refused.to_string().starts_with("The server cannot be trusted: "), "{refused}");
        assert!(matches!(refused, ConnectorError::Retryable { .. }), "{refused:?}");
    }
}
