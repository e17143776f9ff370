//! What people are searched by is found by indexes, where the database can have them.
//!
//! PostgreSQL: names by how they begin, mail addresses by themselves, identifiers by what is in them. The last needs the
//! extension `pg_trgm`, which belongs to every PostgreSQL and which the owner of a database may add; where it cannot be had,
//! identifiers are read, as before. SQLite has nothing of the kind for parts of texts.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0070_search"
    }
}

/// Deleted ones are in them, too: PostgreSQL estimates by an index only if that has all rows.
const NAMES: [&str; 4] = [
    "CREATE INDEX names_given ON names (lower(given) text_pattern_ops)",
    "CREATE INDEX names_family ON names (lower(family) text_pattern_ops)",
    "DROP INDEX email_addresses_mail",
    "CREATE INDEX email_addresses_mail ON email_addresses (mail, co_id)",
];

const IDENTIFIERS: &str = "DO $$ BEGIN \
    CREATE EXTENSION IF NOT EXISTS pg_trgm; \
    CREATE INDEX identifiers_parts ON identifiers USING gin (lower(identifier) gin_trgm_ops); \
    EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'identifiers are searched without an index: %', SQLERRM; END $$";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if db.get_database_backend() == DbBackend::Postgres {
            for sql in NAMES {
                db.execute_unprepared(sql).await?;
            }
            db.execute_unprepared(IDENTIFIERS).await?;
        }
        Ok(())
    }
}
