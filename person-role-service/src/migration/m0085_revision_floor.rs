//! What the counters of subjects begin above once no process of release 0.1 answers any more.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0085_revision_floor"
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

const STATEMENTS: [&str; 2] = [
    "CREATE TABLE revision_floor (id bigint NOT NULL PRIMARY KEY, floor bigint NOT NULL)",
    // Release 0.1 never worked on a database in which nobody may log in.
    "INSERT INTO revision_floor (id, floor) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM history_records) \
     AND NOT EXISTS (SELECT 1 FROM api_users)",
];
