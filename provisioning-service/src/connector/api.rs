//! `ApiProvisioner`: sends people as JSON messages to an HTTP server (provisioning-engine.md §9).
//!
//! `POST` mode posts a message for each application; `PUT` mode keeps a document for each person below the address, named
//! by an identifier. The identifier that was used is remembered, so that a person can be removed when the identifier is
//! gone. Groups, lists and services are not sent.

use async_trait::async_trait;
use proto::registry::v1::SubjectState;
use reqwest::Method;
use serde_json::{Map, Value as Json};

use crate::{
    connector::{Connector, Job, Wrong, digest},
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};

mod answer;
mod configuration;
mod message;
mod send;

use configuration::{Configuration, Mode};

/// One call of the server.
#[derive(Debug, PartialEq)]
struct Call {
    method: Method,
    url: String,
    body: Option<Json>,
}

/// Sends people to HTTP servers.
#[derive(Debug)]
pub struct Api {
    client: reqwest::Client,
}

impl Api {
    /// Sends with a client.
    #[must_use]
    pub fn new(client: reqwest::Client) -> Self {
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
fn key<'a>(subject: Subject, state: &'a SubjectState, configuration: &Configuration<'_>) -> Option<&'a str> {
    message::key(message::person_of(subject, state)?, configuration.identifier_type)
}

/// What has to be called.
fn calls(job: &Job<'_>, work: Work, configuration: &Configuration<'_>) -> Result<Vec<Call>, ConnectorError> {
    let Some(person) = message::person_of(job.subject, job.state) else { return Ok(Vec::new()) };
    let key = key(job.subject, job.state, configuration);
    let mut calls = Vec::new();
    for old in job.former_keys {
        calls.push(removal(configuration, old)?);
    }
    match work {
        Work::Apply => {
            let key = key.ok_or_else(|| {
                let kind = configuration.identifier_type;
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

fn removal(configuration: &Configuration<'_>, key: &str) -> Result<Call, ConnectorError> {
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

    fn serves(&self) -> &'static [Kind] {
        &[Kind::Person]
    }

    fn secrets(&self) -> &'static [&'static str] {
        &[configuration::PASSWORD, configuration::TOKEN]
    }

    fn bound_to(&self) -> &'static [&'static str] {
        &[configuration::SERVER_URL]
    }

    fn applies(&self, secret: &str, configuration: &Map<String, Json>) -> bool {
        configuration::applies(secret, configuration)
    }

    fn validate(&self, configuration: &Map<String, Json>) -> Vec<Wrong> {
        configuration::validate(configuration)
    }

    fn key(&self, target: &Target, subject: Subject, state: &SubjectState) -> Option<String> {
        key(subject, state, &Configuration::of(target).ok()?).map(str::to_owned)
    }

    fn plan(&self, job: &Job<'_>, work: Work) -> Result<Vec<Json>, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let steps = calls(job, work, &configuration)?
            .into_iter()
            .map(|call| serde_json::json!({ "method": call.method.as_str(), "url": call.url, "body": call.body }));
        Ok(steps.collect())
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
