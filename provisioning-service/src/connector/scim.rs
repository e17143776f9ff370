//! `ScimProvisioner`: keeps a user for each person, and a group for each group, at a server of SCIM 2.0 (RFC 7643, 7644).
//!
//! Guarantee: the attributes that are ours are as the state says; all others stay. Mechanism: resources are found by our own
//! id in `externalId`, which never changes, so what they are called otherwise may; one that is there by name and belongs to
//! nobody is taken over. Only what differs is sent, by PATCH where the server has it. Failure: after a crash in between the
//! next call finds what it left by the same id.

use std::collections::BTreeSet;

use async_trait::async_trait;
use proto::registry::v1::{GroupState, PersonState, SubjectState, subject_state::Data};
use serde_json::{Map, Value as Json, json};

use crate::{
    connector::{Connector, Job, Keys, description::Description, digest, http, plan::Plan},
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};

mod auth;
mod belonging;
mod configuration;
mod groups;
mod pages;
mod removal;
mod resource;
mod server;
mod store;
mod user;

use configuration::Configuration;
use resource::{GROUPS, Sort, USERS};
use server::{Server, Shared};
use store::{Found, How};

/// Keeps people and groups at SCIM servers.
#[derive(Debug)]
pub struct Scim {
    shared: Shared,
}

impl Scim {
    /// Sends with a client.
    #[must_use]
    pub fn new(client: http::Client) -> Self {
        Self { shared: Shared::new(client) }
    }

    fn server<'a>(
        &'a self,
        target: &Target,
        configuration: &'a Configuration,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Server<'a> {
        Server::new(&self.shared, target, configuration, now)
    }
}

/// What all subjects of a kind and a CO are called at servers, and no other's: what its names begin with.
fn prefix(target: &Target, kind: Kind) -> String {
    format!("co_{}:{}:", target.co_id, kind.code())
}

/// Our own id of a subject, the same for all its life.
fn key(target: &Target, subject: Subject) -> String {
    format!("{}{}", prefix(target, subject.kind), subject.id)
}

fn sort_of(kind: Kind) -> Option<Sort> {
    match kind {
        Kind::Person => Some(USERS),
        Kind::Group => Some(GROUPS),
        _ => None,
    }
}

fn person_of(state: &SubjectState) -> Option<&PersonState> {
    match &state.data {
        Some(Data::Person(person)) => Some(person),
        _ => None,
    }
}

/// The resource of a subject as it is to be; `None` if it has no place there.
fn wanted(job: &Job<'_>, configuration: &Configuration) -> Result<Option<Map<String, Json>>, ConnectorError> {
    let key = key(job.target, job.subject);
    match &job.state.data {
        Some(Data::Person(person)) => {
            let kind = &configuration.user_name_identifier_type;
            let name = user::identifier(person, kind)
                .ok_or_else(|| ConnectorError::no_identifier(kind, Kind::Person.title()))?;
            Ok(Some(user::wanted(person, &key, name)))
        }
        Some(Data::Group(GroupState { co_group: Some(group), .. })) if configuration.groups => {
            let name = group.name.as_deref().unwrap_or_default().trim();
            let group = json!({ "schemas": [GROUPS.schema], "externalId": key, "displayName": name });
            Ok(group.as_object().cloned())
        }
        _ => Ok(None),
    }
}

/// The keys of the groups of a person that may be at a target. An owner alone is no member.
fn groups_at(target: &Target, person: &PersonState) -> BTreeSet<String> {
    let members = person
        .memberships
        .iter()
        .filter(|membership| membership.member.as_ref().is_none_or(|row| row.member.unwrap_or(true)));
    let ids = members.filter_map(|membership| membership.group.as_ref()?.id);
    let only = target.provision_co_group_id;
    let ids = ids.filter(|id| only.is_none_or(|only| only == *id));
    ids.map(|id| key(target, Subject::new(Kind::Group, id))).collect()
}

