//! What holds for every connector, against the real server that it is for. A connector brings a [`Peer`].

use std::{collections::BTreeMap, ops::RangeInclusive, path::Path, sync::Arc};

use async_trait::async_trait;
use chrono::DateTime;
use proto::{
    provisioning::v1::Mode,
    registry::v1::{CoPerson, Identifier, Name, PersonState, Provisionable, Status, SubjectState, subject_state::Data},
};
use provisioning_service::{
    connector::{Connector, Job, Number, dialer::Dialer, plan::Plan, registry::Connectors},
    domain::{
        eligibility::Work,
        ids::{RequestId, TargetId},
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::{Guard, Target},
    },
};
use serde_json::Value as Json;

mod database;
mod dirsrv;
mod django_scim;
mod gate;
mod hostile_broker;
mod hostile_database;
mod hostile_lengths;
mod ldap;
mod mariadb;
mod postgres;
mod rabbitmq;
mod scim;
mod scim2_server;
mod slapd;
mod sqlite;
mod world;

pub(crate) use world::World;

use world::Meanwhile;

/// What a server has of one subject, as far as anybody sees it.
pub(crate) type Seen = BTreeMap<String, Vec<String>>;

/// A real server.
#[async_trait]
pub(crate) trait Peer: Send + Sync {
    fn plugin(&self) -> &'static str;

    /// A configuration for a CO: each CO has a place of its own.
    fn configuration(&self, co: i64) -> Json;

    /// The same with a secret that is wrong; and what that is.
    fn refused(&self, co: i64) -> (Json, &'static str);

    /// What a CO's place has of people, by identifier.
    async fn people(&self, co: i64) -> BTreeMap<String, Seen>;

    /// Writes something of a person that Cohort knows nothing of, and gives its name and value.
    async fn deface(&self, co: i64, identifier: &str) -> (String, String);

    async fn stop(&self);

    async fn start(&self);

    /// In how many steps a person comes and goes.
    fn steps(&self) -> RangeInclusive<usize> {
        1..=1
    }

    /// Where the connector may keep files.
    fn data(&self) -> &Path {
        Path::new("/nowhere")
    }
}

/// A subject at a target, as the service keeps it.
pub(crate) struct Place {
    connector: Arc<dyn Connector>,
    pub(crate) target: Target,
    id: i64,
    applied: Option<String>,
    noted: Vec<String>,
    kind: Kind,
    /// Why it is called, if not for a change.
    pub(crate) action: Option<&'static str>,
    /// It was begun before.
    pub(crate) resumes: bool,
    beside: World,
}

impl Place {
    pub(crate) fn new(plugin: &str, co: i64, id: i64, configuration: &Json) -> Self {
        Self::below(Path::new("/nowhere"), plugin, co, id, configuration)
    }

    /// Of a connector that may keep files below a folder.
    pub(crate) fn below(data: &Path, plugin: &str, co: i64, id: i64, configuration: &Json) -> Self {
        let here = Dialer::new(&["127.0.0.0/8".parse().unwrap()]);
        let connector = Arc::clone(Connectors::new(data, &here).unwrap().get(plugin).unwrap());
        let (configuration, wrong) = connector.configuration().accept(configuration.as_object().unwrap(), None);
        assert_eq!(wrong, []);
        let target = Target {
            id: TargetId(co),
            co_id: co,
            description: None,
            plugin: plugin.to_owned(),
            provision_co_group_id: None,
            mode: Mode::Automatic,
            retry_interval: None,
            max_retry: None,
            configuration,
            guard: Guard::default(),
            edition: 0,
        };
        let (kind, beside) = (Kind::Person, World::default());
        Self { connector, target, id, applied: None, noted: Vec::new(), kind, action: None, resumes: false, beside }
    }

    /// A group at the same target.
    pub(crate) fn group(&self, id: i64) -> Self {
        Self { kind: Kind::Group, ..self.another(id) }
    }

    /// What the target calls it.
    pub(crate) fn key(&self) -> String {
        self.applied.clone().unwrap()
    }

    /// What else the target has.
    pub(crate) fn world(&self) -> &World {
        &self.beside
    }

    /// Another person at the same target.
    pub(crate) fn another(&self, id: i64) -> Self {
        let (connector, target) = (Arc::clone(&self.connector), self.target.clone());
        let beside = self.beside.clone();
        Self {
            connector,
            target,
            id,
            applied: None,
            noted: Vec::new(),
            kind: Kind::Person,
            action: None,
            resumes: false,
            beside,
        }
    }

    /// Calls the connector, and keeps what follows.
    pub(crate) async fn call(&mut self, state: &SubjectState, work: Work) -> Result<Applied, ConnectorError> {
        let applied = self.call_and_crash(state, work).await?;
        self.applied.clone_from(&applied.key);
        self.noted.clear();
        if self.connector.reads_back() {
            // Nobody counts what this lists.
            let beside = World { listed: Arc::default(), meanwhile: Meanwhile::default(), ..self.beside.clone() };
            let left = self.plan_beside(&beside, state, work).await;
            assert_eq!(left.steps, [], "nothing is left to be done");
            let keys = self.keys().await;
            let kept = applied.key.as_ref().is_none_or(|key| work == Work::Remove || keys.contains(key));
            assert!(kept, "{applied:?}");
        }
        Ok(applied)
    }

