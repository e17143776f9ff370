//! Who owns groups in a directory.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use ldap3::{Mod, SearchEntry};
use proto::registry::v1::{CoGroupMember, SubjectState, subject_state::Data};
use provisioning_service::domain::eligibility::Work;
use testkit::Slapd;

use crate::contract::ldap::{Server, admin, base, below, group, groups, member, people};

/// The groups with the short names of their owners.
async fn owners(server: &Server) -> BTreeMap<String, Vec<String>> {
    let one = |entry: SearchEntry| {
        let mut owners: Vec<String> = entry.attrs.get("owner").cloned().unwrap_or_default();
        owners.iter_mut().for_each(|dn| *dn = dn.replace(&format!(",{}", base(2)), ""));
        owners.sort();
        (entry.attrs["cn"].join("|"), owners)
    };
    below(server, &format!("ou=groups,{}", Slapd::BASE)).await.into_iter().map(one).collect()
}

/// A person who owns a group, and may be in it.
fn owner(identifier: &str, of: (i64, &str), is_member: bool) -> SubjectState {
    let mut state = member(identifier, &[of]);
    let Some(Data::Person(person)) = &mut state.data else { panic!("no person") };
    person.memberships[0].member =
        Some(CoGroupMember { member: Some(is_member), owner: Some(true), ..CoGroupMember::default() });
    state
}

pub(crate) async fn who_owns_a_group_is_named_whether_in_it_or_not(server: &Server) {
    let mut ada = people(server, "groupOfNames");
    let (mut bea, mut cleo) = (ada.another(2), ada.another(3));
    let (mut team, world) = (ada.group(7), ada.world().clone());
    let (name, other) = ("Team, \"A\" + Ä", "Team B");
    let owned = |name: &str, owners: &[&str]| {
        BTreeMap::from([(name.to_owned(), owners.iter().map(|own| format!("uid={own}")).collect::<Vec<_>>())])
    };
    ada.call(&member("ada", &[(7, name)]), Work::Apply).await.unwrap();
    bea.call(&owner("bea", (7, name), false), Work::Apply).await.unwrap();
    assert_eq!(owners(server).await, BTreeMap::new(), "the group is not at the target");

    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    world.owners.lock().unwrap().insert(7, vec![bea.key()]);
    team.call(&group(7, name), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    assert_eq!(owners(server).await, owned(name, &["bea"]));
    let listed = world.listed.load(Ordering::SeqCst);
    let state = owner("cleo", (7, name), true);
    let plan = cleo.plan(&state, Work::Apply).await;
    assert!(plan.steps.last().unwrap().text.contains("\nadd: owner\nowner: uid=cleo,"), "{plan:#?}");
    cleo.call(&state, Work::Apply).await.unwrap();
    assert_eq!(cleo.plan(&state, Work::Apply).await.steps, []);
    bea.call(&owner("bea2", (7, name), false), Work::Apply).await.unwrap();
    assert_eq!(owners(server).await, owned(name, &["bea2", "cleo"]));
    assert_eq!(groups(server).await, owned(name, &["ada", "cleo"]), "an owner alone is no member");
    cleo.call(&member("cleo", &[(7, name)]), Work::Apply).await.unwrap();
    assert_eq!(owners(server).await, owned(name, &["bea2"]));
    assert_eq!(world.listed.load(Ordering::SeqCst), listed, "nobody was listed");

    // Who is no owner of ours goes when all are listed, and a group that is made anew has its owners.
    let stranger = Mod::Add("owner", ["cn=stranger"].into());
    admin(server).await.modify(&team.key(), vec![stranger]).await.unwrap().success().unwrap();
    world.members.lock().unwrap().insert(7, vec![ada.key(), cleo.key()]);
    world.owners.lock().unwrap().insert(7, vec![bea.key()]);
    team.call(&group(7, other), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    assert_eq!(owners(server).await, owned(other, &["bea2"]));
    world.members.lock().unwrap().insert(7, Vec::new());
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    cleo.call(&member("cleo", &[]), Work::Apply).await.unwrap();
    bea.call(&owner("bea2", (7, other), false), Work::Apply).await.unwrap();
    assert_eq!(owners(server).await, BTreeMap::new(), "owners alone are no group");
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    let applied = ada.call(&member("ada", &[(7, other)]), Work::Apply).await.unwrap();
    assert_eq!(applied.groups, [7], "it may lack its owners");
    team.action = Some("GR");
    team.call(&group(7, other), Work::Apply).await.unwrap();
    assert_eq!(owners(server).await, owned(other, &["bea2"]));
    bea.remove().await;
    assert_eq!(owners(server).await, owned(other, &[]));
}
