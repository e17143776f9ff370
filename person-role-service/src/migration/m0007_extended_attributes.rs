//! The attributes that a CO adds to its roles, and their values.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0007_extended_attributes"
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

const STATEMENTS: [&str; 3] = [
    "CREATE TABLE co_extended_attributes (
        id {id},
        co_id bigint NOT NULL,
        name text NOT NULL,
        display_name text NOT NULL,
        type text NOT NULL,
        indx boolean NOT NULL,
        {plain}
    )",
    "CREATE UNIQUE INDEX co_extended_attributes_name ON co_extended_attributes (co_id, name)",
    "ALTER TABLE co_person_roles ADD COLUMN extended_attributes text",
];
