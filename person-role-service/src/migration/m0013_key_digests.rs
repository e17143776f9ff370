//! Digests of the keys that the service made, by which they are checked quickly.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_key_digests"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &STATEMENTS).await
    }
}

const STATEMENTS: [&str; 1] = ["ALTER TABLE api_users ADD COLUMN key_digest text"];
