//! Servers that give little at a time.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
};

use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use serde_json::{Value as Json, json};

use crate::contract::{
    Place,
    scim::{
        PLUGIN, Servers,
        between::{self, Less},
        group, member,
    },
};

const NAMES: [&str; 5] = ["ada", "bea", "cleo", "dora", "eve"];

/// Five people who are in two groups, at a server as it is.
async fn filled(configuration: &Json) -> (Vec<Place>, [Place; 2]) {
    let first = Place::new(PLUGIN, 2, 1, configuration);
    let (mut people, mut groups) = (vec![first], Vec::new());
    people.extend((2..=5).map(|id| people[0].another(id)).collect::<Vec<_>>());
    for (person, name) in people.iter_mut().zip(NAMES) {
        person.call(&member(name, &[7, 8, 9]), Work::Apply).await.unwrap();
    }
    let keys: Vec<String> = people.iter().map(Place::key).collect();
    let world = people[0].world();
    // All of them are looked up with one call.
    world.pages.store(10, Ordering::SeqCst);
    for id in [7, 8, 9] {
        world.members.lock().unwrap().insert(id, keys.clone());
        let mut team = people[0].group(id);
        team.call(&group(id, &format!("Team {id}")), Work::Apply).await.unwrap();
        groups.push(team);
    }
    let [seven, eight, _] = <[Place; 3]>::try_from(groups).unwrap_or_else(|_| panic!("three groups"));
    (people, [seven, eight])
}

fn all() -> Vec<String> {
    NAMES.map(str::to_owned).to_vec()
}

/// The same subject at the same server, as another target sees it.
fn seen_so(place: &Place, configuration: &Json) -> Place {
    let mut other = Place::new(PLUGIN, 2, place.id, configuration);
    other.kind = place.kind;
    other.beside = place.beside.clone();
    other.applied.clone_from(&place.applied);
    other
}

/// Who is on a later page is found as well as who is on the first one: no rightful member is taken out, and who leaves all groups
/// leaves all of them.
pub(in crate::contract) async fn all_pages_are_read(servers: &Servers) {
    let (people, [team, _]) = filled(&servers.with(2, json!({ "Groups": true }))).await;
    let less = Less { page: Some(2), ..Less::default() };
    let configuration = between::with(servers, less, json!({ "Groups": true })).await;
    let mut team = seen_so(&team, &configuration);
    team.action = Some("GR");
    assert_eq!(team.plan(&group(7, "Team 7"), Work::Apply).await.steps, [], "nobody is to come or to go");
    team.call(&group(7, "Team 7"), Work::Apply).await.unwrap();
    assert_eq!(servers.groups(2).await["Team 7"], all());

    let mut ada = seen_so(&people[0], &configuration);
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    let rest: Vec<String> = all().split_off(1);
    let expected = [7, 8, 9].map(|id| (format!("Team {id}"), rest.clone()));
    assert_eq!(servers.groups(2).await, BTreeMap::from(expected));
    let mut keys = ada.keys().await;
    keys.sort();
    assert_eq!(keys, (1..=5).map(|id| format!("co_2:co_person:{id}")).collect::<Vec<_>>());
}

/// Of a part nothing follows: neither that somebody is not there, nor that a group has members that it is not to have.
pub(in crate::contract) async fn a_part_is_not_taken_for_all(servers: &Servers) {
    let (people, [team, _]) = filled(&servers.with(2, json!({ "Groups": true }))).await;
    let before = servers.groups(2).await;
    let less = Less { page: Some(2), first_alone: true, ..Less::default() };
    let configuration = between::with(servers, less, json!({ "Groups": true })).await;
    let mut team = seen_so(&team, &configuration);
    team.action = Some("GR");
    let refused = team.call(&group(7, "Team 7"), Work::Apply).await.unwrap_err();
    let sentence = "The server says that it has 5 of what it was asked for, and gives 2.";
    assert_eq!(refused, ConnectorError::retryable(sentence));
    let mut ada = seen_so(&people[0], &configuration);
    let refused = ada.call(&member("ada", &[]), Work::Apply).await.unwrap_err();
    assert!(matches!(refused, ConnectorError::Retryable { .. }), "{refused:?}");
    assert_eq!(servers.groups(2).await, before);
    let connector = Arc::clone(&ada.connector);
    let mut after = None;
    for _ in 0..3 {
        match connector.keys(&ada.target, ada.kind, after).await {
            Ok(page) if page.next.is_some() => after = page.next,
            Ok(page) => panic!("a part was taken for all: {page:?}"),
            Err(error) => return assert!(matches!(error, ConnectorError::Retryable { .. }), "{error:?}"),
        }
    }
    panic!("it goes on for ever");
}
