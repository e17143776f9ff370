//! `LdapProvisioner` against directories.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ldap3::{LdapConnAsync, Mod, Scope, SearchEntry, ldap_escape};
use proto::registry::v1::{CoGroup, GroupState, Membership, SubjectState, SuspendableStatus, subject_state::Data};
use serde_json::{Value as Json, json};
use testkit::{Dirsrv, Slapd};

use crate::contract::{self, Peer, Place, Seen, person};

mod attributes;
mod faults;
mod groups;
mod large;
mod limits;
mod owners;
mod plans;
mod spellings;

pub(crate) use attributes::*;
pub(crate) use groups::*;
pub(crate) use large::*;
pub(crate) use limits::*;
pub(crate) use owners::*;
pub(crate) use plans::*;
pub(crate) use spellings::*;

/// A directory.
pub(crate) enum Server {
    OpenLdap(Slapd),
    Dirsrv(Dirsrv),
}

/// Tests of each of these, on a directory of its own.
macro_rules! tried {
    ($start:path: $($name:ident)*) => {
        $(#[tokio::test]
        async fn $name() {
            let server = $start(&["people2", "people3", "groups"]).await;
            testkit::process::tell_peer(&server.version());
            $crate::contract::ldap::$name(&server).await;
        })*
    };
}
pub(crate) use tried;

impl Server {
    pub(crate) async fn openldap(units: &[&str]) -> Self {
        Self::OpenLdap(Slapd::start(units).await)
    }

    pub(crate) async fn dirsrv(units: &[&str]) -> Self {
        Self::Dirsrv(Dirsrv::start(units).await)
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::OpenLdap(server) => server.url(),
            Self::Dirsrv(server) => server.url(),
        }
    }

    pub(crate) fn version(&self) -> String {
        match self {
            Self::OpenLdap(server) => server.version(),
            Self::Dirsrv(server) => server.version(),
        }
    }
}

pub(crate) fn base(co: i64) -> String {
    format!("ou=people{co},{}", Slapd::BASE)
}

/// A connection of the test's own.
pub(crate) async fn admin(server: &Server) -> ldap3::Ldap {
    let (connection, mut ldap) = LdapConnAsync::new(&server.url()).await.unwrap();
    tokio::spawn(connection.drive());
    ldap.simple_bind(Slapd::ADMIN, Slapd::PASSWORD).await.unwrap().success().unwrap();
    ldap
}

/// What stands below an entry.
pub(crate) async fn below(server: &Server, base: &str) -> Vec<SearchEntry> {
    let found = admin(server).await.search(base, Scope::OneLevel, "(objectClass=*)", vec!["*"]).await.unwrap();
    found.success().unwrap().0.into_iter().map(SearchEntry::construct).collect()
}

pub(crate) fn configuration(url: &str, co: i64, change: Json) -> Json {
    let mut all = json!({"ServerUrl": url, "BindDn": Slapd::ADMIN, "Password": Slapd::PASSWORD,
        "BaseDn": base(co), "DnAttributeName": "uid", "DnIdentifierType": "uid"});
    all.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
    all
}

#[async_trait]
impl Peer for Server {
    fn plugin(&self) -> &'static str {
        "LdapProvisioner"
    }

    fn configuration(&self, co: i64) -> Json {
        configuration(&self.url(), co, json!({}))
    }

    fn refused(&self, co: i64) -> (Json, &'static str) {
        (configuration(&self.url(), co, json!({"Password": "wr0ng"})), "wr0ng")
    }

    async fn people(&self, co: i64) -> BTreeMap<String, Seen> {
        let one = |entry: SearchEntry| {
            let mut seen: Seen = entry.attrs.into_iter().collect();
            seen.values_mut().for_each(|values| values.sort());
            (seen["uid"].join("|"), seen)
        };
        below(self, &base(co)).await.into_iter().map(one).collect()
    }

    async fn deface(&self, co: i64, identifier: &str) -> (String, String) {
        let mut ldap = admin(self).await;
        let filter = format!("(uid={})", ldap_escape(identifier));
        let found = ldap.search(&base(co), Scope::OneLevel, &filter, vec!["1.1"]).await.unwrap().success().unwrap().0;
        let dn = SearchEntry::construct(found.into_iter().next().unwrap()).dn;
        let change = Mod::Add("description", ["written by others"].into());
        ldap.modify(&dn, vec![change]).await.unwrap().success().unwrap();
        ("description".to_owned(), "written by others".to_owned())
    }

    async fn stop(&self) {
        match self {
            Self::OpenLdap(server) => server.stop().await,
            Self::Dirsrv(server) => server.stop().await,
        }
    }

    async fn start(&self) {
        match self {
            Self::OpenLdap(server) => server.restart().await,
            Self::Dirsrv(server) => server.restart().await,
        }
    }
}

pub(crate) async fn the_contract_is_kept(server: &Server) {
    contract::holds(server).await;
}

/// The first of the people of a CO, at a target that has groups of a class.
pub(crate) fn people(server: &Server, class: &str) -> Place {
    let change = json!({"GroupBaseDn": format!("ou=groups,{}", Slapd::BASE), "GroupObjectClass": class});
    Place::new("LdapProvisioner", 2, 1, &configuration(&server.url(), 2, change))
}

fn co_group(id: i64, name: &str) -> CoGroup {
    let status = Some(SuspendableStatus::Active.into());
    CoGroup { id: Some(id), name: Some(name.to_owned()), status, ..CoGroup::default() }
}

pub(crate) fn group(id: i64, name: &str) -> SubjectState {
    let state = GroupState { co_group: Some(co_group(id, name)), ..GroupState::default() };
    SubjectState { revision: 3, exists: true, data: Some(Data::Group(state)), ..SubjectState::default() }
}

/// A person who is in groups.
pub(crate) fn member(identifier: &str, groups: &[(i64, &str)]) -> SubjectState {
    let mut state = person(identifier, "Oduya");
    let Some(Data::Person(person)) = &mut state.data else { panic!("no person") };
    let membership = |(id, name): &(i64, &str)| Membership { group: Some(co_group(*id, name)), member: None };
    person.memberships = groups.iter().map(membership).collect();
    state
}
