//! A database beside each simulated target, which `SqlProvisioner` keeps.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use provisioning_service::{
    app::App,
    connector::{Connector, dialer::Dialer, registry::Connectors},
    domain::target::Target,
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};
use serde_json::json;
use testkit::proof::rest::Document;

use crate::sim::beside::{Effect, Real, Server, Whom, document, surroundings, words};

/// What the tables say, a row for each fact: whose it is, and what.
const CONTENT: &str = "SELECT 'co_person:' || id, 'person' FROM sp_co_people \
    UNION ALL SELECT 'co_person:' || co_person_id, 'name ' || given FROM sp_names WHERE co_person_id IS NOT NULL \
    UNION ALL SELECT 'co_person:' || co_person_id, 'identifier ' || identifier FROM sp_identifiers \
    WHERE co_person_id IS NOT NULL \
    UNION ALL SELECT 'co_person:' || co_person_id, 'role ' || title || ' in ' || COALESCE(cou_id, 0) \
    FROM sp_co_person_roles \
    UNION ALL SELECT 'co_person:' || co_person_id, 'member of ' || co_group_id FROM sp_co_group_members \
    UNION ALL SELECT 'co_group:' || id, 'called ' || name FROM sp_co_groups";

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
}

#[async_trait]
impl Server for Tables {
    fn name(&self) -> &'static str {
        "a database"
    }

    async fn carry_out(&self, app: &App, effect: &Effect) {
        let url = format!("sqlite://t{}.sqlite", effect.target.id);
        let configuration = json!({ "Url": url }).as_object().cloned().unwrap();
        let real = Real {
            effect,
            target: Target { plugin: "SqlProvisioner".to_owned(), configuration, ..effect.target.clone() },
            previous_key: effect.previous_key().map(str::to_owned),
            // Rows are found by ids.
            former_keys: Vec::new(),
            beside: &surroundings(app, effect),
        };
        real.carry_out(self.connector.as_ref()).await;
    }

    fn wanted(&self, subject: &str, whom: &Whom) -> Option<(String, String)> {
        let facts = match whom {
            Whom::Group { name, .. } => vec![format!("called {name}")],
            Whom::Person { records, groups } => {
                let names = records.names.iter().map(|name| format!("name {}", name.given()));
                let identifiers = records.identifiers.iter().map(|found| format!("identifier {}", found.identifier()));
                let role = |title: &str, cou: Option<i64>| format!("role {title} in {}", cou.unwrap_or(0));
                let roles = records.roles.iter().map(|held| role(held.title(), held.cou_id));
                let members = groups.iter().map(|group| format!("member of {group}"));
                let person = std::iter::once("person".to_owned());
                person.chain(names).chain(identifiers).chain(roles).chain(members).collect()
            }
        };
        Some((subject.to_owned(), words(facts)))
    }

    async fn content(&self, target: i64, co: i64) -> Vec<Document> {
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
