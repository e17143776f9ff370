//! `ScimProvisioner` against scim2-server, which has all that RFC 7644 has.

use std::sync::{Arc, Mutex};

use axum::{Router, http::HeaderMap, http::StatusCode, routing::post};
use proto::registry::v1::{Provisionable, SubjectState, subject_state::Data};
use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use serde_json::{Value as Json, json};
use testkit::ScimServer;

use crate::contract::{
    self, Place, person,
    scim::{
        PLUGIN, Servers, a_membership_is_one_change, a_plan_is_what_differs, at_once, exchanged, group, member, pages,
        undeleted, unfound, who_comes_or_goes_while_a_group_is_filled_is_seen,
        who_is_taken_over_while_a_group_is_filled_stays_in_it,
    },
};

#[tokio::test]
async fn the_contract_is_kept() {
    let servers = Servers::scim2_server(&[2, 3]).await;
    testkit::process::tell_peer(&servers.version());
    contract::holds(&servers).await;
}

#[tokio::test]
async fn a_membership_is_one_patch_and_no_members_are_read() {
    let servers = Servers::scim2_server(&[2]).await;
    a_membership_is_one_change(&servers, json!({ "Groups": true }), true).await;
}

#[tokio::test]
async fn who_comes_or_goes_meanwhile_is_seen() {
    who_comes_or_goes_while_a_group_is_filled_is_seen(&Servers::scim2_server(&[2]).await).await;
}

#[tokio::test]
async fn who_is_taken_over_meanwhile_stays() {
    who_is_taken_over_while_a_group_is_filled_stays_in_it(&Servers::scim2_server(&[2]).await).await;
}

#[tokio::test]
async fn a_server_without_patch_is_written_whole() {
    let servers = Servers::scim2_server(&[2]).await;
    a_membership_is_one_change(&servers, json!({ "Groups": true, "Patch": "Never" }), false).await;
    let calls = servers.gate(2).calls();
    let by_us = calls.iter().filter(|call| !call.contains("Groups"));
    assert!(by_us.clone().all(|call| !call.starts_with("PATCH")), "{calls:?}");
}

#[tokio::test]
async fn who_come_at_once_are_all_there() {
    at_once::who_come_at_once_are_all_there(&Servers::scim2_server(&[2]).await).await;
}

#[tokio::test]
async fn plans_are_differences() {
    a_plan_is_what_differs(&Servers::scim2_server(&[2]).await).await;
}

#[tokio::test]
async fn all_pages_are_read() {
    pages::all_pages_are_read(&Servers::scim2_server(&[2]).await).await;
}

#[tokio::test]
async fn a_part_is_not_taken_for_all() {
    pages::a_part_is_not_taken_for_all(&Servers::scim2_server(&[2]).await).await;
}

#[tokio::test]
async fn who_cannot_be_deleted_is_not_active() {
    undeleted::who_cannot_be_deleted_is_not_active(&Servers::scim2_server(&[2]).await).await;
}

#[tokio::test]
async fn a_group_that_cannot_be_deleted_is_empty() {
    undeleted::a_group_that_cannot_be_deleted_is_empty(&Servers::scim2_server(&[2]).await).await;
}

#[tokio::test]
async fn who_exchange_names_settle() {
    for patch in ["Auto", "Never"] {
        let servers = Servers::scim2_server(&[2]).await;
        exchanged::two_people_who_exchange_names_settle(&servers, json!({ "Patch": patch })).await;
    }
}

#[tokio::test]
async fn groups_that_exchange_names_settle() {
    exchanged::two_groups_that_exchange_names_settle(&Servers::scim2_server(&[2]).await).await;
}

#[tokio::test]
async fn where_members_are_not_searched_for_they_are_read() {
    unfound::all_groups_are_not_those_of_a_person(&Servers::scim2_server(&[2]).await).await;
}

fn user(user_name: &str, external_id: Option<&str>) -> Json {
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name, "externalId": external_id,
        "nickName": "kept" })
}

