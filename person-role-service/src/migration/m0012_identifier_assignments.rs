//! Rules by which identifiers are assigned, and how far their sequences are.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0012_identifier_assignments"
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
    "CREATE TABLE co_identifier_assignments (
        id {id},
        co_id bigint NOT NULL,
        context text NOT NULL,
        identifier_type text NOT NULL,
        format text NOT NULL,
        minimum_length bigint,
        minimum bigint,
        login boolean NOT NULL,
        status text NOT NULL,
        description text,
        {kept}
    )",
    "CREATE INDEX co_identifier_assignments_co ON co_identifier_assignments (co_id, id)",
    // Each text around a number has a sequence of its own.
    "CREATE TABLE identifier_sequences (
        co_identifier_assignment_id bigint NOT NULL,
        affix text NOT NULL,
        co_id bigint NOT NULL,
        last bigint NOT NULL,
        PRIMARY KEY (co_identifier_assignment_id, affix)
    )",
];
