//! Calls about several people at one time.

use std::collections::BTreeMap;

use provisioning_service::domain::eligibility::Work;
use serde_json::json;

use crate::contract::{
    Place,
    scim::{
        PLUGIN, Servers,
        between::{self, Less},
        group, member,
    },
};

/// Where groups are written whole, and no tag says that somebody else wrote meanwhile, no call undoes what another one does.
pub(in crate::contract) async fn who_come_at_once_are_all_there(servers: &Servers) {
    let less = Less { untagged: true, ..Less::default() };
    let configuration = between::with(servers, less, json!({ "Groups": true, "Patch": "Never" })).await;
    let mut ada = Place::new(PLUGIN, 2, 1, &configuration);
    let (mut bea, mut team) = (ada.another(2), ada.group(7));
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    bea.call(&member("bea", &[]), Work::Apply).await.unwrap();
    ada.world().members.lock().unwrap().insert(7, Vec::new());
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    let (first, second) = (member("ada", &[7]), member("bea", &[7]));
    let (one, other) = tokio::join!(ada.call_and_crash(&first, Work::Apply), bea.call_and_crash(&second, Work::Apply));
    one.unwrap();
    other.unwrap();
    let both = ["ada", "bea"].map(str::to_owned).to_vec();
    assert_eq!(servers.groups(2).await, BTreeMap::from([("Team".to_owned(), both)]));
}