#[tokio::test]
async fn who_is_there_and_nobodys_is_taken_over_and_who_is_anothers_is_not() {
    let servers = Servers::scim2_server(&[2]).await;
    servers.call(2, "POST", "Users", Some(user("Yan", None))).await;
    servers.call(2, "POST", "Users", Some(user("zoe", Some("somebody:1")))).await;
    let mut yan = Place::new(PLUGIN, 2, 3, &servers.with(2, json!({})));
    let (mut zoe, mut will) = (yan.another(4), yan.another(5));
    yan.apply("yan", "Oduya").await;
    let refused = zoe.call(&person("zoe", "Oduya"), Work::Apply).await.unwrap_err();
    let sentence = "The userName \"zoe\" is that of another resource of the server.";
    assert_eq!(refused, ConnectorError::permanent(sentence));
    // The other one is one of ours, and may be called otherwise soon.
    let refused = will.call(&person("yan", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(matches!(refused, ConnectorError::Taken { .. }), "{refused:?}");
    will.apply("will", "Oduya").await;
    let refused = will.call(&person("yan", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(matches!(refused, ConnectorError::Taken { .. }), "{refused:?}");
    yan.apply("yan2", "Oduya").await;
    will.apply("yan", "Oduya").await;
    let users = servers.all(2, "Users").await;
    let mut found: Vec<_> =
        users.iter().map(|user| [&user["userName"], &user["externalId"], &user["nickName"]]).collect();
    found.sort_by_key(|found| found[0].to_string());
    let expected = [
        [json!("yan"), json!("co_2:co_person:5"), Json::Null],
        [json!("yan2"), json!("co_2:co_person:3"), json!("kept")],
        [json!("zoe"), json!("somebody:1"), json!("kept")],
    ];
    assert_eq!(found, expected.each_ref().map(|of| of.each_ref()));
}

#[tokio::test]
async fn two_cos_on_one_server_know_nothing_of_each_other() {
    let servers = Servers::scim2_server(&[2]).await;
    let configuration = servers.with(2, json!({ "Groups": true }));
    let [mut ours, mut theirs] = [2, 3].map(|co| Place::new(PLUGIN, co, 3, &configuration));
    let [mut our_team, mut their_team] = [&ours, &theirs].map(|place| place.group(7));
    for (person, team, name) in [(&mut ours, &mut our_team, "mira"), (&mut theirs, &mut their_team, "nia")] {
        person.call(&member(name, &[7]), Work::Apply).await.unwrap();
        person.world().members.lock().unwrap().insert(7, vec![person.key()]);
        team.call(&group(7, &format!("team of {name}")), Work::Apply).await.unwrap();
    }
    theirs.call(&member("nia", &[]), Work::Apply).await.unwrap();
    our_team.action = Some("GR");
    our_team.call(&group(7, "team of mira"), Work::Apply).await.unwrap();
    let groups = servers.groups(2).await;
    assert_eq!((groups["team of mira"].clone(), groups["team of nia"].len()), (vec!["mira".to_owned()], 0));
    theirs.remove().await;
    their_team.remove().await;
    assert_eq!(
        servers.groups(2).await.into_iter().collect::<Vec<_>>(),
        [("team of mira".to_owned(), vec!["mira".to_owned()])]
    );
}

#[tokio::test]
async fn who_is_suspended_is_there_and_not_active() {
    let servers = Servers::scim2_server(&[2]).await;
    let mut mira = Place::new(PLUGIN, 2, 3, &servers.with(2, json!({})));
    for (provisionable, active) in
        [(Provisionable::Everything, true), (Provisionable::PersonData, false), (Provisionable::Everything, true)]
    {
        let mut state: SubjectState = person("mira", "Oduya");
        let Some(Data::Person(person)) = &mut state.data else { panic!("no person") };
        person.provisionable = provisionable.into();
        mira.call(&state, Work::Apply).await.unwrap();
        assert_eq!(servers.all(2, "Users").await[0]["active"], active);
    }
}

/// A server that gives tokens, the first one a wrong one; and how often it was asked.
async fn tokens() -> (String, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let give = async move |headers: HeaderMap, body: String| {
        let mut seen = seen.lock().unwrap();
        seen.push(format!("{:?} {body}", headers.get("authorization")));
        let token = if seen.len() == 1 { "stale" } else { ScimServer::SECRET };
        let granted = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 });
        let refused = json!({ "error": "invalid_client", "error_description": "not s3cret" });
        match headers.get("authorization").is_some_and(|value| value == "Basic YyUyRjE6czNjcmV0") {
            true => (StatusCode::OK, granted.to_string()),
            false => (StatusCode::UNAUTHORIZED, refused.to_string()),
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/token", post(give))).await });
    (url, asked)
}

#[tokio::test]
async fn a_token_is_got_once_and_again_when_it_is_refused() {
    let servers = Servers::scim2_server(&[2]).await;
    let (url, asked) = tokens().await;
    let with = |id: &str| {
        let client = json!({ "AuthType": "OAuth2", "TokenUrl": url, "ClientId": id, "ClientSecret": "s3cret" });
        let mut all = servers.with(2, client);
        all.as_object_mut().unwrap().remove("Token");
        all
    };
    let mut mira = Place::new(PLUGIN, 2, 3, &with("c/1"));
    mira.apply("mira", "Oduya").await;
    mira.another(4).apply("nia", "Okafor").await;
    assert_eq!(servers.all(2, "Users").await.len(), 2);
    let asked = asked.lock().unwrap().clone();
    assert!(
        asked.len() == 2 && asked.iter().all(|asked| asked.ends_with(" grant_type=client_credentials")),
        "{asked:?}"
    );

    let mut stranger = Place::new(PLUGIN, 2, 5, &with("c2"));
    let refused = stranger.call(&person("zoe", "Oduya"), Work::Apply).await.unwrap_err();
    assert_eq!(refused, ConnectorError::permanent("The server answered 401 Unauthorized: no token was granted."));
}