/// Makes a subject what it is to be. Gives what it is to be.
async fn apply(server: &Server<'_>, job: &Job<'_>) -> Result<Option<(Map<String, Json>, How)>, ConnectorError> {
    let (Some(sort), Some(wanted)) = (sort_of(job.subject.kind), wanted(job, server.configuration)?) else {
        return Ok(None);
    };
    let (found, how) = server.save(sort, &wanted, job.beside).await?;
    let is_new = how == How::Made;
    if let Some(person) = person_of(job.state) {
        if server.configuration.groups {
            let ours = prefix(job.target, Kind::Group);
            server.enrol(&found, is_new, &groups_at(job.target, person), &ours).await?;
        }
    } else {
        let key = key(job.target, job.subject);
        let is_known = how == How::Known && job.previous_key == Some(key.as_str()) && !job.fills();
        if !is_known {
            server.fill(&found, is_new, job.subject.id, job.beside).await?;
        }
    }
    Ok(Some((wanted, how)))
}

/// Takes a subject away; gives whether anything was there.
async fn remove(server: &Server<'_>, job: &Job<'_>) -> Result<bool, ConnectorError> {
    let Some(sort) = sort_of(job.subject.kind) else { return Ok(false) };
    let mut found: Vec<Found> = Vec::new();
    for key in job.former_keys {
        found.extend(server.ours(sort, key).await?);
    }
    for resource in &found {
        if sort == USERS && server.configuration.groups {
            // Not every server takes users that it deletes out of their groups.
            server.enrol(resource, false, &BTreeSet::new(), &prefix(job.target, Kind::Group)).await?;
        }
        server.delete(sort, resource).await?;
    }
    Ok(!found.is_empty())
}

#[async_trait]
impl Connector for Scim {
    fn plugin(&self) -> &'static str {
        "ScimProvisioner"
    }

    fn serves(&self, target: &Target) -> &'static [Kind] {
        match target.configuration.get("Groups").and_then(Json::as_bool) {
            Some(true) => &[Kind::Group, Kind::Person],
            _ => &[Kind::Person],
        }
    }

    fn configuration(&self) -> &'static Description {
        &configuration::DESCRIPTION
    }

    fn key(&self, target: &Target, subject: Subject, state: &SubjectState) -> Option<String> {
        let serves = self.serves(target).contains(&subject.kind);
        (serves && state.data.is_some()).then(|| key(target, subject))
    }

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let server = self.server(job.target, &configuration, job.now).planned();
        let there = match work {
            Work::Apply => apply(&server, job).await?.is_some_and(|(_, how)| how == How::Known),
            Work::Remove => remove(&server, job).await?,
        };
        Ok(Plan { steps: server.steps(), there: Some(there) })
    }

    fn reads_back(&self) -> bool {
        true
    }

    async fn keys(&self, target: &Target, kind: Kind, after: Option<String>) -> Result<Keys, ConnectorError> {
        let configuration = Configuration::of(target)?;
        let Some(sort) = sort_of(kind).filter(|_| self.serves(target).contains(&kind)) else {
            return Ok(Keys::default());
        };
        self.server(target, &configuration, chrono::DateTime::UNIX_EPOCH).page(sort, after).await
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let Some((wanted, _)) = apply(&self.server(job.target, &configuration, job.now), job).await? else {
            return Ok(Applied::default());
        };
        let digest = digest::of(Json::Object(wanted).to_string().as_bytes());
        Ok(Applied { key: Some(key(job.target, job.subject)), digest: Some(digest), ..Applied::default() })
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        remove(&self.server(job.target, &configuration, job.now), job).await?;
        Ok(Applied::default())
    }

    async fn check(&self, target: &Target) -> Result<(), ConnectorError> {
        let configuration = Configuration::of(target)?;
        let server = self.server(target, &configuration, chrono::DateTime::UNIX_EPOCH);
        server.ours(USERS, &format!("{}0", prefix(target, Kind::Person))).await?;
        if configuration.groups {
            server.ours(GROUPS, &format!("{}0", prefix(target, Kind::Group))).await?;
        }
        server.patches(USERS.path).await.map(|_| ())
    }
}
