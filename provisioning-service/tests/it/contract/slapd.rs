//! `LdapProvisioner` against OpenLDAP.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ldap3::{LdapConnAsync, Mod, Scope, SearchEntry, ldap_escape};
use proto::registry::v1::{CoGroup, GroupState, Membership, SubjectState, SuspendableStatus, subject_state::Data};
use provisioning_service::domain::eligibility::Work;
use serde_json::{Value as Json, json};
use testkit::Slapd;

use crate::contract::{self, Peer, Place, Seen, person};

struct OpenLdap(Slapd);

fn base(co: i64) -> String {
    format!("ou=people{co},{}", Slapd::BASE)
}

/// A connection of the test's own.
async fn admin(server: &Slapd) -> ldap3::Ldap {
    let (connection, mut ldap) = LdapConnAsync::new(&server.url()).await.unwrap();
    tokio::spawn(connection.drive());
    ldap.simple_bind(Slapd::ADMIN, Slapd::PASSWORD).await.unwrap().success().unwrap();
    ldap
}

/// What stands below an entry.
async fn below(server: &Slapd, base: &str) -> Vec<SearchEntry> {
    let found = admin(server).await.search(base, Scope::OneLevel, "(objectClass=*)", vec!["*"]).await.unwrap();
    found.success().unwrap().0.into_iter().map(SearchEntry::construct).collect()
}

fn configuration(server: &Slapd, co: i64, change: Json) -> Json {
    let mut all = json!({"ServerUrl": server.url(), "BindDn": Slapd::ADMIN, "Password": Slapd::PASSWORD,
        "BaseDn": base(co), "DnAttributeName": "uid", "DnIdentifierType": "uid"});
    all.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
    all
}

#[async_trait]
impl Peer for OpenLdap {
    fn plugin(&self) -> &'static str {
        "LdapProvisioner"
    }

    fn configuration(&self, co: i64) -> Json {
        configuration(&self.0, co, json!({}))
    }

    fn refused(&self, co: i64) -> (Json, &'static str) {
        (configuration(&self.0, co, json!({"Password": "wr0ng"})), "wr0ng")
    }

    async fn people(&self, co: i64) -> BTreeMap<String, Seen> {
        let one = |entry: SearchEntry| {
            let mut seen: Seen = entry.attrs.into_iter().collect();
            seen.values_mut().for_each(|values| values.sort());
            (seen["uid"].join("|"), seen)
        };
        below(&self.0, &base(co)).await.into_iter().map(one).collect()
    }

    async fn deface(&self, co: i64, identifier: &str) -> (String, String) {
        let mut ldap = admin(&self.0).await;
        let filter = format!("(uid={})", ldap_escape(identifier));
        let found = ldap.search(&base(co), Scope::OneLevel, &filter, vec!["1.1"]).await.unwrap().success().unwrap().0;
        let dn = SearchEntry::construct(found.into_iter().next().unwrap()).dn;
        let change = Mod::Add("description", ["written by others"].into());
        ldap.modify(&dn, vec![change]).await.unwrap().success().unwrap();
        ("description".to_owned(), "written by others".to_owned())
    }

    async fn stop(&self) {
        self.0.stop().await;
    }

    async fn start(&self) {
        self.0.restart().await;
    }
}

#[tokio::test]
async fn the_contract_is_kept() {
    let server = Slapd::start(&["people2", "people3"]).await;
    println!("{}", server.version());
    contract::holds(&OpenLdap(server)).await;
}

#[tokio::test]
async fn tls_is_trusted_by_its_ca_alone() {
    let server = Slapd::start(&["people2"]).await;
    for (url, start_tls) in [(server.url(), true), (server.tls_url(), false)] {
        let change = json!({"ServerUrl": url, "StartTls": start_tls, "CaCertificates": server.ca()});
        Place::new("LdapProvisioner", 2, 3, &configuration(&server, 2, change)).apply("mira", "Oduya").await;
        let change = json!({"ServerUrl": url, "StartTls": start_tls});
        let mut stranger = Place::new("LdapProvisioner", 2, 3, &configuration(&server, 2, change));
        let refused = stranger.call(&person("mira", "Oduya"), Work::Apply).await.unwrap_err();
        assert!(refused.to_string().starts_with("The directory cannot be trusted"), "{refused}");
    }
    assert_eq!(below(&server, &base(2)).await.len(), 1);
}

