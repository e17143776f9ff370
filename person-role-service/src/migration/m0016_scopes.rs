//! The scopes of API users (D61), and when each was last used.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0016_scopes"
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
    "ALTER TABLE api_users ADD COLUMN scopes text",
    // Apart from the users: it is no change of them.
    "CREATE TABLE api_user_uses (
        api_user_id bigint PRIMARY KEY NOT NULL REFERENCES api_users (id) ON DELETE CASCADE,
        last_used {time} NOT NULL
    )",
];
