//! The types and affiliations that a CO allows in place of the defaults.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_extended_types"
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
    "CREATE TABLE co_extended_types (
        id {id},
        co_id bigint NOT NULL,
        attribute text NOT NULL,
        name text NOT NULL,
        display_name text NOT NULL,
        edupersonaffiliation text,
        status text NOT NULL,
        {plain}
    )",
    "CREATE UNIQUE INDEX co_extended_types_name ON co_extended_types (co_id, attribute, name)",
];