#[tokio::test]
async fn what_the_schema_does_not_allow_is_told() {
    let server = Slapd::start(&["people2"]).await;
    let change = json!({"Attributes": [{"Attribute": "cn"}, {"Attribute": "sn"}, {"Attribute": "isMemberOf"}],
        "PersonObjectClasses": ["inetOrgPerson", "eduMember"]});
    let mut place = Place::new("LdapProvisioner", 2, 3, &configuration(&server, 2, change));
    let refused = place.call(&person("mira", "Oduya"), Work::Apply).await.unwrap_err();
    // Values have no order: which of them is the one, only the directory says.
    let (why, which) = ("it answered 21 (invalidAttributeSyntax): objectClass: value #", " invalid per syntax.");
    let sentence = refused.to_string();
    assert!(sentence.starts_with(&format!("The directory did not take the entry; {why}")), "{sentence}");
    assert!(sentence.ends_with(which), "{sentence}");
    let long = "x".repeat(512);
    let mut place = Place::new("LdapProvisioner", 2, 4, &configuration(&server, 2, json!({})));
    let told = place.call(&person(&long, "Oduya"), Work::Apply).await;
    assert!(told.as_ref().err().is_none_or(|error| error.to_string().contains("The directory")), "{told:?}");
}

fn co_group(id: i64, name: &str) -> CoGroup {
    let status = Some(SuspendableStatus::Active.into());
    CoGroup { id: Some(id), name: Some(name.to_owned()), status, ..CoGroup::default() }
}

fn group(id: i64, name: &str) -> SubjectState {
    let state = GroupState { co_group: Some(co_group(id, name)), ..GroupState::default() };
    SubjectState { revision: 3, exists: true, data: Some(Data::Group(state)), ..SubjectState::default() }
}

/// A person who is in groups.
fn member(identifier: &str, groups: &[(i64, &str)]) -> SubjectState {
    let mut state = person(identifier, "Oduya");
    let Some(Data::Person(person)) = &mut state.data else { panic!("no person") };
    let membership = |(id, name): &(i64, &str)| Membership { group: Some(co_group(*id, name)), member: None };
    person.memberships = groups.iter().map(membership).collect();
    state
}

/// The groups with the short names of their members.
async fn groups(server: &Slapd) -> BTreeMap<String, Vec<String>> {
    let one = |entry: SearchEntry| {
        let mut members: Vec<String> = entry.attrs["member"].clone();
        members.iter_mut().for_each(|dn| *dn = dn.replace(&format!(",{}", base(2)), ""));
        members.sort();
        (entry.attrs["cn"].join("|"), members)
    };
    below(server, &format!("ou=groups,{}", Slapd::BASE)).await.into_iter().map(one).collect()
}

