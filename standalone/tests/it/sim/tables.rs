//! A database beside each simulated target: what takes effect there is carried out in it by the real connector, in the same
//! order, late or twice; at rest its rows are held against the model.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};
use proto::registry::v1::SubjectState;
use provisioning_service::{
    app::{App, surroundings::Surroundings},
    connector::{Connector, Job, Number, dialer::Dialer, registry::Connectors},
    domain::{eligibility::Work, outcome::ConnectorError, subject::Subject, target::Target},
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use testkit::proof::{journal::Vector, rest::Document};

use crate::sim::reading::PersonRecords;

/// What the tables say, a row for each fact: whose it is, and what.
const CONTENT: &str = "SELECT 'co_person:' || id, 'person' FROM sp_co_people \
    UNION ALL SELECT 'co_person:' || co_person_id, 'name ' || given FROM sp_names WHERE co_person_id IS NOT NULL \
    UNION ALL SELECT 'co_person:' || co_person_id, 'identifier ' || identifier FROM sp_identifiers \
    WHERE co_person_id IS NOT NULL \
    UNION ALL SELECT 'co_person:' || co_person_id, 'role ' || title || ' in ' || COALESCE(cou_id, 0) \
    FROM sp_co_person_roles \
    UNION ALL SELECT 'co_person:' || co_person_id, 'member of ' || co_group_id FROM sp_co_group_members \
    UNION ALL SELECT 'co_group:' || id, 'called ' || name FROM sp_co_groups";

/// An effect that a call has.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    target: Target,
    subject: Subject,
    state: SubjectState,
    action: String,
    previous_key: Option<String>,
    call: Number,
    now: DateTime<Utc>,
    work: Work,
}

impl Effect {
    pub(crate) fn of(job: &Job<'_>, work: Work) -> Self {
        Self {
            target: job.target.clone(),
            subject: job.subject,
            state: job.state.clone(),
            action: job.action.to_owned(),
            previous_key: job.previous_key.map(str::to_owned),
            call: job.call,
            now: job.now,
            work,
        }
    }
}

/// What is to be in a database of a person.
pub(crate) fn of_person(records: &PersonRecords, groups: &[i64]) -> String {
    let names = records.names.iter().map(|name| format!("name {}", name.given()));
    let identifiers = records.identifiers.iter().map(|found| format!("identifier {}", found.identifier()));
    let roles = records.roles.iter().map(|role| format!("role {} in {}", role.title(), role.cou_id.unwrap_or(0)));
    let members = groups.iter().map(|group| format!("member of {group}"));
    words(std::iter::once("person".to_owned()).chain(names).chain(identifiers).chain(roles).chain(members).collect())
}

/// What is to be in a database of a group.
pub(crate) fn of_group(name: &str) -> String {
    format!("called {name}")
}

fn words(mut facts: Vec<String>) -> String {
    facts.sort_unstable();
    facts.join("; ")
}

/// What is at a target, or is to be.
pub(crate) fn document(target: i64, subject: &str, text: String) -> Document {
    let (key, subject) = (subject.to_owned(), subject.to_owned());
    Document { target, key, subject, vector: Vector::new(), text }
}

/// The databases: a file for each target.
#[derive(Debug)]
pub(crate) struct Tables {
    folder: PathBuf,
    connector: Arc<dyn Connector>,
}

impl Tables {
    pub(crate) fn new(folder: PathBuf) -> Self {
        let connectors = Connectors::new(&folder, &Dialer::default()).unwrap();
        let connector = Arc::clone(connectors.get("SqlProvisioner").unwrap());
        Self { folder, connector }
    }

    /// Carries effects out. What a database refuses because it has something newer has none.
    pub(crate) async fn carry_out(&self, app: &App, effects: Vec<Effect>) {
        for effect in effects {
            let Value::Object(configuration) = json!({ "Url": format!("sqlite://t{}.sqlite", effect.target.id) })
            else {
                continue;
            };
            let target = Target { plugin: "SqlProvisioner".to_owned(), configuration, ..effect.target };
            let beside = Surroundings::of(app, target.id);
            let job = Job {
                target: &target,
                subject: effect.subject,
                state: &effect.state,
                action: &effect.action,
                previous_key: effect.previous_key.as_deref(),
                former_keys: &[],
                call: effect.call,
                now: effect.now,
                beside: &beside,
            };
            let done = match effect.work {
                Work::Apply => self.connector.apply(&job).await,
                Work::Remove => self.connector.remove(&job).await,
            };
            assert!(matches!(done, Ok(_) | Err(ConnectorError::Outdated { .. })), "{done:?}");
        }
    }

    /// What the database of a target has.
    pub(crate) async fn content(&self, target: i64, co: i64) -> Vec<Document> {
        let file = self.folder.join(format!("sql/co_{co}/t{target}.sqlite"));
        if !file.exists() {
            return Vec::new();
        }
        let mut options = ConnectOptions::new(format!("sqlite://{}?mode=ro", file.display()));
        options.max_connections(1);
        let db = Database::connect(options).await.unwrap();
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), CONTENT)).await.unwrap();
        let mut facts = BTreeMap::<String, Vec<String>>::new();
        for row in rows {
            let (subject, fact): (String, String) =
                (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
            facts.entry(subject).or_default().push(fact);
        }
        db.close().await.unwrap();
        facts.into_iter().map(|(subject, facts)| document(target, &subject, words(facts))).collect()
    }
}