    /// What the connector would do, whether or not it has done it before.
    pub(crate) async fn plan(&self, state: &SubjectState, work: Work) -> Plan {
        self.plan_beside(&self.beside, state, work).await
    }

    async fn plan_beside(&self, beside: &World, state: &SubjectState, work: Work) -> Plan {
        let (former, _) = self.former(state, work);
        self.connector.plan(&self.job(state, &former, beside), work).await.unwrap()
    }

    /// The keys of all that the target has of its kind.
    pub(crate) async fn keys(&self) -> Vec<String> {
        let (mut keys, mut after) = (Vec::new(), None);
        loop {
            let page = self.connector.keys(&self.target, self.kind, after).await.unwrap();
            keys.extend(page.keys);
            after = page.next;
            if after.is_none() {
                return keys;
            }
        }
    }

    /// What else the target may know it by, and what it is to be called.
    fn former(&self, state: &SubjectState, work: Work) -> (Vec<String>, Option<String>) {
        let subject = Subject::new(self.kind, self.id);
        let current = self.connector.key(&self.target, subject, state).filter(|_| work == Work::Apply);
        let mut former: Vec<String> = self.noted.iter().chain(&self.applied).cloned().collect();
        former.retain(|key| Some(key) != current.as_ref());
        former.sort_unstable();
        former.dedup();
        (former, current)
    }

    fn job<'a>(&'a self, state: &'a SubjectState, former: &'a [String], beside: &'a World) -> Job<'a> {
        Job {
            target: &self.target,
            subject: Subject::new(self.kind, self.id),
            state,
            action: self.action.unwrap_or(if self.kind == Kind::Group { "GU" } else { "PU" }),
            previous_key: self.applied.as_deref(),
            former_keys: former,
            call: Number { revision: state.revision, request: RequestId(9), fence: 2 },
            resumes: self.resumes,
            now: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            beside,
        }
    }

    /// The process dies after the call: that it ended is not recorded.
    pub(crate) async fn call_and_crash(&mut self, state: &SubjectState, work: Work) -> Result<Applied, ConnectorError> {
        let (former, current) = self.former(state, work);
        self.noted.extend(current);
        let beside = self.beside.clone();
        let job = self.job(state, &former, &beside);
        match work {
            Work::Apply => self.connector.apply(&job).await,
            Work::Remove => self.connector.remove(&job).await,
        }
    }

    /// The connector.
    pub(crate) fn connector(&self) -> &dyn Connector {
        &*self.connector
    }

    pub(crate) async fn apply(&mut self, identifier: &str, family: &str) -> Applied {
        self.call(&person(identifier, family), Work::Apply).await.unwrap()
    }

