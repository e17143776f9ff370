//! `LdapProvisioner`: keeps an entry for each person, and for each group, in a directory.
//!
//! Guarantee: the attributes that are ours are as the state says; all others stay as they are, and so do entries that have
//! the name of no subject. One that has the name of a subject is that subject's, whoever made it: it is changed, and goes
//! with the subject. Mechanism: the entry is read and changed by as little as it needs; a person who is called otherwise is renamed, so that
//! what others wrote there goes along. Failure: each answer of the directory counts (`answer`); after a crash in between,
//! the next call finds by the keys that were written down what it left.

use async_trait::async_trait;
use ldap3::SearchEntry;
use proto::registry::v1::{GroupState, PersonState, SubjectState, subject_state::Data};
use serde_json::Value as Json;

use crate::{
    connector::{
        Connector, Job, Keys,
        description::Description,
        dialer::Dialer,
        digest,
        plan::{Plan, Protocol, Step},
    },
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};

mod answer;
mod attribute;
mod channel;
mod configuration;
mod connection;
mod dn;
mod entry;
mod gate;
mod groups;
mod listing;
mod matching;
mod op;
mod planned;
mod reading;
mod spelling;
mod whose;

use answer::{ENTRY_EXISTS, NO_SUCH_OBJECT};
use configuration::Configuration;
use connection::{Connections, Directory};
use dn::key;
use entry::Entry;
use groups::{Belongs, Groups};
use listing::Listings;
use op::Op;
use spelling::respell;
use whose::{former, is_others, ours};

/// Keeps people and groups in directories.
#[derive(Debug)]
pub struct Directories {
    connections: Connections,
    listings: Listings,
}

impl Directories {
    /// Connects to where a dialer lets it.
    #[must_use]
    pub fn new(dialer: Dialer) -> Self {
        Self { connections: Connections::new(dialer), listings: Listings::default() }
    }
}

fn person_of(state: &SubjectState) -> Option<&PersonState> {
    match &state.data {
        Some(Data::Person(person)) => Some(person),
        _ => None,
    }
}

fn group_of(state: &SubjectState) -> Option<&GroupState> {
    match &state.data {
        Some(Data::Group(group)) => Some(group),
        _ => None,
    }
}

