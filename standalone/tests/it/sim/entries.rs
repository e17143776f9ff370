//! A directory beside the simulated targets, which `LdapProvisioner` keeps: a server of OpenLDAP for all runs, with a unit for
//! each target of a run.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use proto::registry::v1::SubjectState;
use provisioning_service::{
    app::{App, surroundings::Surroundings},
    connector::{Beside, Connector, Member, Members, dialer::Dialer, registry::Connectors},
    domain::{outcome::ConnectorError, subject::Kind, target::Target},
};
use serde_json::{Value, json};
use testkit::{
    ldif,
    proof::rest::Document,
    slapd::{self, Slapd},
};

use crate::sim::beside::{Effect, Real, Server, Whom, document, surroundings, words};

/// The attributes in which the facts of a person are, and what they tell.
const FIELDS: [(&str, &str); 5] = [
    ("uid", "identifier"),
    ("voPersonID", "identifier"),
    ("givenName", "name"),
    ("title", "role"),
    ("isMemberOf", "member of"),
];

/// The directory of a run.
#[derive(Debug)]
pub(crate) struct Entries {
    url: String,
    /// What the targets of this run have in their units' names, of all that use the server.
    run: u64,
    connector: Arc<dyn Connector>,
    /// The targets that have units.
    made: Mutex<BTreeSet<i64>>,
}

/// Where a target has its entries.
struct Place {
    people: String,
    groups: String,
}

impl Place {
    fn of(run: u64, target: i64) -> Self {
        let unit = format!("ou=r{run}t{target},{}", Slapd::BASE);
        Self { people: format!("ou=people,{unit}"), groups: format!("ou=groups,{unit}") }
    }

    /// What the directory calls a subject that a simulated target has under a key.
    fn dn(&self, kind: Kind, key: &str) -> String {
        match kind {
            Kind::Group => format!("cn={key},{}", self.groups),
            _ => format!("uid={key},{}", self.people),
        }
    }
}

/// What else is at a target, by the names of a directory.
#[derive(Debug)]
struct Named<'a> {
    inner: Surroundings<'a>,
    people: String,
}

impl Named<'_> {
    fn named(&self, page: Members) -> Members {
        let named = |one: Member| Member { key: format!("uid={},{}", one.key, self.people), ..one };
        Members { people: page.people.into_iter().map(named).collect(), ..page }
    }
}

/// What an entry is called below the unit in which it stands: nothing in these names needs to be escaped.
fn called(dn: &str) -> &str {
    let own = dn.split(',').next().unwrap();
    own.split_once('=').unwrap().1
}

#[async_trait]
impl Beside for Named<'_> {
    async fn groups(&self, keys: Vec<String>) -> Result<BTreeMap<String, i64>, ConnectorError> {
        let keys: BTreeMap<String, String> = keys.into_iter().map(|dn| (called(&dn).to_owned(), dn)).collect();
        let found = self.inner.groups(keys.keys().cloned().collect()).await?;
        Ok(found.into_iter().map(|(key, group)| (keys[&key].clone(), group)).collect())
    }

    async fn is_called(&self, group: i64, key: &str) -> Result<bool, ConnectorError> {
        self.inner.is_called(group, called(key)).await
    }

    async fn members(&self, group: i64, after: i64) -> Result<Members, ConnectorError> {
        Ok(self.named(self.inner.members(group, after).await?))
    }

    async fn owners(&self, group: i64, after: i64) -> Result<Members, ConnectorError> {
        Ok(self.named(self.inner.owners(group, after).await?))
    }

    async fn people(&self, people: Vec<i64>) -> Result<Vec<SubjectState>, ConnectorError> {
        self.inner.people(people).await
    }
}

impl Entries {
    pub(crate) fn new(folder: &Path, slapd: &Slapd) -> Self {
        static RUNS: AtomicU64 = AtomicU64::new(0);
        let connectors = Connectors::new(folder, &Dialer::new(&["127.0.0.0/8".parse().unwrap()])).unwrap();
        Self {
            url: slapd.url(),
            run: RUNS.fetch_add(1, Ordering::Relaxed),
            connector: Arc::clone(connectors.get("LdapProvisioner").unwrap()),
            made: Mutex::default(),
        }
    }

