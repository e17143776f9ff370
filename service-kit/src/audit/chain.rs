//! The chain: rows, their hashes, and how one is added.

use chrono::{DateTime, Utc};
use proto::caller::Caller;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::{Entry, Source};

/// The columns, in the order in which they are written.
pub(super) const COLUMNS: &str = "id, at, actor, address, action, resource, resource_id, co_id, changes, hash";

/// A record as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(super) struct Row {
    pub(super) id: i64,
    /// In microseconds since 1970.
    pub(super) at: i64,
    pub(super) actor: String,
    pub(super) address: Option<String>,
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) resource_id: Option<i64>,
    pub(super) co_id: Option<i64>,
    /// JSON.
    pub(super) changes: String,
    pub(super) hash: String,
}

/// Where a chain ends.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(super) struct Head {
    pub(super) last_id: i64,
    pub(super) hash: String,
    pub(super) records: i64,
}

impl Row {
    /// The hash that it must have after a record with another one.
    pub(super) fn hash_after(&self, before: &str) -> String {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let mut hash = Sha256::new();
        for part in [
            Some(before.to_owned()),
            number(Some(self.id)),
            number(Some(self.at)),
            Some(self.actor.clone()),
            self.address.clone(),
            Some(self.action.clone()),
            Some(self.resource.clone()),
            number(self.resource_id),
            number(self.co_id),
            Some(self.changes.clone()),
        ] {
            // Lengths first: no two records are the same text. What is absent has a length that nothing has.
            let length = part.as_ref().map_or(u64::MAX, |part| part.len() as u64);
            hash.update(length.to_be_bytes());
            hash.update(part.unwrap_or_default());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What was written down in a transaction.
#[derive(Debug, Default)]
#[must_use = "what was written down is told after the commit"]
pub struct Written(Vec<Row>);

impl Written {
    /// Tells of it as log lines, after the commit.
    pub fn tell(self) {
        for Row { id, actor, address, action, resource, resource_id, co_id, changes, hash, .. } in self.0 {
            let address = address.unwrap_or_default();
            if action == "LoginFailed" {
                tracing::warn!(audit.id = id, actor, address, resource_id, co_id, changes, hash, "a login failed");
            } else {
                tracing::info!(
                    audit.id = id,
                    actor,
                    address,
                    action,
                    resource,
                    resource_id,
                    co_id,
                    changes,
                    hash,
                    "security log"
                );
            }
        }
    }
}

/// Reads where the chain ends; in a transaction that writes it is held until that ends.
pub(super) async fn head<C: ConnectionTrait>(db: &C, hold: bool) -> Result<Head, DbErr> {
    let backend = db.get_database_backend();
    // With SQLite a transaction that writes is alone.
    let hold = if hold && backend == DbBackend::Postgres { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT last_id, hash, records FROM audit_head WHERE id = 1{hold}");
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
    Head::from_query_result(&row.ok_or_else(|| DbErr::RecordNotFound("the end of the security log".to_owned()))?, "")
}

/// Adds entries at the end.
pub(super) async fn append<C: ConnectionTrait>(
    db: &C,
    source: Source,
    at: DateTime<Utc>,
    caller: &Caller,
    entries: Vec<Entry>,
) -> Result<Written, DbErr> {
    let mut head = head(db, true).await?;
    let mut written = Vec::with_capacity(entries.len());
    for entry in entries {
        let row = row(source, at, caller, entry, &head);
        head = Head { last_id: row.id, hash: row.hash.clone(), records: head.records + 1 };
        insert(db, row.clone()).await?;
        written.push(row);
    }
    let sql = "UPDATE audit_head SET last_id = $1, hash = $2, records = $3 WHERE id = 1";
    let values = [head.last_id.into(), head.hash.into(), head.records.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(Written(written))
}

fn row(source: Source, at: DateTime<Utc>, caller: &Caller, entry: Entry, head: &Head) -> Row {
    let row = Row {
        id: source.id_after(head.last_id, at),
        at: at.timestamp_micros(),
        actor: caller.username.clone(),
        address: Some(caller.address.clone()).filter(|address| !address.is_empty()),
        action: entry.action.to_owned(),
        resource: entry.resource,
        resource_id: entry.resource_id,
        co_id: entry.co_id,
        changes: Json::Array(entry.changes).to_string(),
        hash: String::new(),
    };
    Row { hash: row.hash_after(&head.hash), ..row }
}

async fn insert<C: ConnectionTrait>(db: &C, row: Row) -> Result<(), DbErr> {
    let sql = format!("INSERT INTO audit_records ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    let values = [
        row.id.into(),
        row.at.into(),
        row.actor.into(),
        row.address.into(),
        row.action.into(),
        row.resource.into(),
        row.resource_id.into(),
        row.co_id.into(),
        row.changes.into(),
        row.hash.into(),
    ];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_everything_and_of_what_came_before() {
        let row = Row {
            id: 2,
            at: 1,
            actor: "ab".to_owned(),
            address: None,
            action: "c".to_owned(),
            resource: "R".to_owned(),
            resource_id: None,
            co_id: Some(1),
            changes: "[]".to_owned(),
            hash: String::new(),
        };
        let others = [
            Row { id: 4, ..row.clone() },
            Row { at: 2, ..row.clone() },
            Row { actor: "a".to_owned(), action: "bc".to_owned(), ..row.clone() },
            Row { address: Some(String::new()), ..row.clone() },
            Row { resource: "S".to_owned(), ..row.clone() },
            Row { resource_id: Some(1), co_id: None, ..row.clone() },
            Row { changes: "[1]".to_owned(), ..row.clone() },
        ];
        let mut hashes: Vec<String> = others.iter().map(|row| row.hash_after("x")).collect();
        hashes.extend([row.hash_after("x"), row.hash_after("y")]);
        let all = hashes.len();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
        assert!(hashes.iter().all(|hash| hash.len() == 64));
    }
}
