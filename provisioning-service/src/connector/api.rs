//! `ApiProvisioner`: sends people as JSON messages to an HTTP server (provisioning-engine.md §9).
//!
//! `POST` mode posts a message for each application; `PUT` mode keeps a document for each person below the address, named
//! by an identifier. The identifier that was used is remembered, so that a person can be removed when the identifier is
//! gone. Groups, lists and services are not sent.

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

mod answer;
mod configuration;
pub(super) mod message;
mod send;

use configuration::{Configuration, Mode};

/// One call of the server.
#[derive(Debug, PartialEq)]
struct Call {
    method: Method,
    url: String,
    body: Option<Json>,
}

impl Call {
    /// For people: method, address, the headers that tell what the body is, and the body.
    fn shown(&self) -> String {
        let head = format!("{} {}\nAccept: application/json\nContent-Type: application/json\n", self.method, self.url);
        match &self.body {
            Some(body) => format!("{head}\n{body}"),
            None => head,
        }
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
        let key = key(job.subject, job.state, &configuration).map(str::to_owned);
        let calls = calls(job, work, &configuration)?;
        for call in &calls {
            send::send(&self.client, &configuration, call, job).await?;
        }
        let digest =
            calls.last().and_then(|call| call.body.as_ref()).map(|body| digest::of(body.to_string().as_bytes()));
        match work {
            Work::Apply => Ok(Applied { key, digest }),
            Work::Remove => Ok(Applied::default()),
        }
    }
}

/// What the server calls a subject.
fn key<'a>(subject: Subject, state: &'a SubjectState, configuration: &Configuration) -> Option<&'a str> {
    message::key(message::person_of(subject, state)?, &configuration.identifier_type)
}

/// What has to be called.
fn calls(job: &Job<'_>, work: Work, configuration: &Configuration) -> Result<Vec<Call>, ConnectorError> {
    let Some(person) = message::person_of(job.subject, job.state) else { return Ok(Vec::new()) };
    let key = key(job.subject, job.state, configuration);
    let mut calls = Vec::new();
    for old in job.former_keys {
        calls.push(removal(configuration, old)?);
    }
    match work {
        Work::Apply => {
            let key = key.ok_or_else(|| {
                let kind = &configuration.identifier_type;
                ConnectorError::permanent(format!("No identifier of type {kind} found for CO Person"))
            })?;
            let body = Some(message::full(person, key));
            calls.push(match configuration.mode {
                Mode::Post => Call { method: Method::POST, url: configuration.collection(), body },
                Mode::Put => Call { method: Method::PUT, url: configuration.document(key)?, body },
            });
        }
        // Without any key the server was never told of the person, or was told to forget it.
        Work::Remove => {}
    }
    Ok(calls)
}

fn removal(configuration: &Configuration, key: &str) -> Result<Call, ConnectorError> {
    Ok(match configuration.mode {
        Mode::Post => Call { method: Method::POST, url: configuration.collection(), body: Some(message::deleted(key)) },
        Mode::Put => Call { method: Method::DELETE, url: configuration.document(key)?, body: None },
    })
}

#[async_trait]
impl Connector for Api {
    fn plugin(&self) -> &'static str {
        "ApiProvisioner"
    }

    fn serves(&self, _target: &Target) -> &'static [Kind] {
        &[Kind::Person]
    }

    fn configuration(&self) -> &'static Description {
        &configuration::DESCRIPTION
    }

    fn key(&self, target: &Target, subject: Subject, state: &SubjectState) -> Option<String> {
        key(subject, state, &Configuration::of(target).ok()?).map(str::to_owned)
    }

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let calls = calls(job, work, &configuration)?;
        Ok(Plan::blind(calls.iter().map(|call| Step::new(Protocol::Http, call.shown())).collect()))
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