    fn make(&self, target: i64) {
        if self.made.lock().unwrap().insert(target) {
            let unit = format!("r{}t{target}", self.run);
            let above =
                [(unit.clone(), String::new()), ("people".to_owned(), unit.clone()), ("groups".to_owned(), unit)];
            let entry = |(name, above): (String, String)| {
                let above = if above.is_empty() { String::new() } else { format!("ou={above},") };
                format!("dn: ou={name},{above}{}\nobjectClass: organizationalUnit\nou: {name}\n\n", Slapd::BASE)
            };
            slapd::modify(&self.url, &above.map(entry).concat());
        }
    }

    fn configuration(&self, place: &Place) -> Value {
        let attribute = |name: &str, kind: &str| json!({ "Attribute": name, "Type": kind });
        let attributes = [
            json!({ "Attribute": "cn" }),
            json!({ "Attribute": "sn" }),
            attribute("givenName", "official"),
            attribute("uid", "uid"),
            attribute("voPersonID", "reference"),
            json!({ "Attribute": "title" }),
            json!({ "Attribute": "isMemberOf" }),
        ];
        json!({ "ServerUrl": self.url, "BindDn": Slapd::ADMIN, "Password": Slapd::PASSWORD, "BaseDn": place.people,
            "GroupBaseDn": place.groups, "DnAttributeName": "uid", "DnIdentifierType": "uid", "Attributes": attributes,
            "PersonObjectClasses": ["inetOrgPerson", "eduMember", "voPerson"] })
    }
}

#[async_trait]
impl Server for Entries {
    fn name(&self) -> &'static str {
        "a directory"
    }

    async fn carry_out(&self, app: &App, effect: &Effect) {
        self.make(effect.target.id.0);
        let (place, kind) = (Place::of(self.run, effect.target.id.0), effect.subject.kind);
        let configuration = self.configuration(&place).as_object().cloned().unwrap();
        let real = Real {
            effect,
            target: Target { plugin: "LdapProvisioner".to_owned(), configuration, ..effect.target.clone() },
            previous_key: effect.previous_key().map(|key| place.dn(kind, key)),
            former_keys: effect.former_keys().iter().map(|key| place.dn(kind, key)).collect(),
            beside: &Named { inner: surroundings(app, effect), people: place.people.clone() },
        };
        real.carry_out(self.connector.as_ref()).await;
    }

    fn wanted(&self, _subject: &str, whom: &Whom) -> Option<(String, String)> {
        match whom {
            Whom::Group { name, members } => {
                let facts = std::iter::once(format!("called {name}"));
                let members = members.iter().map(|member| format!("with {member}"));
                // The schema knows no group that nobody is in.
                Some((format!("cn={}", name.to_lowercase()), words(facts.chain(members).collect())))
                    .filter(|(_, facts)| facts.contains("with"))
            }
            Whom::Person { records, .. } => {
                let names = records.names.iter().map(|name| format!("name {}", name.given()));
                let identifiers = records.identifiers.iter().map(|found| format!("identifier {}", found.identifier()));
                let roles = records.roles.iter().map(|held| format!("role {}", held.title()));
                let groups = records.groups.iter().map(|group| format!("member of {group}"));
                let facts = names.chain(identifiers).chain(roles).chain(groups).collect();
                let key = records.key()?;
                Some((format!("uid={key}"), words(facts)))
            }
        }
    }

    async fn content(&self, target: i64, _co: i64) -> Vec<Document> {
        if !self.made.lock().unwrap().contains(&target) {
            return Vec::new();
        }
        let (place, url) = (Place::of(self.run, target), self.url.clone());
        let read =
            |base: &str| ldif::read(&slapd::search_below(&url, base, "(!(objectClass=organizationalUnit))", &[]));
        let mut documents = Vec::new();
        for entry in read(&place.people) {
            let facts = FIELDS.iter().flat_map(|(attribute, tells)| {
                entry.values(attribute).map(move |value| format!("{tells} {value}")).collect::<Vec<_>>()
            });
            documents.push(document(target, &format!("uid={}", entry.called()), words(facts.collect())));
        }
        for entry in read(&place.groups) {
            let names = entry.values("cn").map(|name| format!("called {name}"));
            let members = entry.values("member").map(|dn| format!("with {}", called(dn)));
            let key = format!("cn={}", entry.called().to_lowercase());
            documents.push(document(target, &key, words(names.chain(members).collect())));
        }
        documents
    }
}
