//! Servers that delete nothing.

use axum::http::StatusCode;
use proto::registry::v1::SubjectState;
use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use serde_json::json;

use crate::contract::{
    Place,
    scim::{
        PLUGIN, Servers,
        between::{self, Less},
        group, member,
    },
};

/// Who is to be removed is not active and in no group; comes such a person back, all is as it was.
pub(in crate::contract) async fn who_cannot_be_deleted_is_not_active(servers: &Servers) {
    let refusals = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::FORBIDDEN, StatusCode::NOT_IMPLEMENTED];
    for (status, patch) in refusals.into_iter().zip(["Auto", "Never", "Auto"]) {
        let less = Less { no_delete: Some(status), ..Less::default() };
        let configuration = between::with(servers, less, json!({ "Groups": true, "Patch": patch })).await;
        let mut ada = Place::new(PLUGIN, 2, 1, &configuration);
        let mut team = ada.group(7);
        ada.call(&member("ada", &[7]), Work::Apply).await.unwrap();
        ada.world().members.lock().unwrap().insert(7, vec![ada.key()]);
        team.call(&group(7, "Team"), Work::Apply).await.unwrap();
        assert_eq!(servers.groups(2).await["Team"], ["ada"], "{status}");
        ada.call_and_crash(&SubjectState::default(), Work::Remove).await.unwrap();
        ada.remove().await;
        let users = servers.all(2, "Users").await;
        assert_eq!((users.len(), &users[0]["active"], &users[0]["userName"]), (1, &json!(false), &json!("ada")));
        assert_eq!(servers.groups(2).await["Team"], [""; 0], "{status}");

        ada.call(&member("ada", &[7]), Work::Apply).await.unwrap();
        let users = servers.all(2, "Users").await;
        assert_eq!((users.len(), &users[0]["active"]), (1, &json!(true)));
        assert_eq!(servers.groups(2).await["Team"], ["ada"], "{status}");
    }
}

/// A group has no such thing: nobody is in it any more, and people are told.
pub(in crate::contract) async fn a_group_that_cannot_be_deleted_is_empty(servers: &Servers) {
    let less = Less { no_delete: Some(StatusCode::NOT_IMPLEMENTED), ..Less::default() };
    let configuration = between::with(servers, less, json!({ "Groups": true })).await;
    let mut ada = Place::new(PLUGIN, 2, 1, &configuration);
    let mut team = ada.group(7);
    ada.call(&member("ada", &[7]), Work::Apply).await.unwrap();
    ada.world().members.lock().unwrap().insert(7, vec![ada.key()]);
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    for _ in 0..2 {
        let refused = team.call(&SubjectState::default(), Work::Remove).await.unwrap_err();
        let sentence = "The server deletes no groups: it is there still, without members.";
        assert_eq!(refused, ConnectorError::permanent(sentence));
        assert_eq!(servers.groups(2).await["Team"], [""; 0]);
    }
}