#[tokio::test]
async fn a_membership_is_one_value_and_a_group_without_members_is_none() {
    let server = Slapd::start(&["people2", "groups"]).await;
    let change = json!({"GroupBaseDn": format!("ou=groups,{}", Slapd::BASE)});
    let mut ada = Place::new("LdapProvisioner", 2, 1, &configuration(&server, 2, change));
    let (mut bea, mut cleo) = (ada.another(2), ada.another(3));
    let (mut team, world) = (ada.group(7), ada.world().clone());
    let (name, other) = ("Team, \"A\" + Ä", "Team B");
    for (place, identifier) in [(&mut ada, "ada"), (&mut bea, "b,ea ä=#"), (&mut cleo, "cleo")] {
        place.call(&member(identifier, &[(7, name)]), Work::Apply).await.unwrap();
    }
    assert_eq!(groups(&server).await, BTreeMap::new(), "the group is not at the target");

    let all = [ada.key(), bea.key(), cleo.key()];
    world.members.lock().unwrap().insert(7, all.to_vec());
    team.call(&group(7, name), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    assert_eq!(groups(&server).await[name].len(), 3, "a new group is filled, page by page");
    let listed = world.listed.load(std::sync::atomic::Ordering::SeqCst);

    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    cleo.call(&member("cleo2", &[(7, name)]), Work::Apply).await.unwrap();
    bea.remove().await;
    team.call(&group(7, name), Work::Apply).await.unwrap();
    assert_eq!(groups(&server).await, BTreeMap::from([(name.to_owned(), vec!["uid=cleo2".to_owned()])]));
    assert_eq!(world.listed.load(std::sync::atomic::Ordering::SeqCst), listed, "no members were listed");

    world.members.lock().unwrap().insert(7, Vec::new());
    cleo.call(&member("cleo2", &[]), Work::Apply).await.unwrap();
    assert_eq!(groups(&server).await, BTreeMap::new(), "the last member takes the entry along");
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    ada.call(&member("ada", &[(7, name)]), Work::Apply).await.unwrap();
    assert_eq!(groups(&server).await, BTreeMap::from([(name.to_owned(), vec!["uid=ada".to_owned()])]));

    // Somebody else's group, and somebody else's member in ours.
    let key = ada.key();
    let foreign = vec![("objectClass", ["groupOfNames"].into()), ("member", [key.as_str()].into())];
    let mut ldap = admin(&server).await;
    ldap.add(&format!("cn=foreign,ou=groups,{}", Slapd::BASE), foreign).await.unwrap().success().unwrap();
    let stranger = Mod::Add("member", ["cn=stranger"].into());
    ldap.modify(&team.key(), vec![stranger]).await.unwrap().success().unwrap();
    team.call(&group(7, other), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    let now = groups(&server).await;
    assert_eq!(now.keys().map(String::as_str).collect::<Vec<_>>(), [other, "foreign"]);
    assert_eq!(now[other], ["uid=ada"]);
    world.members.lock().unwrap().clear();
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    assert_eq!(groups(&server).await.keys().collect::<Vec<_>>(), ["foreign"]);
    team.remove().await;
}

/// A change that takes many members away is done whole or not at all: one that is gone already must not keep the others.
#[tokio::test]
async fn who_is_to_leave_leaves_also_when_another_one_has_left_meanwhile() {
    let server = Slapd::start(&["people2", "groups"]).await;
    let change = json!({"GroupBaseDn": format!("ou=groups,{}", Slapd::BASE)});
    let mut ada = Place::new("LdapProvisioner", 2, 1, &configuration(&server, 2, change));
    let (mut bea, mut cleo) = (ada.another(2), ada.another(3));
    let (mut team, world) = (ada.group(7), ada.world().clone());
    for (place, identifier) in [(&mut ada, "ada"), (&mut bea, "bea"), (&mut cleo, "cleo")] {
        place.call(&member(identifier, &[(7, "Team")]), Work::Apply).await.unwrap();
    }
    world.members.lock().unwrap().insert(7, vec![ada.key(), bea.key(), cleo.key()]);
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);

    let renamed = format!("cn=Other,ou=groups,{}", Slapd::BASE);
    let (mut ldap, dn, gone) = (admin(&server).await, renamed, bea.key());
    *world.meanwhile.0.lock().unwrap() = Some(Box::pin(async move {
        let leaves = Mod::Delete("member".to_owned(), [gone].into());
        ldap.modify(&dn, vec![leaves]).await.unwrap().success().unwrap();
    }));
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    // Called otherwise, so its members are listed.
    team.call(&group(7, "Other"), Work::Apply).await.unwrap();
    assert_eq!(groups(&server).await, BTreeMap::from([("Other".to_owned(), vec!["uid=ada".to_owned()])]));
}

/// A directory compares names without case, and so must whoever asks whose a name is.
#[tokio::test]
async fn names_that_differ_in_case_alone_are_one() {
    let server = Slapd::start(&["people2", "groups"]).await;
    let change = json!({"GroupBaseDn": format!("ou=groups,{}", Slapd::BASE)});
    let mut ada = Place::new("LdapProvisioner", 2, 1, &configuration(&server, 2, change));
    let (mut other, mut team, world) = (ada.another(2), ada.group(7), ada.world().clone());
    ada.call(&member("Ada", &[(7, "Team")]), Work::Apply).await.unwrap();
    other.call(&member("ada", &[]), Work::Apply).await.unwrap();
    assert_eq!(ada.key(), other.key(), "they have one entry, and whoever takes away finds the other");
    world.members.lock().unwrap().insert(7, vec![ada.key()]);
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);
    team.call(&group(7, "TEAM"), Work::Apply).await.unwrap();
    ada.call(&member("Ada", &[(7, "TEAM")]), Work::Apply).await.unwrap();
    assert_eq!(groups(&server).await.into_values().collect::<Vec<_>>(), [["uid=ada"]]);
}
