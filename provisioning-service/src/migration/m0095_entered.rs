//! Which requests were made by who enters them into the ledger: release 0.1 has none.

use sea_orm_migration::prelude::*;

/// Adds the column, which older programs leave false.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE provisioning_requests ADD COLUMN entered boolean NOT NULL DEFAULT false";
        manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE provisioning_requests DROP COLUMN entered";
        manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }
}
