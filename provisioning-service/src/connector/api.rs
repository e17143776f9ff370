//! `ApiProvisioner`: sends people as JSON messages to an HTTP server (provisioning-engine.md §9).
//!
//! `POST` mode posts a message for each application; `PUT` mode keeps a document for each person below the address, named
//! by an identifier. The identifier that was used is remembered, so that a person can be removed when the identifier is
//! gone. Groups are sent where `Groups` says so; lists and services are not.

use async_trait::async_trait;
use proto::registry::v1::SubjectState;
use reqwest::Method;
use serde_json::Value as Json;

use crate::{
    connector::{
        Connector, Job,
        description::Description,
        digest, http,
        plan::{Plan, Protocol, Step},
    },
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};

mod configuration;
mod headers;
pub(super) mod message;
mod send;
mod sign;

use configuration::{Configuration, Message, Mode};
use headers::Header;

/// One call of the server.
#[derive(Debug, PartialEq)]
struct Call {
    method: Method,
    url: String,
    body: Option<Json>,
}

impl Call {
    /// The body as it is sent.
    fn text(&self) -> String {
        self.body.as_ref().map(Json::to_string).unwrap_or_default()
    }

    /// For people: method, address, headers without secrets, and the body.
    fn step(&self, job: &Job<'_>, configuration: &Configuration) -> Step {
        let headers = headers::of(self, job, configuration);
        let text = |headers: &mut dyn Iterator<Item = String>| {
            let headers: String = headers.map(|header| header + "\n").collect();
            format!("{} {}\n{headers}\n{}", self.method, self.url, self.text()).trim_end().to_owned()
        };
        let stable = text(&mut headers.iter().filter_map(Header::stable));
        Step { protocol: Protocol::Http, text: text(&mut headers.iter().map(Header::shown)), stable: Some(stable) }
    }
}

/// Sends people to HTTP servers.
#[derive(Debug)]
pub struct Api {
    client: http::Client,
}

impl Api {
    /// Sends with a client.
    #[must_use]
    pub fn new(client: http::Client) -> Self {
        Self { client }
    }

    async fn carry_out(&self, job: &Job<'_>, work: Work) -> Result<Applied, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let key = key(job.subject, job.state, &configuration);
        let calls = calls(job, work, &configuration)?;
        for call in &calls {
            send::send(&self.client, &configuration, call, job).await?;
        }
        let digest =
            calls.last().and_then(|call| call.body.as_ref()).map(|body| digest::of(body.to_string().as_bytes()));
        match work {
            Work::Apply => Ok(Applied { key, digest, ..Applied::default() }),
            Work::Remove => Ok(Applied::default()),
        }
    }
}

/// What the server calls a subject.
fn key(subject: Subject, state: &SubjectState, configuration: &Configuration) -> Option<String> {
    if let Some(person) = message::person_of(subject, state) {
        return message::key(person, &configuration.identifier_type).map(str::to_owned);
    }
    message::group_of(state).filter(|_| configuration.groups).map(|_| group_key(subject.id))
}

/// What groups are remembered by, told apart from the identifiers of people.
fn group_key(id: i64) -> String {
    format!("CoGroup/{id}")
}

/// What a message calls a subject.
fn id_of(kind: Kind, key: &str) -> &str {
    match kind {
        Kind::Group => key.strip_prefix("CoGroup/").unwrap_or(key),
        _ => key,
    }
}

/// What has to be called.
fn calls(job: &Job<'_>, work: Work, configuration: &Configuration) -> Result<Vec<Call>, ConnectorError> {
    let kind = job.subject.kind;
    if kind != Kind::Person && !(kind == Kind::Group && configuration.groups) {
        return Ok(Vec::new());
    }
    let mut calls = Vec::new();
    for old in job.former_keys {
        calls.push(removal(configuration, kind, id_of(kind, old))?);
    }
    // To be removed without any key: the server was never told of it, or was told to forget it.
    if work == Work::Apply {
        calls.push(application(job, configuration)?);
    }
    Ok(calls)
}

fn application(job: &Job<'_>, configuration: &Configuration) -> Result<Call, ConnectorError> {
    let kind = job.subject.kind;
    let key = key(job.subject, job.state, configuration)
        .ok_or_else(|| ConnectorError::no_identifier(&configuration.identifier_type, Kind::Person.title()))?;
    let id = id_of(kind, &key);
    let person = message::person_of(job.subject, job.state);
    let body = match (configuration.message, person, message::group_of(job.state)) {
        (Message::Full, Some(person), _) if configuration.groups => message::with_memberships(person, id),
        (Message::Full, Some(person), _) => message::full(person, id),
        (Message::Full, None, Some(group)) => message::full_group(group, id),
        _ => message::pointer(job.subject, id),
    };
    let (method, url) = match configuration.mode {
        Mode::Post => (Method::POST, configuration.collection()),
        Mode::Put => (Method::PUT, configuration.document(kind, id)?),
    };
    Ok(Call { method, url, body: Some(body) })
}

fn removal(configuration: &Configuration, kind: Kind, id: &str) -> Result<Call, ConnectorError> {
    Ok(match configuration.mode {
        Mode::Post => {
            let body = match kind {
                Kind::Group => message::deleted_group(id),
                _ => message::deleted(id),
            };
            Call { method: Method::POST, url: configuration.collection(), body: Some(body) }
        }
        Mode::Put => Call { method: Method::DELETE, url: configuration.document(kind, id)?, body: None },
    })
}

#[async_trait]
impl Connector for Api {
    fn plugin(&self) -> &'static str {
        "ApiProvisioner"
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
        key(subject, state, &Configuration::of(target).ok()?)
    }

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let calls = calls(job, work, &configuration)?;
        Ok(Plan::blind(calls.iter().map(|call| call.step(job, &configuration)).collect()))
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.carry_out(job, Work::Apply).await
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.carry_out(job, Work::Remove).await
    }

    async fn check(&self, target: &Target) -> Result<(), ConnectorError> {
        let configuration = Configuration::of(target)?;
        send::reach(&self.client, &configuration).await
    }
}
