//! Groups in a directory.

use std::collections::BTreeMap;

use ldap3::{Mod, SearchEntry};
use proto::registry::v1::{Identifier, SubjectState, subject_state::Data};
use provisioning_service::domain::eligibility::Work;

use crate::contract::ldap::{Server, admin, below, group, member, people};

const BASE: &str = "ou=groups,dc=example,dc=org";

/// The groups with the short names of their members.
pub(crate) async fn groups(server: &Server) -> BTreeMap<String, Vec<String>> {
    let one = |entry: SearchEntry| {
        let mut members: Vec<String> = entry.attrs["member"].clone();
        members.iter_mut().for_each(|dn| *dn = dn.replace(&format!(",{}", super::base(2)), ""));
        members.sort();
        (entry.attrs["cn"].join("|"), members)
    };
    below(server, BASE).await.into_iter().map(one).collect()
}

pub(crate) async fn a_membership_is_one_value_and_a_group_without_members_is_none(server: &Server) {
    let mut ada = people(server, "groupOfNames");
    let (mut bea, mut cleo) = (ada.another(2), ada.another(3));
    let (mut team, world) = (ada.group(7), ada.world().clone());
    let (name, other) = ("Team, \"A\" + Ä", "Team B");
    for (place, identifier) in [(&mut ada, "ada"), (&mut bea, "b,ea ä=#"), (&mut cleo, "cleo")] {
        place.call(&member(identifier, &[(7, name)]), Work::Apply).await.unwrap();
    }
    assert_eq!(groups(server).await, BTreeMap::new(), "the group is not at the target");

    let all = [ada.key(), bea.key(), cleo.key()];
    world.members.lock().unwrap().insert(7, all.to_vec());
    team.call(&group(7, name), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    assert_eq!(groups(server).await[name].len(), 3, "a new group is filled, page by page");
    let listed = world.listed.load(std::sync::atomic::Ordering::SeqCst);

    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    cleo.call(&member("cleo2", &[(7, name)]), Work::Apply).await.unwrap();
    bea.remove().await;
    team.call(&group(7, name), Work::Apply).await.unwrap();
    assert_eq!(groups(server).await, BTreeMap::from([(name.to_owned(), vec!["uid=cleo2".to_owned()])]));
    assert_eq!(world.listed.load(std::sync::atomic::Ordering::SeqCst), listed, "no members were listed");

    world.members.lock().unwrap().insert(7, Vec::new());
    cleo.call(&member("cleo2", &[]), Work::Apply).await.unwrap();
    assert_eq!(groups(server).await, BTreeMap::new(), "the last member takes the entry along");
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    ada.call(&member("ada", &[(7, name)]), Work::Apply).await.unwrap();
    assert_eq!(groups(server).await, BTreeMap::from([(name.to_owned(), vec!["uid=ada".to_owned()])]));

    // Somebody else's group, and somebody else's member in ours.
    let key = ada.key();
    let foreign = vec![("objectClass", ["groupOfNames"].into()), ("member", [key.as_str()].into())];
    let mut ldap = admin(server).await;
    ldap.add(&format!("cn=foreign,{BASE}"), foreign).await.unwrap().success().unwrap();
    let stranger = Mod::Add("member", ["cn=stranger"].into());
    ldap.modify(&team.key(), vec![stranger]).await.unwrap().success().unwrap();
    team.call(&group(7, other), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    let now = groups(server).await;
    assert_eq!(now.keys().map(String::as_str).collect::<Vec<_>>(), [other, "foreign"]);
    assert_eq!(now[other], ["uid=ada"]);
    world.members.lock().unwrap().clear();
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    assert_eq!(groups(server).await.keys().collect::<Vec<_>>(), ["foreign"]);
    team.remove().await;
}

/// A change that takes many members away is done whole or not at all: one that is gone already must not keep the others.
pub(crate) async fn who_is_to_leave_leaves_also_when_another_one_has_left_meanwhile(server: &Server) {
    let mut ada = people(server, "groupOfNames");
    let (mut bea, mut cleo) = (ada.another(2), ada.another(3));
    let (mut team, world) = (ada.group(7), ada.world().clone());
    for (place, identifier) in [(&mut ada, "ada"), (&mut bea, "bea"), (&mut cleo, "cleo")] {
        place.call(&member(identifier, &[(7, "Team")]), Work::Apply).await.unwrap();
    }
    world.members.lock().unwrap().insert(7, vec![ada.key(), bea.key(), cleo.key()]);
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);

    let renamed = format!("cn=Other,{BASE}");
    let (mut ldap, dn, gone) = (admin(server).await, renamed, bea.key());
    *world.meanwhile.0.lock().unwrap() = Some(Box::pin(async move {
        let leaves = Mod::Delete("member".to_owned(), [gone].into());
        ldap.modify(&dn, vec![leaves]).await.unwrap().success().unwrap();
    }));
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    // Called otherwise, so its members are listed.
    team.call(&group(7, "Other"), Work::Apply).await.unwrap();
    assert_eq!(groups(server).await, BTreeMap::from([("Other".to_owned(), vec!["uid=ada".to_owned()])]));
}

/// Whose name changes, or who leaves, when the members were listed and not written yet: the call of that person finds no group
/// that has the old name.
pub(crate) async fn who_is_renamed_or_leaves_while_a_group_is_filled_is_not_in_it_as_before(server: &Server) {
    let mut ada = people(server, "groupOfNames");
    let (mut bea, mut cleo) = (ada.another(2), ada.another(3));
    let (mut team, world) = (ada.group(7), ada.world().clone());
    for (place, identifier) in [(&mut ada, "ada"), (&mut bea, "bea"), (&mut cleo, "cleo")] {
        place.call(&member(identifier, &[(7, "Team")]), Work::Apply).await.unwrap();
    }
    // All on one page.
    world.pages.store(3, std::sync::atomic::Ordering::SeqCst);
    world.members.lock().unwrap().insert(7, vec![ada.key(), bea.key(), cleo.key()]);
    world.groups.lock().unwrap().insert(format!("cn=team,{BASE}"), 7);
    let (members, now) = (world.members.clone(), vec![ada.key().replace("uid=ada", "uid=ida"), cleo.key()]);
    *world.afterwards.0.lock().unwrap() = Some(Box::pin(async move {
        members.lock().unwrap().insert(7, now);
        ada.call(&member("ida", &[(7, "Team")]), Work::Apply).await.unwrap();
        bea.remove().await;
    }));
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    assert_eq!(groups(server).await["Team"], ["uid=cleo", "uid=ida"]);
}

/// Whose membership ends and begins again when the members were listed and not written yet: the call of that person finds a
/// value that goes afterwards, or an entry that does.
pub(crate) async fn who_comes_while_a_group_is_filled_is_in_it(server: &Server) {
    for stays in [true, false] {
        let mut ada = people(server, "groupOfNames");
        let mut bea = ada.another(2);
        let (mut team, world) = (ada.group(7), ada.world().clone());
        for (place, identifier) in [(&mut ada, "ada"), (&mut bea, "bea")] {
            place.call(&member(identifier, &[(7, "Team")]), Work::Apply).await.unwrap();
        }
        world.groups.lock().unwrap().insert(format!("cn=team,{BASE}"), 7);
        world.members.lock().unwrap().insert(7, vec![ada.key(), bea.key()]);
        team.call(&group(7, "Team"), Work::Apply).await.unwrap();
        assert_eq!(groups(server).await["Team"], ["uid=ada", "uid=bea"]);
        // Called otherwise, so its members are listed.
        let left = if stays { vec![ada.key()] } else { Vec::new() };
        let now = [left.clone(), vec![bea.key()]].concat();
        world.members.lock().unwrap().insert(7, left);
        let members = world.members.clone();
        *world.afterwards.0.lock().unwrap() = Some(Box::pin(async move {
            members.lock().unwrap().insert(7, now);
            bea.call(&member("bea", &[(7, "Other")]), Work::Apply).await.unwrap();
        }));
        team.call(&group(7, "Other"), Work::Apply).await.unwrap();
        let expected: &[&str] = if stays { &["uid=ada", "uid=bea"] } else { &["uid=bea"] };
        assert_eq!(groups(server).await["Other"], expected);
        team.remove().await;
    }
}

/// The last one leaves a group to which somebody else has come.
pub(crate) async fn a_group_whose_last_member_leaves_is_asked_for_if_another_one_belongs(server: &Server) {
    let mut ada = people(server, "groupOfNames");
    let mut bea = ada.another(2);
    let (mut team, world) = (ada.group(7), ada.world().clone());
    for (place, identifier) in [(&mut ada, "ada"), (&mut bea, "bea")] {
        place.call(&member(identifier, &[(7, "Team")]), Work::Apply).await.unwrap();
    }
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    world.members.lock().unwrap().insert(7, vec![bea.key()]);
    let applied = ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    assert_eq!((applied.groups, groups(server).await), (vec![7], BTreeMap::new()));
    team.action = Some("GR");
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    assert_eq!(groups(server).await, BTreeMap::from([("Team".to_owned(), vec!["uid=bea".to_owned()])]));
    world.members.lock().unwrap().insert(7, Vec::new());
    let applied = bea.call(&member("bea", &[]), Work::Apply).await.unwrap();
    assert_eq!((applied.groups, groups(server).await), (Vec::new(), BTreeMap::new()));
}

/// A person's call whose state was read before a group was called otherwise.
pub(crate) async fn a_group_is_not_made_under_a_name_that_it_loses(server: &Server) {
    let mut ada = people(server, "groupOfNames");
    let (mut team, world) = (ada.group(7), ada.world().clone());
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    world.members.lock().unwrap().insert(7, Vec::new());
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    assert_eq!(groups(server).await, BTreeMap::new());
    // By the first question, or while the entry is made.
    for said in [vec![false], vec![true, false]] {
        *world.called.lock().unwrap() = said.into();
        let applied = ada.call(&member("ada", &[(7, "Team")]), Work::Apply).await.unwrap();
        assert_eq!((applied.groups, groups(server).await), (vec![7], BTreeMap::new()));
        assert_eq!(*world.called.lock().unwrap(), [false]);
    }
    world.called.lock().unwrap().clear();
    let applied = ada.call(&member("ada", &[(7, "Team")]), Work::Apply).await.unwrap();
    assert_eq!((applied.groups, groups(server).await.len()), (Vec::new(), 1));
}

/// A directory compares names without case, and so must whoever asks whose a name is.
pub(crate) async fn names_that_differ_in_case_alone_are_one(server: &Server) {
    let mut ada = people(server, "groupOfNames");
    let (mut other, mut team, world) = (ada.another(2), ada.group(7), ada.world().clone());
    ada.call(&member("Ada", &[(7, "Team")]), Work::Apply).await.unwrap();
    other.call(&member("ada", &[]), Work::Apply).await.unwrap();
    assert_eq!(ada.key(), other.key(), "they have one entry, and whoever takes away finds the other");
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    team.call(&group(7, "TEAM"), Work::Apply).await.unwrap();
    ada.call(&member("Ada", &[(7, "TEAM")]), Work::Apply).await.unwrap();
    assert_eq!(groups(server).await.into_values().collect::<Vec<_>>(), [["uid=ada"]]);
}

/// A group of a system, with its number if it has one.
pub(crate) fn numbered(name: &str, number: Option<&str>) -> SubjectState {
    let mut state = group(7, name);
    let Some(Data::Group(group)) = &mut state.data else { panic!("no group") };
    group.identifiers.extend(number.map(|number| Identifier {
        identifier: Some(number.to_owned()),
        r#type: Some("gidNumber".to_owned()),
        ..Identifier::default()
    }));
    state
}

pub(crate) async fn a_group_of_a_system_is_numbered_and_names_its_members_as_they_are_written(server: &Server) {
    let mut ada = people(server, "posixGroup");
    let (mut bea, mut team, world) = (ada.another(2), ada.group(7), ada.world().clone());
    let refused = team.call(&numbered("team", None), Work::Apply).await.unwrap_err();
    assert_eq!(refused.to_string(), "No identifier of type gidNumber found for CO Group");
    let seen = async || {
        let found = below(server, BASE).await.pop().map(|found| found.attrs).unwrap_or_default();
        ["gidNumber", "memberUid"].map(|name| found.get(name).map(|values| values.join(" ")).unwrap_or_default())
    };
    ada.call(&member("Ada", &[(7, "team")]), Work::Apply).await.unwrap();
    world.members.lock().unwrap().insert(7, vec![ada.key(), format!("uid=away,{}", super::base(2))]);
    team.call(&numbered("team", Some("4711")), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    assert_eq!(seen().await, ["4711", "Ada"], "who is not there yet adds itself");
    bea.call(&member("Bea", &[(7, "team")]), Work::Apply).await.unwrap();
    ada.call(&member("aDa2", &[(7, "team")]), Work::Apply).await.unwrap();
    team.call(&numbered("team", Some("4712")), Work::Apply).await.unwrap();
    bea.remove().await;
    assert_eq!(seen().await, ["4712", "aDa2"]);
    ada.call(&member("aDa2", &[]), Work::Apply).await.unwrap();
    assert_eq!(seen().await, ["4712", ""], "it stays without members");
    team.remove().await;
    assert_eq!(seen().await, ["", ""]);
}

/// Somebody took its entry away, or it was made by a call that broke off before it was filled.
pub(crate) async fn a_group_that_is_not_there_any_more_or_was_made_by_half_is_filled(server: &Server) {
    for class in ["groupOfNames", "posixGroup"] {
        let mut ada = people(server, class);
        let (mut team, world) = (ada.group(7), ada.world().clone());
        ada.call(&member("Ada", &[(7, "team")]), Work::Apply).await.unwrap();
        world.members.lock().unwrap().insert(7, vec![ada.key()]);
        let state = numbered("team", Some("4711"));
        team.call(&state, Work::Apply).await.unwrap();
        world.groups.lock().unwrap().insert(team.key(), 7);
        let dn = format!("cn=team,{BASE}");
        let members = async || {
            let found = below(server, BASE).await.pop().map(|found| found.attrs).unwrap_or_default();
            ["member", "memberUid"].into_iter().find_map(|name| found.get(name).cloned()).unwrap_or_default()
        };
        let whole = members().await;
        assert_eq!(whole.len(), 1, "{class}");

        admin(server).await.delete(&dn).await.unwrap().success().unwrap();
        team.call(&state, Work::Apply).await.unwrap();
        assert_eq!(members().await, whole, "{class} was made anew");

        let (attribute, nobody) =
            if class == "posixGroup" { ("memberUid", None) } else { ("member", Some("cn=nobody")) };
        let values = nobody.into_iter().collect();
        admin(server).await.modify(&dn, vec![Mod::Replace(attribute, values)]).await.unwrap().success().unwrap();
        team.resumes = true;
        team.call(&state, Work::Apply).await.unwrap();
        assert!(members().await.contains(&whole[0]), "{class} was begun before");
        team.remove().await;
    }
}
