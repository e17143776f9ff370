//! The keys of requests that are done once (D44).

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_idempotency"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let (time, bytes) = match db.get_database_backend() {
            DbBackend::Postgres => ("timestamptz", "bytea"),
            _ => ("timestamp", "blob"),
        };
        for statement in TABLES {
            db.execute_unprepared(&statement.replace("{time}", time).replace("{bytes}", bytes)).await?;
        }
        Ok(())
    }
}

const TABLES: [&str; 2] = [
    "CREATE TABLE idempotency_keys (
        api_user_id bigint NOT NULL,
        key text NOT NULL,
        request {bytes} NOT NULL,
        answer_id bigint NOT NULL,
        created {time} NOT NULL,
        PRIMARY KEY (api_user_id, key)
    )",
    "CREATE INDEX idempotency_keys_created ON idempotency_keys (created)",
];
