//! Values that are one to a directory, however they are written.

use ldap3::{Mod, Scope, SearchEntry};
use proto::registry::v1::{CoPersonRole, Identifier, PersonState, SubjectState, TelephoneNumber, subject_state::Data};
use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use serde_json::json;
use testkit::Slapd;

use crate::contract::{
    Place,
    ldap::{Server, admin, base, below, configuration, groups::numbered, member, people},
    person,
};

fn changed(state: &mut SubjectState) -> &mut PersonState {
    let Some(Data::Person(person)) = &mut state.data else { panic!("no person") };
    person
}

/// Whom the one group of a system names.
async fn named(server: &Server) -> Vec<String> {
    let group = below(server, &format!("ou=groups,{}", Slapd::BASE)).await.pop().unwrap();
    let mut named = group.attrs.get("memberUid").cloned().unwrap_or_default();
    named.sort();
    named
}

/// Writes into the group of a system.
async fn write(server: &Server, change: Mod<&str>) {
    let dn = format!("cn=team,ou=groups,{}", Slapd::BASE);
    admin(server).await.modify(&dn, vec![change]).await.unwrap().success().unwrap();
}

pub(crate) async fn a_group_of_a_system_names_nobody_in_two_ways(server: &Server) {
    let mut mira = people(server, "posixGroup");
    let (mut team, world) = (mira.group(7), mira.world().clone());
    mira.call(&member("Mira", &[(7, "team")]), Work::Apply).await.unwrap();
    world.members.lock().unwrap().insert(7, vec![mira.key()]);
    team.call(&numbered("team", Some("4711")), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    assert_eq!(named(server).await, ["Mira"]);
    team.action = Some("GR");
    // Edited: the entry keeps its spelling, and so does the group, whoever writes it.
    mira.call(&member("mira", &[(7, "team")]), Work::Apply).await.unwrap();
    assert_eq!(named(server).await, ["Mira"]);
    team.call(&numbered("team", Some("4711")), Work::Apply).await.unwrap();
    assert_eq!(named(server).await, ["Mira"]);
    // As it may have been written before.
    write(server, Mod::Add("memberUid", ["mira"].into())).await;
    mira.call(&member("mira", &[(7, "team")]), Work::Apply).await.unwrap();
    assert_eq!(named(server).await, ["Mira"]);
    write(server, Mod::Add("memberUid", ["mira", "MIRA"].into())).await;
    mira.call(&member("MIRA", &[]), Work::Apply).await.unwrap();
    assert_eq!(named(server).await, Vec::<String>::new(), "whoever leaves leaves under all names");
    mira.call(&member("MIRA", &[(7, "team")]), Work::Apply).await.unwrap();
    write(server, Mod::Add("memberUid", ["mira"].into())).await;
    mira.call(&member("nora", &[(7, "team")]), Work::Apply).await.unwrap();
    assert_eq!(named(server).await, ["nora"]);
    mira.call(&member("Nora  B", &[(7, "team")]), Work::Apply).await.unwrap();
    mira.call(&member("Nora B", &[(7, "team")]), Work::Apply).await.unwrap();
    assert_eq!(named(server).await.len(), 1, "blanks are no other name");
    mira.call(&member("Mira", &[(7, "team")]), Work::Apply).await.unwrap();
    mira.call(&member("mira", &[(7, "team")]), Work::Apply).await.unwrap();
    write(server, Mod::Add("memberUid", ["mira"].into())).await;
    mira.remove().await;
    assert_eq!(named(server).await, Vec::<String>::new());
}

/// An attempt that broke off has renamed the entry, and with it went the letters of the former name.
pub(crate) async fn a_former_name_that_nobody_knows_is_taken_out_by_the_group(server: &Server) {
    let mut mira = people(server, "posixGroup");
    let (mut team, world) = (mira.group(7), mira.world().clone());
    mira.call(&member("Mira", &[(7, "team")]), Work::Apply).await.unwrap();
    world.members.lock().unwrap().insert(7, vec![mira.key()]);
    team.call(&numbered("team", Some("4711")), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    let mut ldap = admin(server).await;
    let renamed = ldap.modifydn(&format!("uid=Mira,{}", base(2)), "uid=nora", true, None).await.unwrap();
    renamed.success().unwrap();
    let applied = mira.call_and_crash(&member("nora", &[(7, "team")]), Work::Apply).await.unwrap();
    assert_eq!(applied.groups, [7], "it is asked for");
    world.members.lock().unwrap().insert(7, vec![format!("uid=nora,{}", base(2))]);
    team.action = Some("GR");
    team.call(&numbered("team", Some("4711")), Work::Apply).await.unwrap();
    assert_eq!(named(server).await, ["nora"]);
}

pub(crate) async fn an_entry_that_is_taken_over_is_named_as_it_is_written(server: &Server) {
    let mut ldap = admin(server).await;
    let mut entry = vec![("objectClass", ["inetOrgPerson"].into()), ("uid", ["MIRA"].into())];
    entry.extend([("cn", ["x"].into()), ("sn", ["x"].into())]);
    ldap.add(&format!("uid=MIRA,{}", base(2)), entry).await.unwrap().success().unwrap();
    let mut mira = people(server, "posixGroup");
    let (mut team, world) = (mira.group(7), mira.world().clone());
    team.call(&numbered("team", Some("4711")), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    write(server, Mod::Add("memberUid", ["Mira"].into())).await;
    // A second identifier, so that the values of the attribute differ.
    let mut state = member("Mira", &[(7, "team")]);
    let second = changed(&mut state).identifiers[0].clone();
    changed(&mut state).identifiers.push(Identifier { identifier: Some("m2".to_owned()), ..second });
    mira.call(&state, Work::Apply).await.unwrap();
    assert_eq!(named(server).await, ["MIRA"]);
    let found = ldap.search(&base(2), Scope::OneLevel, "(uid=mira)", vec!["uid"]).await.unwrap().success().unwrap().0;
    let mut found = SearchEntry::construct(found.into_iter().next().unwrap()).attrs["uid"].clone();
    found.sort();
    assert_eq!(found, ["MIRA", "m2"]);
    world.members.lock().unwrap().insert(7, vec![mira.key()]);
    team.action = Some("GR");
    team.call(&numbered("team", Some("4711")), Work::Apply).await.unwrap();
    assert_eq!(named(server).await, ["MIRA"]);
    mira.remove().await;
    assert_eq!(named(server).await, Vec::<String>::new());
}

/// A member whose name has blanks that the directory squeezes.
pub(crate) async fn blanks_in_names_are_no_other_members(server: &Server) {
    let mut mira = people(server, "groupOfNames");
    let (mut team, world) = (mira.group(7), mira.world().clone());
    mira.call(&member("Mira  O", &[(7, "Team")]), Work::Apply).await.unwrap();
    world.members.lock().unwrap().insert(7, vec![mira.key()]);
    team.call(&super::group(7, "Team"), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    assert_eq!(super::groups(server).await["Team"].len(), 1);
    team.action = Some("GR");
    team.call(&super::group(7, "Team"), Work::Apply).await.unwrap();
    assert_eq!(super::groups(server).await["Team"].len(), 1);
    mira.call(&member("Mira O", &[(7, "Team")]), Work::Apply).await.unwrap();
    assert_eq!(super::groups(server).await["Team"].len(), 1);
}

/// Each directory passes over what it likes: who comes second keeps away from what is another one's.
pub(crate) async fn names_that_are_one_to_the_directory_are_one_subjects(server: &Server) {
    for (first, second, surely) in
        [("Mira O", "Mira  O", true), ("fin", "\u{fb01}n", false), ("Ada", "\u{ff21}da", false)]
    {
        let mut mira = Place::new("LdapProvisioner", 2, 3, &configuration(&server.url(), 2, json!({})));
        let mut other = mira.another(4);
        mira.call(&person(first, "Oduya"), Work::Apply).await.unwrap();
        mira.world().named.lock().unwrap().insert(mira.key(), 3);
        let before = below(server, &base(2)).await;
        let called = other.call(&person(second, "Mallory"), Work::Apply).await;
        let refused = matches!(called, Err(ConnectorError::Taken { .. }));
        assert!(refused || (called.is_ok() && !surely), "{second}: {called:?}");
        let same = |entry: &SearchEntry| before.iter().any(|one| one.dn == entry.dn && one.attrs == entry.attrs);
        let now = below(server, &base(2)).await;
        assert_eq!(
            (now.len(), now.iter().filter(|entry| same(entry)).count()),
            (if refused { 1 } else { 2 }, 1),
            "{second}"
        );
        if refused {
            // Whoever gives it another name, as it is told to, or takes it away, leaves the other one's alone.
            other.call(&person("mallory", "Mallory"), Work::Apply).await.unwrap();
            let now = below(server, &base(2)).await;
            assert_eq!((now.len(), now.iter().filter(|entry| same(entry)).count()), (2, 1), "{second}");
            let again = other.call_and_crash(&person(second, "Mallory"), Work::Apply).await;
            assert!(matches!(again, Err(ConnectorError::Taken { .. })), "{again:?}");
        }
        other.remove().await;
        let now = below(server, &base(2)).await;
        assert_eq!((now.len(), now.iter().filter(|entry| same(entry)).count()), (1, 1), "{second}");
        // So it does when it was called so, and its own entry is gone.
        if refused {
            let mut ldap = admin(server).await;
            ldap.delete(&now[0].dn).await.unwrap().success().unwrap();
            other.call(&person(second, "Mallory"), Work::Apply).await.unwrap();
            ldap.delete(&below(server, &base(2)).await[0].dn).await.unwrap().success().unwrap();
            mira.call(&person(first, "Oduya"), Work::Apply).await.unwrap();
            other.call(&person("mallory", "Mallory"), Work::Apply).await.unwrap();
            assert_eq!(below(server, &base(2)).await.len(), 2, "{second}");
            other.remove().await;
            assert_eq!(below(server, &base(2)).await.len(), 1, "{second}");
        }
        if refused {
            // It is its own, however it is written.
            mira.call(&person(second, "Oduya"), Work::Apply).await.unwrap();
        }
        mira.remove().await;
        assert_eq!(below(server, &base(2)).await.len(), 0);
    }
}

/// Whose entry has several names, of which none is the name of the entry: it is that one's by each of them.
pub(crate) async fn of_several_names_each_is_its_own(server: &Server) {
    let change = json!({"Attributes": [{"Attribute": "cn"}, {"Attribute": "sn"}, {"Attribute": "uid"}]});
    let mut mira = Place::new("LdapProvisioner", 2, 3, &configuration(&server.url(), 2, change));
    let mut other = mira.another(4);
    mira.call(&person("fin", "Oduya"), Work::Apply).await.unwrap();
    let mut state = person("\u{fb01}n", "Oduya");
    let second = changed(&mut state).identifiers[0].clone();
    changed(&mut state).identifiers.push(Identifier { identifier: Some("m2".to_owned()), ..second });
    mira.call(&state, Work::Apply).await.unwrap();
    mira.world().named.lock().unwrap().insert(mira.key(), 3);
    let entries = async || {
        let of = |entry: SearchEntry| (entry.dn, entry.attrs.into_iter().collect::<std::collections::BTreeMap<_, _>>());
        below(server, &base(2)).await.into_iter().map(of).collect::<Vec<_>>()
    };
    let before = entries().await;
    // The name is free for whoever tells the two apart, and so for us.
    let called = other.call(&person("fin", "Mallory"), Work::Apply).await;
    let refused = matches!(called, Err(ConnectorError::Taken { .. }));
    assert!(refused || called.is_ok(), "{called:?}");
    let now = entries().await;
    assert!(now.contains(&before[0]), "{before:?} became {now:?}");
    assert_eq!(now.len(), if refused { 1 } else { 2 });
    other.remove().await;
    assert_eq!(entries().await, before);
    mira.remove().await;
    assert_eq!(entries().await, []);
}

/// Below a base that the target had before, too, nobody takes what is another one's.
pub(crate) async fn a_name_below_another_base_leads_to_nobody_else(server: &Server) {
    let mut mira = Place::new("LdapProvisioner", 2, 3, &configuration(&server.url(), 2, json!({})));
    let mut other = mira.another(4);
    mira.call(&person("Mira O", "Oduya"), Work::Apply).await.unwrap();
    mira.world().named.lock().unwrap().insert(mira.key(), 3);
    let before = below(server, &base(2)).await;
    let refused = other.call_and_crash(&person("Mira  O", "Mallory"), Work::Apply).await;
    assert!(matches!(refused, Err(ConnectorError::Taken { .. })), "{refused:?}");
    let is_there = async || {
        let now = below(server, &base(2)).await;
        assert_eq!((now.len(), &now[0].dn, &now[0].attrs), (1, &before[0].dn, &before[0].attrs));
    };
    other.target.configuration.insert("BaseDn".to_owned(), json!(base(3)));
    other.call(&person("mallory", "Mallory"), Work::Apply).await.unwrap();
    is_there().await;
    other.target.configuration.insert("BaseDn".to_owned(), json!(base(2)));
    let refused = other.call_and_crash(&person("Mira  O", "Mallory"), Work::Apply).await;
    assert!(matches!(refused, Err(ConnectorError::Taken { .. })), "{refused:?}");
    other.target.configuration.insert("BaseDn".to_owned(), json!(base(3)));
    other.remove().await;
    is_there().await;
    assert_eq!(below(server, &base(3)).await.len(), 0);
    mira.remove().await;
}

/// Somebody with these titles and telephone numbers.
fn titled(titles: &[&str], numbers: &[&str]) -> SubjectState {
    let mut state = person("mira", "Oduya");
    let role = |title: &&str| CoPersonRole { title: Some((*title).to_owned()), ..CoPersonRole::default() };
    let number = |number: &&str| TelephoneNumber {
        number: Some((*number).to_owned()),
        r#type: Some("office".to_owned()),
        ..TelephoneNumber::default()
    };
    changed(&mut state).roles = titles.iter().map(role).collect();
    changed(&mut state).telephone_numbers = numbers.iter().map(number).collect();
    state
}

pub(crate) async fn values_that_are_one_to_the_directory_are_written_once(server: &Server) {
    let attributes: Vec<_> =
        ["cn", "sn", "uid", "title", "telephoneNumber"].iter().map(|name| json!({"Attribute": name})).collect();
    let change = json!({"Attributes": attributes});
    let mut place = Place::new("LdapProvisioner", 2, 3, &configuration(&server.url(), 2, change));
    for (titles, numbers, kept) in [
        (&["Lab Head", "Lab  Head", "lab head"][..], &["555-0100", "555 0100"][..], ["Lab Head", "555-0100"]),
        (&["Lab  Head", "Lab Head"], &["5550100", "555-0100"], ["Lab  Head", "5550100"]),
        (&["LAB HEAD"], &["5550 100"], ["LAB HEAD", "5550 100"]),
    ] {
        place.call(&titled(titles, numbers), Work::Apply).await.unwrap();
        let entry = below(server, &base(2)).await.pop().unwrap();
        assert_eq!(["title", "telephoneNumber"].map(|name| entry.attrs[name].join("|")), kept);
    }
    // What names an entry, too.
    for identifiers in [&["Mira  O", "Mira O", "m2"][..], &["Mira O", "Mira  O"], &["m2", "mira o"]] {
        let mut state = person(identifiers[0], "Oduya");
        let first = changed(&mut state).identifiers[0].clone();
        let all = identifiers.iter().map(|one| Identifier { identifier: Some((*one).to_owned()), ..first.clone() });
        changed(&mut state).identifiers = all.collect();
        place.call(&state, Work::Apply).await.unwrap();
        let entry = below(server, &base(2)).await.pop().unwrap();
        let expected = if identifiers.contains(&"m2") { 2 } else { 1 };
        assert_eq!(entry.attrs["uid"].len(), expected, "{entry:?}");
    }
    place.remove().await;
}
