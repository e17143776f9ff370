//! The connector to the simulated targets.

use async_trait::async_trait;
use proto::registry::v1::SubjectState;
use provisioning_service::{
    connector::{Connector, Job, description::Description, plan::Plan},
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::Subject,
        target::Target,
    },
};
use testkit::proof::journal::{Call, Content};

use crate::sim::{reading, target::Targets};

/// The name of the plugin.
pub(crate) const PLUGIN: &str = "SimulatedProvisioner";

/// Tells the target when its caller is gone.
struct Caller<'a>(&'a Targets, u64);

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        self.0.abandon(self.1);
    }
}

impl Targets {
    async fn call(&self, job: &Job<'_>, key: &str, content: Content, text: String) -> Result<(), ConnectorError> {
        let digest = if content == Content::Removal { String::new() } else { text.clone() };
        let call = Call {
            call: 0,
            target: job.target.id,
            subject: subject(job.subject),
            key: key.to_owned(),
            revision: job.state.revision,
            request: 0,
            fence: 0,
            content,
            digest,
            fault: None,
        };
        let (id, answered) = self.open(call, text);
        let _caller = Caller(self, id);
        answered.await.unwrap_or_else(|_| Err(ConnectorError::unknown("The connection was lost.")))
    }
}

/// How journals name a subject.
pub(crate) fn subject(subject: Subject) -> String {
    format!("{}:{}", subject.kind.code(), subject.id)
}

/// The connector to the targets.
#[derive(Debug)]
pub(crate) struct ToTargets(pub(crate) Targets);

#[async_trait]
impl Connector for ToTargets {
    fn plugin(&self) -> &'static str {
        PLUGIN
    }

    fn configuration(&self) -> &'static Description {
        static NONE: Description = Description { plugin: PLUGIN, keys: &[] };
        &NONE
    }

    fn key(&self, _target: &Target, _subject: Subject, state: &SubjectState) -> Option<String> {
        reading::of_state(state).key
    }

    async fn plan(&self, _job: &Job<'_>, _work: Work) -> Result<Plan, ConnectorError> {
        Ok(Plan::default())
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        let read = reading::of_state(job.state);
        let Some(key) = read.key else {
            return Err(ConnectorError::permanent("No identifier of type uid found for CO Person"));
        };
        for old in job.former_keys {
            self.0.call(job, old, Content::Removal, String::new()).await?;
        }
        self.0.call(job, &key, Content::State(read.vector), read.text.clone()).await?;
        Ok(Applied { key: Some(key), digest: Some(read.text) })
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        for key in job.former_keys {
            self.0.call(job, key, Content::Removal, String::new()).await?;
        }
        Ok(Applied::default())
    }

    async fn check(&self, _target: &Target) -> Result<(), ConnectorError> {
        Ok(())
    }
}