/// Makes the entry of a person what it is to be. Gives what was read of it, under the name that it has now, if it was there.
async fn apply(
    directory: &Directory,
    entry: &Entry,
    configuration: &Configuration,
    (job, former): (&Job<'_>, &[&str]),
) -> Result<Option<SearchEntry>, ConnectorError> {
    let (base, named) = (configuration.base_dn.as_str(), (configuration.dn_attribute_name.as_str(), entry.dn.as_str()));
    let found = match directory.read(&entry.dn, &entry.names()).await? {
        Some(found) => Some(ours(found, job, named, base).await?),
        None => renamed(directory, entry, base, former).await?,
    };
    let mut found = match found {
        Some(found) => Some(found),
        None if directory.send(entry.whole(), &[ENTRY_EXISTS]).await? == 0 => None,
        // It came meanwhile.
        None => match directory.read(&entry.dn, &entry.names()).await? {
            Some(found) => Some(ours(found, job, named, base).await?),
            None => None,
        },
    };
    if let Some(found) = &mut found {
        respell(directory, entry, base, found).await?;
        let changes = entry.changes(found);
        entry.changed(found, &changes);
        if !changes.is_empty() {
            directory.send(Op::modify(&entry.dn, changes), &[]).await?;
        }
    }
    for old in former {
        forget(directory, job, old, &entry.dn).await?;
    }
    Ok(found)
}

/// What is read of an entry that has one of the old names, after it got the new one.
async fn renamed(
    directory: &Directory,
    entry: &Entry,
    base: &str,
    former: &[&str],
) -> Result<Option<SearchEntry>, ConnectorError> {
    for old in former {
        let Some(mut found) = directory.read(old, &entry.names()).await? else { continue };
        let rename = Op::Rename { dn: (*old).to_owned(), rdn: entry.rdn.clone(), base: base.to_owned() };
        if directory.send(rename, &[NO_SUCH_OBJECT, ENTRY_EXISTS]).await? == 0 {
            entry.renamed(&mut found);
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Deletes what has an old name, unless that is the new one written otherwise: a directory says of both the same name.
async fn forget(directory: &Directory, job: &Job<'_>, old: &str, new: &str) -> Result<(), ConnectorError> {
    let Some(found) = directory.read(old, &["1.1"]).await? else { return Ok(()) };
    match directory.read(new, &["1.1"]).await? {
        Some(kept) if kept.dn == found.dn => Ok(()),
        _ if is_others(directory, job, old).await? => Ok(()),
        _ => delete(directory, old).await,
    }
}

/// Deletes an entry; one that is not there is deleted.
async fn delete(directory: &Directory, dn: &str) -> Result<(), ConnectorError> {
    directory.send(Op::Delete { dn: dn.to_owned() }, &[NO_SUCH_OBJECT]).await.map(|_| ())
}

/// What is wanted of a subject: its name, and what is shown of it; `None` if it has no place there.
fn shown(job: &Job<'_>, configuration: &Configuration) -> Result<Option<(String, Json)>, ConnectorError> {
    if let Some(person) = person_of(job.state) {
        let entry = Entry::of(person, configuration)?;
        let shown = entry.shown();
        return Ok(Some((entry.dn, shown)));
    }
    let group = group_of(job.state);
    let named = group.and_then(|group| Some((groups::dn(group, configuration)?, group)));
    Ok(named.map(|(dn, group)| {
        let shown = groups::shown(&dn, group, configuration);
        (dn, shown)
    }))
}

/// Makes the directory look like the state.
async fn applied(
    directory: &Directory,
    configuration: &Configuration,
    job: &Job<'_>,
) -> Result<Applied, ConnectorError> {
    let Some((dn, shown)) = shown(job, configuration)? else { return Ok(Applied::default()) };
    let mut left = Vec::new();
    let (groups, former) = (Groups::of(directory, configuration, job), former(directory, job).await?);
    if let Some(person) = person_of(job.state) {
        let (mut known, lost) = match &groups {
            Some(groups) => groups.known(&former).await?,
            None => (Vec::new(), false),
        };
        let found = apply(directory, &Entry::of(person, configuration)?, configuration, (job, &former)).await?;
        if let Some(groups) = groups {
            known.extend(groups.spellings(&dn));
            let called = groups.member(&dn, found.as_ref());
            let belongs = Belongs::of(person, job.target);
            left = groups.enrol(Some(&called), &known, &belongs).await?;
            left.extend(groups.in_doubt(lost, &belongs));
        }
    } else if let (Some(groups), Some(group)) = (groups, group_of(job.state)) {
        groups.apply(job, group, &former).await?;
    }
    Ok(Applied { key: Some(key(&dn)), digest: Some(digest::of(shown.to_string().as_bytes())), groups: left })
}

/// Takes a subject away. Who reads its memberships meanwhile finds the entry, or none.
async fn removed(
    directory: &Directory,
    configuration: &Configuration,
    job: &Job<'_>,
) -> Result<Applied, ConnectorError> {
    let (former, mut left) = (former(directory, job).await?, Vec::new());
    if job.subject.kind == Kind::Person
        && let Some(groups) = Groups::of(directory, configuration, job)
    {
        let (mut known, _) = groups.known(&former).await?;
        // What it is called now is its own, unless another subject has that name.
        let told = person_of(job.state).and_then(|person| entry::dn(person, configuration));
        let told = told.filter(|dn| former.contains(&key(dn).as_str()));
        known.extend(told.iter().flat_map(|dn| groups.spellings(dn)));
        left = groups.enrol(None, &known, &Belongs::default()).await?;
    }
    for dn in former {
        // Groups took their time, and names are given meanwhile.
        if !is_others(directory, job, dn).await? {
            delete(directory, dn).await?;
        }
    }
    Ok(Applied { groups: left, ..Applied::default() })
}

/// Whether the directory has an entry of a subject.
async fn is_there(directory: &Directory, job: &Job<'_>, current: Option<&str>) -> Result<bool, ConnectorError> {
    for dn in job.former_keys.iter().map(String::as_str).chain(current) {
        if directory.has(dn).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[async_trait]
impl Connector for Directories {
    fn plugin(&self) -> &'static str {
        "LdapProvisioner"
    }

    fn serves(&self, target: &Target) -> &'static [Kind] {
        match target.configuration.get("GroupBaseDn") {
            Some(Json::String(_)) => &[Kind::Group, Kind::Person],
            _ => &[Kind::Person],
        }
    }

    fn configuration(&self) -> &'static Description {
        &configuration::DESCRIPTION
    }

    fn key(&self, target: &Target, _: Subject, state: &SubjectState) -> Option<String> {
        let configuration = Configuration::of(target).ok()?;
        let dn = match (person_of(state), group_of(state)) {
            (Some(person), _) => entry::dn(person, &configuration),
            (None, Some(group)) => groups::dn(group, &configuration),
            (None, None) => None,
        };
        dn.as_deref().map(key)
    }

    fn reads_back(&self) -> bool {
        true
    }

    async fn keys(&self, target: &Target, kind: Kind, after: Option<String>) -> Result<Keys, ConnectorError> {
        let configuration = Configuration::of(target)?;
        self.listings.page(&self.connections, (target.co_id, &configuration), kind, after).await
    }

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let directory = self.connections.of(job.target, &configuration).await?;
        let current = match work {
            Work::Apply => shown(job, &configuration)?.map(|(dn, _)| dn),
            Work::Remove => None,
        };
        let there = is_there(&directory, job, current.as_deref()).await?;
        let (planning, written) = directory.planning();
        match work {
            Work::Apply => applied(&planning, &configuration, job).await?,
            Work::Remove => removed(&planning, &configuration, job).await?,
        };
        let steps = written.take().iter().map(|op| Step::new(Protocol::Ldap, op.ldif())).collect();
        Ok(Plan { steps, there: Some(there) })
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let directory = self.connections.of(job.target, &configuration).await?;
        applied(&directory, &configuration, job).await
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        if job.former_keys.is_empty() {
            return Ok(Applied::default());
        }
        let directory = self.connections.of(job.target, &configuration).await?;
        removed(&directory, &configuration, job).await
    }

    async fn check(&self, target: &Target) -> Result<(), ConnectorError> {
        let configuration = Configuration::of(target)?;
        let directory = self.connections.open(&configuration).await?;
        for base in [Some(&configuration.base_dn), configuration.group_base_dn.as_ref()].into_iter().flatten() {
            if directory.read(base, &["1.1"]).await?.is_none() {
                return Err(ConnectorError::permanent(format!("The directory has no entry {base}.")));
            }
        }
        Ok(())
    }
}
