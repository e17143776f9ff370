//! The connector to the simulated targets.

use async_trait::async_trait;
use proto::registry::v1::SubjectState;
use provisioning_service::{
    connector::{
        Connector, Job, Keys,
        description::Description,
        plan::{Plan, Protocol, Step},
    },
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};
use testkit::proof::journal::{Call, Content};

use crate::sim::{beside::Effect, reading, target::Targets};

/// The name of the plugin.
pub(crate) const PLUGIN: &str = "SimulatedProvisioner";

/// So many keys are read at once.
const PAGE: usize = 3;

fn unnamed() -> ConnectorError {
    ConnectorError::permanent("No identifier of type uid found for CO Person")
}

/// Tells the target when its caller is gone.
struct Caller<'a>(&'a Targets, u64);

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        self.0.abandon(self.1);
    }
}

impl Targets {
    async fn call(
        &self,
        job: &Job<'_>,
        key: &str,
        (content, text): (Content, String),
        effect: Option<Effect>,
    ) -> Result<(), ConnectorError> {
        let digest = if content == Content::Removal { String::new() } else { text.clone() };
        let call = Call {
            call: 0,
            target: job.target.id.0,
            subject: subject(job.subject),
            key: key.to_owned(),
            revision: job.state.revision,
            request: 0,
            fence: 0,
            content,
            digest,
            fault: None,
        };
        let (id, answered) = self.open(call, text, effect);
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

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        let read = reading::of_state(job.state);
        let wanted = match work {
            Work::Apply => Some(read.key.ok_or_else(unnamed)?),
            Work::Remove => None,
        };
        let state = self.0.0.lock().unwrap();
        let held = |key: &String| state.documents.get(&(job.target.id.0, key.clone()));
        let former: Vec<&String> = job.former_keys.iter().filter(|key| held(key).is_some()).collect();
        let there = !former.is_empty() || wanted.as_ref().and_then(held).is_some();
        let differs = wanted.filter(|key| held(key).is_none_or(|document| document.text != read.text));
        let texts = former.into_iter().map(|key| format!("without {key}")).chain(differs);
        Ok(Plan { steps: texts.map(|text| Step::new(Protocol::File, text)).collect(), there: Some(there) })
    }

    fn reads_back(&self) -> bool {
        true
    }

    async fn keys(&self, target: &Target, kind: Kind, after: Option<String>) -> Result<Keys, ConnectorError> {
        let state = self.0.0.lock().unwrap();
        let of_kind = |subject: &str| subject.starts_with(kind.code()) || kind == Kind::Person && subject == "others";
        let all = state.documents.iter().filter(|((of, _), document)| *of == target.id.0 && of_kind(&document.subject));
        let all = all.map(|((_, key), _)| key.clone()).filter(|key| after.as_ref().is_none_or(|after| key > after));
        let mut keys: Vec<String> = all.take(PAGE + 1).collect();
        let more = keys.len() > PAGE;
        keys.truncate(PAGE);
        let next = keys.last().filter(|_| more).cloned();
        Ok(Keys { keys, next })
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        let read = reading::of_state(job.state);
        let key = read.key.ok_or_else(unnamed)?;
        for old in job.former_keys {
            self.0.call(job, old, (Content::Removal, String::new()), None).await?;
        }
        let effect = Effect::of(job, Work::Apply);
        self.0.call(job, &key, (Content::State(read.vector), read.text.clone()), Some(effect)).await?;
        Ok(Applied { key: Some(key), digest: Some(read.text), ..Applied::default() })
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        for key in job.former_keys {
            let effect = Effect::of(job, Work::Remove);
            self.0.call(job, key, (Content::Removal, String::new()), Some(effect)).await?;
        }
        Ok(Applied::default())
    }

    async fn check(&self, _target: &Target) -> Result<(), ConnectorError> {
        Ok(())
    }
}
