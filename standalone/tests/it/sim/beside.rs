//! A real server beside the simulated targets: what takes effect at a target is carried out in it by the real connector, in
//! the same order, late or twice; at rest its content is held against the model.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use proto::registry::v1::SubjectState;
use provisioning_service::{
    app::{App, surroundings::Surroundings},
    connector::{Job, Number},
    domain::{eligibility::Work, outcome::ConnectorError, subject::Subject, target::Target},
};
use testkit::proof::{journal::Vector, rest::Document};

use crate::sim::{entries::Entries, reading::PersonRecords, tables::Tables};

/// An effect that a call has.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    pub(crate) target: Target,
    pub(crate) subject: Subject,
    state: SubjectState,
    action: String,
    previous_key: Option<String>,
    former_keys: Vec<String>,
    call: Number,
    resumes: bool,
    now: DateTime<Utc>,
    pub(crate) work: Work,
}

/// An effect, as it is for the target of a real connector.
pub(crate) struct Real<'a> {
    pub(crate) effect: &'a Effect,
    pub(crate) target: Target,
    pub(crate) previous_key: Option<String>,
    pub(crate) former_keys: Vec<String>,
    pub(crate) beside: &'a dyn provisioning_service::connector::Beside,
}

impl Effect {
    pub(crate) fn of(job: &Job<'_>, work: Work) -> Self {
        Self {
            target: job.target.clone(),
            subject: job.subject,
            state: job.state.clone(),
            action: job.action.to_owned(),
            previous_key: job.previous_key.map(str::to_owned),
            former_keys: job.former_keys.to_vec(),
            call: job.call,
            resumes: job.resumes,
            now: job.now,
            work,
        }
    }

    pub(crate) fn previous_key(&self) -> Option<&str> {
        self.previous_key.as_deref()
    }

    pub(crate) fn former_keys(&self) -> &[String] {
        &self.former_keys
    }
}

impl Real<'_> {
    /// Has a connector do it. What a server refuses because it has something newer has no effect.
    pub(crate) async fn carry_out(&self, connector: &dyn provisioning_service::connector::Connector) {
        let job = Job {
            target: &self.target,
            subject: self.effect.subject,
            state: &self.effect.state,
            action: &self.effect.action,
            previous_key: self.previous_key.as_deref(),
            former_keys: &self.former_keys,
            call: self.effect.call,
            resumes: self.effect.resumes,
            now: self.effect.now,
            beside: self.beside,
        };
        let done = match self.effect.work {
            Work::Apply => connector.apply(&job).await,
            Work::Remove => connector.remove(&job).await,
        };
        assert!(matches!(done, Ok(_) | Err(ConnectorError::Outdated { .. })), "{done:?}");
    }
}

/// Who is to be at every target, by its records.
#[derive(Clone, Debug)]
pub(crate) enum Whom {
    Person {
        records: Box<PersonRecords>,
        /// The ids of its groups.
        groups: Vec<i64>,
    },
    Group {
        name: String,
        /// What targets call its members that are there.
        members: Vec<String>,
    },
}

/// What is beside the targets.
#[async_trait]
pub(crate) trait Server: Send + Sync {
    /// What it is called in sentences.
    fn name(&self) -> &'static str;

    /// Carries an effect out.
    async fn carry_out(&self, app: &App, effect: &Effect);

    /// What is to be there of a subject: its name, and what is to be seen; `None` if nothing is.
    fn wanted(&self, subject: &str, whom: &Whom) -> Option<(String, String)>;

    /// What is there for a target.
    async fn content(&self, target: i64, co: i64) -> Vec<Document>;
}

/// Those that are named.
pub(crate) fn servers(tables: Option<Tables>, entries: Option<Entries>) -> Vec<Box<dyn Server>> {
    let tables = tables.map(|tables| Box::new(tables) as Box<dyn Server>);
    let entries = entries.map(|entries| Box::new(entries) as Box<dyn Server>);
    tables.into_iter().chain(entries).collect()
}

/// Carries effects out, in their order.
pub(crate) async fn carry_out(servers: &[Box<dyn Server>], app: &App, effects: Vec<Effect>) {
    for effect in effects {
        for server in servers {
            server.carry_out(app, &effect).await;
        }
    }
}

/// What a target has besides, as a real server of the target sees it.
pub(crate) fn surroundings<'a>(app: &'a App, effect: &Effect) -> Surroundings<'a> {
    Surroundings::of(app, &effect.target)
}

/// What is at a target, or is to be.
pub(crate) fn document(target: i64, key: &str, text: String) -> Document {
    let (key, subject) = (key.to_owned(), key.to_owned());
    Document { target, key, subject, vector: Vector::new(), text }
}

/// Facts in an order that is always the same.
pub(crate) fn words(mut facts: Vec<String>) -> String {
    facts.sort_unstable();
    facts.join("; ")
}
