//! People are matched by how their mail addresses begin, as by how their names do, where the database can have an index for it.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0090_mail"
    }
}

/// Deleted ones are in it, too: PostgreSQL estimates by an index only if that has all rows.
const MAIL: &str = "CREATE INDEX email_addresses_beginning ON email_addresses (lower(mail) text_pattern_ops)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if db.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(MAIL).await?;
        }
        Ok(())
    }
}