    pub(crate) async fn remove(&mut self) {
        self.call(&SubjectState::default(), Work::Remove).await.unwrap();
    }
}

/// A person with an identifier and a name, whose records have ids that go by the identifier.
pub(crate) fn person(identifier: &str, family: &str) -> SubjectState {
    let id = Some(identifier.bytes().fold(7, |id, byte| (id * 31 + i64::from(byte)) % 1_000_003));
    let identifier = Identifier {
        id,
        identifier: Some(identifier.to_owned()),
        r#type: Some("uid".to_owned()),
        ..Identifier::default()
    };
    let name = Name {
        id,
        given: Some("Mira".to_owned()),
        family: Some(family.to_owned()),
        primary_name: Some(true),
        ..Name::default()
    };
    let co_person = CoPerson { status: Some(Status::Active.into()), ..CoPerson::default() };
    SubjectState {
        revision: 7,
        exists: true,
        data: Some(Data::Person(PersonState {
            co_person: Some(co_person),
            provisionable: Provisionable::Everything.into(),
            identifiers: vec![identifier],
            names: vec![name],
            ..PersonState::default()
        })),
        ..SubjectState::default()
    }
}

fn names(people: &BTreeMap<String, Seen>) -> Vec<&str> {
    people.keys().map(String::as_str).collect()
}

/// All of it.
pub(crate) async fn holds(peer: &dyn Peer) {
    let mut place = Place::below(peer.data(), peer.plugin(), 2, 3, &peer.configuration(2));
    place.connector.check(&place.target).await.unwrap();
    what_is_done_twice_is_done_once(peer, &mut place).await;
    a_rename_takes_along_what_others_wrote(peer, &mut place).await;
    what_a_crash_left_is_found(peer, &mut place).await;
    names_of_any_letters(peer, &mut place).await;
    cos_share_a_server(peer, &mut place).await;
    a_server_that_refuses(peer).await;
    a_server_that_is_away(peer, &mut place).await;
}

async fn what_is_done_twice_is_done_once(peer: &dyn Peer, place: &mut Place) {
    if place.connector.reads_back() {
        let planned = place.plan(&person("mira", "Oduya"), Work::Apply).await;
        assert!(peer.steps().contains(&planned.steps.len()) && planned.there == Some(false), "{planned:?}");
        assert_eq!(peer.people(2).await, BTreeMap::new(), "a plan does nothing");
    }
    let first = place.apply("mira", "Oduya").await;
    let seen = peer.people(2).await;
    assert_eq!(names(&seen), ["mira"]);
    assert_eq!(place.apply("mira", "Oduya").await, first, "twice is the same");
    assert_eq!(peer.people(2).await, seen);
    if place.connector.reads_back() {
        let planned = place.plan(&SubjectState::default(), Work::Remove).await;
        assert!(peer.steps().contains(&planned.steps.len()) && planned.there == Some(true), "{planned:?}");
        assert_eq!(place.keys().await, [place.key()]);
        assert_eq!(peer.people(2).await, seen, "a plan does nothing");
    }
    place.remove().await;
    place.remove().await;
    assert_eq!(peer.people(2).await, BTreeMap::new());
    place.apply("mira", "Oduya").await;
    assert_eq!(peer.people(2).await, seen, "what was removed comes again");
}

async fn a_rename_takes_along_what_others_wrote(peer: &dyn Peer, place: &mut Place) {
    let (attribute, value) = peer.deface(2, "mira").await;
    for (identifier, family) in [("mira", "Adeyemi"), ("mira2", "Adeyemi"), ("mira3", "Oduya"), ("MIRA3", "Oduya")] {
        place.apply(identifier, family).await;
        let seen = peer.people(2).await;
        assert_eq!(seen.len(), 1, "{seen:?}");
        let (found, seen) = seen.into_iter().next().unwrap();
        assert_eq!(found.to_lowercase(), identifier.to_lowercase());
        assert_eq!(seen.get(&attribute), Some(&vec![value.clone()]), "{seen:?}");
        assert!(seen.values().flatten().any(|value| value.contains(family)), "{seen:?}");
    }
}

async fn what_a_crash_left_is_found(peer: &dyn Peer, place: &mut Place) {
    for identifier in ["ada", "bea", "ada", "cleo"] {
        place.call_and_crash(&person(identifier, "Oduya"), Work::Apply).await.unwrap();
    }
    place.apply("dora", "Oduya").await;
    assert_eq!(names(&peer.people(2).await), ["dora"]);
    place.call_and_crash(&person("eve", "Oduya"), Work::Apply).await.unwrap();
    place.remove().await;
    assert_eq!(peer.people(2).await, BTreeMap::new());
}

async fn names_of_any_letters(peer: &dyn Peer, place: &mut Place) {
    let long: String = "ä0123456".repeat(64);
    let (odd, other) = (r#"a,b+c="d"\e/f;<g>#h*(i)"#, "Ünï ċødé 名前 😀");
    for identifier in [odd, "#x", "a  b", other] {
        place.apply(identifier, &long).await;
        let seen = peer.people(2).await;
        assert_eq!(names(&seen), [identifier]);
        assert!(seen.values().flat_map(|seen| seen.values().flatten()).any(|value| value.contains(&long)));
        place.apply(identifier, odd).await;
        let seen = peer.people(2).await;
        assert!(seen.values().flat_map(|seen| seen.values().flatten()).any(|value| value.contains(odd)), "{seen:?}");
    }
    place.remove().await;
    assert_eq!(peer.people(2).await, BTreeMap::new());
}

async fn cos_share_a_server(peer: &dyn Peer, place: &mut Place) {
    let mut elsewhere = Place::below(peer.data(), peer.plugin(), 3, 3, &peer.configuration(3));
    place.apply("mira", "Oduya").await;
    elsewhere.apply("mira", "Adeyemi").await;
    place.another(4).apply("nia", "Okafor").await;
    elsewhere.remove().await;
    assert_eq!((names(&peer.people(2).await), peer.people(3).await), (vec!["mira", "nia"], BTreeMap::new()));
}

async fn a_server_that_refuses(peer: &dyn Peer) {
    let (configuration, secret) = peer.refused(2);
    let mut place = Place::below(peer.data(), peer.plugin(), 2, 5, &configuration);
    let refused = place.call(&person("zoe", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(matches!(refused, ConnectorError::Permanent { .. }), "{refused:?}");
    assert!(!format!("{refused:?}").contains(secret), "{refused:?}");
    let checked = place.connector.check(&place.target).await.unwrap_err();
    assert!(!format!("{checked:?}").contains(secret), "{checked:?}");
}

async fn a_server_that_is_away(peer: &dyn Peer, place: &mut Place) {
    peer.stop().await;
    let away = place.call(&person("mira", "Adeyemi"), Work::Apply).await.unwrap_err();
    assert!(matches!(away, ConnectorError::Retryable { .. } | ConnectorError::Unknown { .. }), "{away:?}");
    let away = place.call(&person("mira", "Adeyemi"), Work::Apply).await.unwrap_err();
    assert!(matches!(away, ConnectorError::Retryable { .. }), "{away:?}");
    peer.start().await;
    place.apply("mira", "Adeyemi").await;
    assert_eq!(names(&peer.people(2).await), ["mira", "nia"]);
}
