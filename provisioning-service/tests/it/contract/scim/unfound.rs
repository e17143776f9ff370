//! Servers that pass over a filter that they do not know, and answer with all that they have.

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

/// Who is in no group is not taken for a member of all: who comes into one is put there, and who leaves it is taken out of that one.
pub(in crate::contract) async fn all_groups_are_not_those_of_a_person(servers: &Servers) {
    let less = Less { no_filter: Some("members%2Evalue"), ..Less::default() };
    let configuration = between::with(servers, less, json!({ "Groups": true })).await;
    let mut ada = Place::new(PLUGIN, 2, 1, &configuration);
    let mut bea = ada.another(2);
    ada.call(&member("ada", &[7]), Work::Apply).await.unwrap();
    bea.call(&member("bea", &[]), Work::Apply).await.unwrap();
    ada.world().members.lock().unwrap().insert(7, vec![ada.key()]);
    for (id, name) in [(7, "Seven"), (8, "Eight")] {
        ada.group(id).call(&group(id, name), Work::Apply).await.unwrap();
    }
    let are = async |seven: &[&str], eight: &[&str]| {
        let members = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let expected = [("Seven".to_owned(), members(seven)), ("Eight".to_owned(), members(eight))];
        assert_eq!(servers.groups(2).await, BTreeMap::<String, Vec<String>>::from(expected));
    };
    are(&["ada"], &[]).await;
    bea.call(&member("bea", &[7, 8]), Work::Apply).await.unwrap();
    are(&["ada", "bea"], &["bea"]).await;
    bea.call(&member("bea", &[8]), Work::Apply).await.unwrap();
    are(&["ada"], &["bea"]).await;
    bea.remove().await;
    are(&["ada"], &[]).await;
}
