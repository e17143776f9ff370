//! The target that is a database of the server on which everything stands, and goes down with it. Its tables are read when all
//! is at rest, and what they say of people is held against the model.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::{api::Api, fleet::Fleet, model, operate, payload};
use crate::proof::{
    journal::{End, Vector},
    rest::{Document, Rest},
    wrong,
};

/// What findings call it.
const NUMBER: i64 = 0;
const PASSWORD: &str = "looking-glass";
/// A CO that is not of this run: its rows are somebody else's.
const OTHERS: i64 = 987_654;

/// What the tables say, a line for each: whose it is, what it is, and its text.
const CONTENT: &str = "SELECT id, 'person', '' FROM sp_co_people WHERE co_id <> 987654 \
    UNION ALL SELECT id, 'born', date_of_birth FROM sp_co_people WHERE date_of_birth IS NOT NULL \
    UNION ALL SELECT co_person_id, 'name', given FROM sp_names WHERE co_person_id IS NOT NULL \
    UNION ALL SELECT co_person_id, 'mail', mail FROM sp_email_addresses WHERE co_person_id IS NOT NULL \
    UNION ALL SELECT co_person_id, 'identifier', identifier FROM sp_identifiers WHERE co_person_id IS NOT NULL \
    UNION ALL SELECT co_person_id, 'role', title FROM sp_co_person_roles \
    UNION ALL SELECT co_person_id, 'cou', title || ' in COU ' || cou_id FROM sp_co_person_roles WHERE cou_id IS NOT NULL \
    UNION ALL SELECT m.co_person_id, 'group', COALESCE(g.name, 'none') FROM sp_co_group_members AS m \
    LEFT JOIN sp_co_groups AS g ON g.co_id = m.co_id AND g.id = m.co_group_id";

/// What somebody else does to the tables: takes names and people away, writes other addresses, and keeps a person of its own.
const SPOIL: &str = "DELETE FROM sp_names WHERE id % 3 = 0; DELETE FROM sp_co_people WHERE id % 5 = 0; \
    UPDATE sp_email_addresses SET mail = 'spoilt' WHERE id % 4 = 0; \
    INSERT INTO sp_co_people (co_id, id) VALUES (987654, 1)";

/// The target.
#[derive(Debug)]
pub(super) struct Mirror {
    database: String,
    id: i64,
}

impl Mirror {
    /// Adds the target, and asks for everything that is there already.
    pub(super) async fn add(api: &Api, fleet: &Fleet, co: i64) -> Self {
        let database = fleet.postgres.create_database("mirror").await;
        let url = fleet.postgres.create_user(&database, "mirror", PASSWORD).await;
        let configuration = json!({ "Url": url, "Password": PASSWORD, "Tls": "Never" });
        let document = json!({ "CoId": co, "Description": "mirror", "Plugin": "SqlProvisioner", "Status": "AutomaticMode",
            "Configuration": configuration, "RetryInterval": 1, "MaxRetry": 10 });
        let document = operate::guarded(document, false);
        let (_, id) = api.add("target.add", Vec::new(), "co_provisioning_targets", document).await;
        let id = id.expect("a target can be added before anything fails");
        let everything = format!("co_provisioning_targets/provision/{id}/coid:{co}.json");
        api.ask("provision.co", Vec::new(), Method::POST, &everything, None).await;
        Self { database, id }
    }

    pub(super) fn id(&self) -> i64 {
        self.id
    }

    /// Compares it with the registry, and has repaired what differs; gives whether that is known to have been accepted.
    pub(super) async fn compare(&self, api: &Api) -> bool {
        let path = format!("co_provisioning_targets/{}/compare.json", self.id);
        let wish: Value = json!({ "Repair": true });
        api.ask("target.compare", Vec::new(), Method::POST, &path, Some(wish)).await.0 == End::Ok
    }

    /// Lets somebody else change what is there, and has that repaired.
    pub(super) async fn spoil_and_repair(&self, api: &Api, fleet: &Fleet) {
        for sql in SPOIL.split("; ") {
            fleet.postgres.query(&self.database, sql).await;
        }
        while !self.compare(api).await {}
    }

    /// What is wrong at the end.
    pub(super) async fn judge(&self, api: &Api, fleet: &Fleet, (co, model): (i64, &[Document])) -> Vec<String> {
        let people = documents(&fleet.postgres.query(&self.database, CONTENT).await);
        let mut of = model.iter().map(|document| document.target);
        let one = of.next();
        let model = model.iter().filter(|document| Some(document.target) == one);
        let model: Vec<Document> = model.map(|document| Document { target: NUMBER, ..document.clone() }).collect();
        println!("{} people in the database, {} with a name for targets", people.len(), model.len());
        let mut found = Vec::new();
        let belong = model::people(api, &format!("coid={co}")).await.len();
        if people.len() != belong {
            found.push(format!("the database has {} people, and {belong} belong there", people.len()));
        }
        // Who lacks an identifier is in the database, which asks for none, and nowhere else.
        let documents = people.into_iter().filter(|document| !document.key.is_empty()).collect();
        found.extend(wrong::find(&Rest { model, documents, ..Rest::default() }));
        let others = format!("SELECT count(*) FROM sp_co_people WHERE co_id = {OTHERS}");
        if fleet.postgres.query(&self.database, &others).await != "1" {
            found.push("the database's person of another CO is gone".to_owned());
        }
        found
    }
}

/// The documents that lines of content make.
fn documents(content: &str) -> Vec<Document> {
    let mut people = BTreeMap::<&str, Document>::new();
    for line in content.lines() {
        let mut parts = line.splitn(3, '|');
        let (Some(person), Some(what), Some(text)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let none = || Document {
            target: NUMBER,
            key: String::new(),
            subject: String::new(),
            vector: Vector::new(),
            text: String::new(),
        };
        let document = people.entry(person).or_insert_with(none);
        match what {
            "person" => {}
            "born" => payload::note(&mut document.text, &format!("born {text}")),
            "cou" => payload::note(&mut document.text, text),
            "group" if payload::is_automatic(text) => payload::note(&mut document.text, text),
            _ => document.vector.extend(payload::field_of(text)),
        }
        if let Some(subject) = payload::subject_of_key(text).filter(|_| what == "identifier") {
            (document.subject, document.key) = (subject.to_owned(), text.to_owned());
        }
    }
    people.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_messages_are() {
        let content = "7|person|\n7|born|1990-01-01\n7|name|n0.3\n7|mail|m0.2@s4.example.org\n7|identifier|s4-9\n\
                       7|identifier|i0.1.s4\n7|role|r0.5\n7|cou|r0.5 in COU 2\n7|group|g1.4\n7|group|CO:members:all";
        let read = documents(content);
        assert_eq!(read.len(), 1);
        let fields = [("key", 9), ("n0", 3), ("m0", 2), ("i0", 1), ("r0", 5), ("g1", 4)];
        let vector: Vector = fields.into_iter().map(|(field, number)| (field.to_owned(), number)).collect();
        assert_eq!((read[0].subject.as_str(), read[0].key.as_str(), &read[0].vector), ("s4", "s4-9", &vector));
        assert_eq!(read[0].text, "CO:members:all, born 1990-01-01, r0.5 in COU 2");
    }
}
