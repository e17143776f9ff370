//! The tables of a database of the server on which everything stands.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};

use super::Content;
use crate::postgres::Postgres;

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
const SPOIL: &str = "DELETE FROM sp_names WHERE id % 13 = 0; DELETE FROM sp_co_people WHERE id % 17 = 0; \
    UPDATE sp_email_addresses SET mail = 'spoilt' WHERE id % 11 = 0; \
    INSERT INTO sp_co_people (co_id, id) VALUES (987654, 1)";

/// The database.
#[derive(Debug)]
pub(in crate::chaos) struct Tables {
    postgres: Arc<Postgres>,
    database: String,
    /// For whom Cohort comes.
    user: String,
    spoilt: AtomicBool,
}

impl Tables {
    /// Makes the database, and its user.
    pub(in crate::chaos) async fn make(postgres: &Arc<Postgres>) -> Self {
        let database = postgres.create_database("mirror").await;
        let user = postgres.create_user(&database, "mirror", PASSWORD).await;
        Self { postgres: Arc::clone(postgres), database, user, spoilt: AtomicBool::new(false) }
    }

    pub(super) fn configuration(&self) -> Value {
        json!({ "Url": self.user, "Password": PASSWORD, "Tls": "Never" })
    }

    pub(super) async fn spoil(&self) {
        for sql in SPOIL.split("; ") {
            self.postgres.query(&self.database, sql).await;
        }
        self.spoilt.store(true, Ordering::Relaxed);
    }

    pub(super) async fn content(&self) -> Content {
        let mut content = Content::default();
        for line in self.postgres.query(&self.database, CONTENT).await.lines() {
            let mut parts = line.splitn(3, '|');
            let (Some(person), Some(what), Some(text)) = (parts.next(), parts.next(), parts.next()) else { continue };
            content.note(person, what, text);
        }
        let others = format!("SELECT count(*) FROM sp_co_people WHERE co_id = {OTHERS}");
        let expected = if self.spoilt.load(Ordering::Relaxed) { "1" } else { "0" };
        if self.postgres.query(&self.database, &others).await != expected {
            content.wrong.push("the person of another CO is gone".to_owned());
        }
        content
    }
}
