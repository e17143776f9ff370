//! How often a target was edited: its tag changes with it, and not with its secrets (D43).

use sea_orm_migration::prelude::*;

/// Adds the column.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE co_provisioning_targets ADD COLUMN edition BIGINT NOT NULL DEFAULT 0";
        manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE co_provisioning_targets DROP COLUMN edition";
        manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }
}
