//! What a request was answered with is kept beside its key, where that is more than an id (D44).

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0091_answers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let bytes = if db.get_database_backend() == DbBackend::Postgres { "bytea" } else { "blob" };
        db.execute_unprepared(&format!("ALTER TABLE idempotency_keys ADD COLUMN answer {bytes}")).await?;
        Ok(())
    }
}
