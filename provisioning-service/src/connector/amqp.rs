//! `AmqpProvisioner`: publishes each application as a message to an exchange of a broker (RabbitMQ).
//!
//! Guarantee: what was answered as done is in at least one queue of the broker, and outlives its restart. Mechanism:
//! messages are persistent and mandatory, and confirmed by the broker. The same request sends the same message again under
//! the same id; each message bears the revision of its subject, so that a consumer can leave an older one alone. Failure: a
//! message that nothing takes is an error that waiting may heal, for a queue may be bound meanwhile.

use async_trait::async_trait;
use messaging::Outside;
use proto::registry::v1::SubjectState;
use std::sync::Arc;

use crate::{
    connector::{
        Connector, Job,
        description::Description,
        dialer::Dialer,
        digest,
        kept::Kept,
        marks,
        plan::{Plan, Step},
        trust,
    },
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::Subject,
        target::Target,
    },
};

mod answer;
mod configuration;
mod gate;
mod message;

use configuration::Configuration;
use gate::Gate;

/// Publishes to brokers.
#[derive(Debug)]
pub struct Brokers {
    dialer: Dialer,
    open: Kept<Configuration, Arc<Broker>>,
}

/// A broker, and the way to it.
#[derive(Debug)]
struct Broker {
    outside: Outside,
    _gate: Gate,
}

impl Brokers {
    /// Connects to where a dialer lets it.
    #[must_use]
    pub fn new(dialer: Dialer) -> Self {
        Self { dialer, open: Kept::default() }
    }

    async fn connect(&self, configuration: &Configuration) -> Result<Arc<Broker>, ConnectorError> {
        let settings = configuration.settings();
        let wrong = |_| ConnectorError::permanent("The Url of the target is no address of a broker.");
        let (host, port) = settings.host().map_err(wrong)?;
        let trust = configuration.is_secure().then(|| trust::besides(configuration.ca_certificates())).transpose()?;
        // It is closed with whatever comes of it.
        let gate = Gate::open(&self.dialer, (&host, port), trust).await?;
        let opened = Outside::connect(&settings, gate.address).await;
        let outside = opened.map_err(|error| answer::judge(&error, configuration, ""))?;
        Ok(Arc::new(Broker { outside, _gate: gate }))
    }

    async fn send(&self, job: &Job<'_>, work: Work) -> Result<String, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let post = message::post(job, work, &configuration);
        let digest = digest::of(&post.body);
        let broker = self.connect(&configuration);
        let broker =
            self.open.of(job.target.id, configuration.clone(), |open| open.outside.is_connected(), broker).await?;
        if let Err(error) = broker.outside.publish(&post).await {
            if error == messaging::OutsideError::Unconfirmed {
                self.open.forget(job.target.id);
            }
            return Err(answer::judge(&error, &configuration, &post.routing_key));
        }
        Ok(digest)
    }
}

#[async_trait]
impl Connector for Brokers {
    fn plugin(&self) -> &'static str {
        "AmqpProvisioner"
    }

    fn configuration(&self) -> &'static Description {
        &configuration::DESCRIPTION
    }

    fn key(&self, _: &Target, subject: Subject, _: &SubjectState) -> Option<String> {
        Some(marks::subject(subject))
    }

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        let configuration = Configuration::of(job.target)?;
        let told = work == Work::Apply || !job.former_keys.is_empty();
        let steps: Vec<Step> = told.then(|| message::shown(job, work, &configuration)).into_iter().collect();
        Ok(Plan::blind(steps))
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        let digest = self.send(job, Work::Apply).await?;
        Ok(Applied { key: Some(marks::subject(job.subject)), digest: Some(digest), ..Applied::default() })
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        // Without any key nobody was ever told of it, or all were told to forget it.
        if !job.former_keys.is_empty() {
            self.send(job, Work::Remove).await?;
        }
        Ok(Applied::default())
    }

    async fn check(&self, target: &Target) -> Result<(), ConnectorError> {
        let configuration = Configuration::of(target)?;
        let broker = self.connect(&configuration).await?;
        let found = broker.outside.find_exchange(&configuration.exchange).await;
        found.map_err(|error| answer::judge(&error, &configuration, ""))
    }
}
